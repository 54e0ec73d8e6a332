using BlokSec.Contracts;
using BlokSec.Verify.Jose;

namespace BlokSec.Verify.Receipts;

/// <summary>
/// Checks the receipt of a removal: the service's signature around it, the service's statement and the phone's own signatures inside of it, and
/// that all of them are about the same device, at times that fit.
/// </summary>
internal static class ReceiptVerifier
{
    private const string Document = "receipt";

    /// <summary>Clocks of the service's own machines differ by less.</summary>
    private static readonly TimeSpan Skew = TimeSpan.FromMinutes(5);

    /// <summary>Checks a receipt.</summary>
    /// <param name="text">The compact JWS.</param>
    /// <param name="keys">The service's keys.</param>
    public static Verdict Verify(string text, KeySet keys)
    {
        if (!CompactJws.TryParse(text, RemovalReceipt.Type, out var jws))
        {
            return Verdict.Forged(Document, $"It is no JWS of type {RemovalReceipt.Type}.");
        }

        if (keys.FaultOf(jws) is { } fault)
        {
            return Verdict.Forged(Document, fault);
        }

        if (!StrictJson.TryRead<ReceiptClaims>(jws.Payload.Span, out var claims))
        {
            return Verdict.Forged(Document, "What is signed is not a receipt.");
        }

        var statement = StatementClaims.Read(claims.Statement, keys, out var statementFault);
        if (statement is null)
        {
            return Verdict.Forged(Document, $"The revocation statement in it does not hold. {statementFault}");
        }

        return Contradiction(claims, statement) is { } contradiction
            ? Verdict.Forged(Document, contradiction)
            : Phones(claims, statement, jws.Header.Kid!);
    }

    /// <summary>What in a receipt does not fit together; null when all does.</summary>
    private static string? Contradiction(ReceiptClaims claims, StatementClaims statement) =>
        !Times.IsTime(claims.Iat) || !Times.IsTime(statement.Iat)
            ? "A time in it is none."
        : !PublicKey.TryRead(new JsonWebKey(claims.Device.Key.Kty, claims.Device.Key.Crv, claims.Device.Key.X) { Y = claims.Device.Key.Y }, out var key)
            || key.Thumbprint != claims.Device.Id
            ? "The key in it is not that of the device that it names."
        : (statement.Tenant, statement.User, statement.Device, statement.Epoch, statement.Operation)
            != (claims.Tenant, claims.User, claims.Device.Id, claims.Epoch, claims.Operation)
            ? "The revocation statement in it is about another removal."
        : statement.Iat != claims.BlockedAt.ToUnixTimeSeconds()
            ? "The time of the removal is not that of its revocation statement."
        : Expected(claims) != claims.Outcome
            ? "What it says of the phone contradicts itself."
        : new[] { claims.BlockedAt, claims.Confirmed?.At, claims.Learned?.At }.Any(at => at > Times.Of(claims.Iat) + Skew)
            ? "Something in it happened after it was made."
        : new[] { claims.Confirmed?.At, claims.Learned?.At }.Any(at => claims.BlockedAt - at > Skew)
            ? "The phone heard of its removal before it was removed."
        : null;

    private static ReceiptOutcome Expected(ReceiptClaims claims) => claims switch
    {
        { Confirmed: not null } => ReceiptOutcome.Confirmed,
        { Learned: not null } => ReceiptOutcome.Learned,
        _ => ReceiptOutcome.NotConfirmed,
    };

    private static Verdict Phones(ReceiptClaims claims, StatementClaims statement, string signedBy)
    {
        PhoneProof? confirmed = null;
        PhoneProof? learned = null;
        if (claims.Confirmed is { Proof: { } erasure } erased && !PhoneProof.TryRead(erasure, claims, statement, erased.At, out confirmed, out var fault))
        {
            return Verdict.Forged(Document, $"What the phone is said to have signed to confirm its erasure does not hold. {fault}");
        }

        if (confirmed is { IsErasure: false })
        {
            return Verdict.Forged(Document, "What the phone is said to have signed to confirm its erasure is another call.");
        }

        if (claims.Learned is { Proof: { } question } told && !PhoneProof.TryRead(question, claims, statement, told.At, out learned, out fault))
        {
            return Verdict.Forged(Document, $"What the phone is said to have signed when it learned of its removal does not hold. {fault}");
        }

        return learned?.IssuedAt < claims.BlockedAt
            ? Verdict.Forged(Document, "The phone is said to have learned of its removal by a call that it made before it.")
            : ReceiptWords.Of(claims, statement, confirmed, learned, signedBy);
    }
}
