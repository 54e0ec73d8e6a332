using System.Text.Json;
using BlokSec.Contracts;
using BlokSec.Functions.Http;
using BlokSec.Functions.Identities;
using BlokSec.Functions.Security;

namespace BlokSec.Functions.Revocations;

/// <summary>
/// Signs the receipt of a removal: what the service knows, and in it what the phone and the service had signed before. It holds no push
/// handle, and a proof in it is spent: it is refused for being used, and a minute later for its age.
/// </summary>
internal sealed class RevocationReceipts(StatementKeys keys, PublicAddress address, TimeProvider time)
{
    /// <summary>Signs a receipt.</summary>
    /// <param name="revocation">The removal.</param>
    /// <param name="operation">The operation that it belongs to; null when there is none any more.</param>
    /// <returns>A compact JWS.</returns>
    public string Sign(RevocationDocument revocation, OperationDocument? operation) =>
        keys.SignJws(RemovalReceipt.Type, JsonSerializer.SerializeToUtf8Bytes(Claims(revocation, operation), Json.Documents));

    private ReceiptClaims Claims(RevocationDocument revocation, OperationDocument? operation) => new(
        address.Url,
        time.GetUtcNow().ToUnixTimeSeconds(),
        revocation.TenantId,
        revocation.UserId,
        new ReceiptDevice(
            revocation.DeviceId,
            revocation.Name.Shown(),
            revocation.Model.Shown(),
            revocation.Platform,
            JsonSerializer.Deserialize<ReceiptKey>(revocation.PublicKey, Json.Documents)!),
        revocation.Epoch,
        revocation.OperationId,
        revocation.BlockedAt,
        revocation.Statement,
        Push(revocation),
        revocation.Timeline,
        Outcome(revocation))
    {
        Requested = operation is null ? null : Request(operation),
        Confirmed = Word(revocation.ConfirmedAt, revocation.ConfirmedProof),
        Learned = Word(revocation.LearnedAt, revocation.LearnedProof),
    };

    private static ReceiptRequest Request(OperationDocument operation) => new(operation.Kind, operation.RequestedBy.Shown(), operation.RequestedAt)
    {
        ByKind = operation.RequestedByKind,
        Subject = operation.RequestedById,
        Reason = operation.Reason?.Shown(),
        LostSince = operation.LostSince,
    };

    private static ReceiptPush Push(RevocationDocument revocation) => new(revocation.Push, revocation.PushAttempts)
    {
        // Google's ids are resource names, Apple's are UUIDs.
        Provider = revocation.ProviderMessageId is not { } id ? null : id.StartsWith("projects/", StringComparison.Ordinal) ? "Google" : "Apple",
        MessageId = revocation.ProviderMessageId,
        Reason = revocation.PushReason,
        AcceptedAt = revocation.PushAcceptedAt,
    };

    private static ReceiptOutcome Outcome(RevocationDocument revocation) => revocation.State switch
    {
        RevocationState.Confirmed => ReceiptOutcome.Confirmed,
        RevocationState.LearnedAtNextOpen => ReceiptOutcome.Learned,
        _ => ReceiptOutcome.NotConfirmed,
    };

    private static PhoneWord? Word(DateTimeOffset? at, string? proof) => at is { } heard ? new PhoneWord(heard) { Proof = proof } : null;
}
