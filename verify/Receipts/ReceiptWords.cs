using System.Globalization;
using BlokSec.Contracts;

namespace BlokSec.Verify.Receipts;

/// <summary>Says of a receipt that holds what it proves and what it does not. Never more than the signatures carry.</summary>
internal static class ReceiptWords
{
    /// <summary>The verdict.</summary>
    /// <param name="claims">The receipt.</param>
    /// <param name="statement">The revocation statement in it.</param>
    /// <param name="confirmed">What the phone signed to confirm its erasure; null when that is not in it.</param>
    /// <param name="learned">What the phone signed when it learned of its removal; null when that is not in it.</param>
    /// <param name="signedBy">The service's key.</param>
    public static Verdict Of(ReceiptClaims claims, StatementClaims statement, PhoneProof? confirmed, PhoneProof? learned, string signedBy) => new("receipt")
    {
        About = $"Receipt of the removal of the phone \"{Verdict.Plain(claims.Device.Name)}\" ({Verdict.Plain(claims.Device.Model)}) of user {Verdict.Plain(claims.User)} in tenant {Verdict.Plain(claims.Tenant)}.",
        Proven =
        [
            $"the service at {Verdict.Plain(claims.Iss)} made this receipt at {Times.Text(Times.Of(claims.Iat))}, and nobody changed it since. It is signed by the service's key {signedBy}.",
            $"the service signed the revocation statement for device {claims.Device.Id}, registration epoch {claims.Epoch.ToString(CultureInfo.InvariantCulture)}. A phone erases itself on such a statement only.",
            .. Phone(confirmed, learned),
        ],
        NotProven =
        [
            .. Missing(claims, confirmed, learned),
            $"that the device with this key was the phone \"{Verdict.Plain(claims.Device.Name)}\" of this user. That is the service's word.",
            $"the times, such as that the device is refused since {Times.Text(claims.BlockedAt)}. They are the service's word{(confirmed is null && learned is null ? "" : "; the phone signed its own time, which fits")}.",
            claims.Requested is { } requested
                ? $"that {Verdict.Plain(requested.By)} asked for the removal{(requested.Reason is null ? "" : $", \"{Verdict.Plain(requested.Reason)}\"")}. That is the service's word."
                : "who asked for the removal. The receipt does not say.",
            Push(claims.Push),
            "that the key set is the service's. Get it yourself, from /api/.well-known/jwks.json of the service.",
        ],
        Facts = new Dictionary<string, string?>
        {
            ["issuer"] = claims.Iss,
            ["madeAt"] = Times.Text(Times.Of(claims.Iat)),
            ["tenant"] = claims.Tenant,
            ["user"] = claims.User,
            ["device"] = claims.Device.Id,
            ["operation"] = claims.Operation,
            ["blockedAt"] = Times.Text(claims.BlockedAt),
            ["reason"] = statement.Reason,
            ["outcome"] = confirmed is not null ? "erasureSignedByPhone" : claims.Outcome switch
            {
                ReceiptOutcome.Confirmed => "erasureOnTheServicesWord",
                ReceiptOutcome.Learned => learned is null ? "learnedOnTheServicesWord" : "learnedSignedByPhone",
                _ => "notConfirmed",
            },
            ["key"] = signedBy,
        },
    };

    private static IEnumerable<string> Phone(PhoneProof? confirmed, PhoneProof? learned)
    {
        if (learned is not null)
        {
            yield return $"whoever has the key of the device called the service after the removal, at {Times.Text(learned.IssuedAt)} by the phone's clock.";
        }

        if (confirmed is not null)
        {
            yield return $"whoever has the key of the device signed, at {Times.Text(confirmed.IssuedAt)} by the phone's clock, that the phone erased itself. The service cannot make up this signature.";
        }
    }

    private static IEnumerable<string> Missing(ReceiptClaims claims, PhoneProof? confirmed, PhoneProof? learned)
    {
        yield return claims switch
        {
            { Confirmed: not null } when confirmed is not null => "that nothing is left on the phone. The app signed that it erased itself; a changed app can sign that, too. Whatever is left is refused.",
            { Confirmed: { } erased } => $"that the phone erased itself. The service says that the phone confirmed it at {Times.Text(erased.At)}; the signature was not kept at that time.",
            { Learned: not null } when learned is not null => "that the phone erased itself. It called the service after its removal, and the service says that it answered with the statement.",
            { Learned: { } told } => $"that the phone knows. The service says that it was told at {Times.Text(told.At)}; what the phone signed was not kept at that time.",
            _ => "that the phone knows of its removal, or that it erased itself. Nothing was heard of it. It is refused all the same.",
        };
    }

    private static string Push(ReceiptPush push) => push switch
    {
        { AcceptedAt: { } at, Provider: { } provider } =>
            $"that a push reached the phone. The service says that {Verdict.Plain(provider)} took it at {Times.Text(at)}, as {Verdict.Plain(push.MessageId)}; ask {Verdict.Plain(provider)}.",
        { Reason: { } reason } => $"that a push reached the phone. The service says: {Verdict.Plain(reason)}",
        _ => "that a push reached the phone. The service does not say so either.",
    };
}
