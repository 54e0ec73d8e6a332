using BlokSec.Contracts;
using BlokSec.Functions.Audit;
using BlokSec.Functions.Hosting;
using BlokSec.Functions.Identities;
using BlokSec.Functions.Messaging;

namespace BlokSec.Functions.Operations;

/// <summary>What functions check and record when a message is given up.</summary>
internal static class GivingUp
{
    /// <summary>
    /// Whether a message says that it has failed for longer than its work exists. Whoever writes into a queue could say so; the work is not
    /// given up for it.
    /// </summary>
    /// <param name="message">The message.</param>
    /// <param name="requestedAt">Since when there is this work.</param>
    /// <param name="now">The time.</param>
    public static bool IsImplausible(QueueMessage message, DateTimeOffset requestedAt, DateTimeOffset now) =>
        Redelivery.IsOver(message, now) && now - requestedAt < Redelivery.Patience;

    /// <summary>Records that work is given up whose own document cannot be read, and so cannot say it itself.</summary>
    public static Task RaiseUnreadableAsync(
        this IdentityStore identities, OperationMessage message, AuditActor actor, string reason, DateTimeOffset now, CancellationToken cancellationToken)
    {
        var entry = new UserKey(message.TenantId, message.UserId).Entry(now, actor, AuditActions.DocumentUnreadable, message.OperationId);
        return identities.TryRaiseAsync(entry with { OperationId = message.OperationId, Reason = reason }, proof: null, cancellationToken);
    }
}
