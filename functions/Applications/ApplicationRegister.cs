using BlokSec.Contracts;
using BlokSec.Functions.Audit;
using BlokSec.Functions.Http;
using BlokSec.Functions.Identities;
using BlokSec.Functions.Security;

namespace BlokSec.Functions.Applications;

/// <summary>Reads and changes the applications of a tenant, each change in one transaction with its audit entry.</summary>
internal sealed class ApplicationRegister(IdentityStore identities, AskingApplications asking)
{
    /// <summary>Documents that a change looks at: the register, the application, and others with the same client id.</summary>
    private const int MostRead = 10;

    public Task<ApplicationDocument?> FindAsync(string tenantId, string applicationId, CancellationToken cancellationToken) =>
        identities.ReadAsync<ApplicationDocument>(ApplicationDocument.KeyOf(tenantId), ApplicationDocument.IdOf(applicationId), cancellationToken);

    /// <summary>Reads, decides and writes; after a conflict again.</summary>
    /// <param name="administrator">Who decides; applications of other tenants do not exist.</param>
    /// <param name="applicationId">Which application.</param>
    /// <param name="clientId">The client id that it is to have, to find others that have it; null when that is not changed.</param>
    /// <param name="decide">Fills the batch and gives the answer.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    public async Task<IResult> ChangeAsync(
        Administrator administrator,
        string applicationId,
        string? clientId,
        Func<PartitionSnapshot, PartitionBatch, IResult> decide,
        CancellationToken cancellationToken)
    {
        var key = ApplicationDocument.KeyOf(administrator.TenantId);
        var result = await identities.UpdateAsync(
            key,
            stop => ReadAsync(key, applicationId, clientId, stop),
            (snapshot, attempt) => decide(snapshot, attempt.Batch),
            cancellationToken);
        if (result.IsWritten)
        {
            asking.Forget(administrator.TenantId);
        }

        return result.Value ?? Problems.Of(
            ProblemCodes.Conflict, "Others are changing the applications at the same moment. Nothing was changed; try again.");
    }

    /// <summary>Why the application cannot have this client id; null when it can.</summary>
    /// <remarks>
    /// Nor may it be the id of another application: an application that is not registered asks with its id as client id, and one of the two
    /// would be taken for the other.
    /// </remarks>
    public static IResult? Taken(PartitionSnapshot snapshot, string applicationId, string clientId) =>
        snapshot.Applications.Exists(other => other.ApplicationId != applicationId && (other.ClientId == clientId || other.ApplicationId == clientId))
            ? Problems.Of(ProblemCodes.ApplicationExists, "Another application of the tenant has this client id.")
            : null;

    /// <summary>Writes the register, which makes sure that the decision saw all applications.</summary>
    public static void Guard(PartitionSnapshot snapshot, PartitionBatch batch, UserKey key, int more, DateTimeOffset now)
    {
        var register = snapshot.ApplicationRegister
            ?? new ApplicationRegisterDocument { Id = ApplicationRegisterDocument.DocumentId, TenantId = key.TenantId, UserId = key.UserId };
        batch.Write(register with { Count = register.Count + more, ChangedAt = now });
    }

    public static AuditDocument Entry(
        Administrator administrator, DateTimeOffset now, string action, ApplicationDocument? before, ApplicationDocument after) =>
        after.Key.Entry(now, administrator.Actor(), action, after.ApplicationId) with
        {
            Before = before?.Audited(),
            After = after.Audited(),
        };

    private async Task<PartitionSnapshot> ReadAsync(UserKey key, string applicationId, string? clientId, CancellationToken cancellationToken)
    {
        var snapshot = await identities.QueryFirstAsync(
            key,
            "c.id = @register OR (c.type = 'application' AND (c.applicationId IN (@application, @client) OR c.clientId IN (@application, @client)))",
            [
                ("@register", ApplicationRegisterDocument.DocumentId),
                ("@application", applicationId),
                ("@client", clientId ?? applicationId),
            ],
            MostRead,
            cancellationToken);

        // One that cannot be read could be the one that this is about.
        foreach (var document in snapshot.Unreadable)
        {
            snapshot.EnsureRead(document.Id);
        }

        return snapshot;
    }
}
