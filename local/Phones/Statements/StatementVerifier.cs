using BlokSec.Local.Phones.Keys;
using BlokSec.Local.Phones.Wire;

namespace BlokSec.Local.Phones.Statements;

/// <summary>
/// Decides whether a revocation statement makes this phone reset (docs/mobile-protocol.md, "When the app resets"). Its key set is
/// fetched at enrollment, kept, and fetched again, not too often, when a statement names a key that it does not know.
/// </summary>
internal sealed class StatementVerifier(BlokSecApi api, PhoneOptions options, TimeProvider time, IReadOnlyDictionary<string, PublicJwk> known)
{
    private IReadOnlyDictionary<string, PublicJwk> keys = known;
    private DateTimeOffset notBefore = DateTimeOffset.MinValue;

    /// <summary>The server's keys by <c>kid</c>, as last fetched.</summary>
    public IReadOnlyDictionary<string, PublicJwk> Keys => keys;

    /// <summary>Judges a statement for one registration.</summary>
    /// <param name="statement">The compact JWS, if there is one.</param>
    /// <param name="registration">What it must be about.</param>
    /// <param name="online">Whether an unknown key may be fetched.</param>
    /// <param name="cancellationToken">Ends a fetch of keys.</param>
    public async Task<StatementVerdict> VerifyAsync(
        string? statement, PhoneRegistration registration, bool online, CancellationToken cancellationToken)
    {
        if (statement is null || !CompactJws.TryParse(statement, out var jws))
        {
            return new StatementVerdict.Refused("there is no readable statement");
        }

        if (RefuseHeader(jws) is { } wrong)
        {
            return new StatementVerdict.Refused(wrong);
        }

        if (RefuseClaims(jws, registration) is { } other)
        {
            return new StatementVerdict.Refused(other);
        }

        var kid = jws.HeaderText("kid")!;
        if (!keys.ContainsKey(kid) && online)
        {
            await RefreshAsync(cancellationToken);
        }

        if (!keys.TryGetValue(kid, out var key))
        {
            return new StatementVerdict.Undecided();
        }

        return jws.IsSignedBy(key) ? new StatementVerdict.Genuine() : new StatementVerdict.Refused("the signature of the statement is wrong");
    }

    /// <summary>Fetches the key set unless it was fetched a moment ago. Without an answer the old keys stay.</summary>
    public async Task RefreshAsync(CancellationToken cancellationToken)
    {
        if (time.GetUtcNow() < notBefore)
        {
            return;
        }

        var answer = await api.GetAsync(".well-known/jwks.json", cancellationToken);
        if (answer.IsSuccess && KeySet.Read(answer.Body) is { Count: > 0 } fetched)
        {
            keys = fetched;
            notBefore = time.GetUtcNow() + options.KeySetRefresh;
        }
        else
        {
            notBefore = time.GetUtcNow() + options.KeySetRetry;
        }
    }

    private static string? RefuseHeader(CompactJws jws)
    {
        if (jws.HeaderText("typ") != "revocation-statement+jwt")
        {
            return "it is not a revocation statement";
        }

        if (jws.HeaderText("alg") != "ES256")
        {
            return "the statement is not signed with ES256";
        }

        // RFC 7515 section 4.1.11: extensions that are not understood must be refused
        if (jws.Header.TryGetProperty("crit", out _))
        {
            return "the statement has extensions that are not understood";
        }

        return string.IsNullOrEmpty(jws.HeaderText("kid")) ? "the statement names no key" : null;
    }

    private string? RefuseClaims(CompactJws jws, PhoneRegistration registration)
    {
        (bool Holds, string Otherwise)[] checks =
        [
            (jws.ClaimText("iss") == options.Issuer, "the statement is from another issuer"),
            (jws.ClaimText("tenant") == registration.TenantId, "the statement is for another tenant"),
            (jws.ClaimText("user") == registration.UserId, "the statement is for another user"),
            (jws.ClaimText("device") == registration.DeviceId, "the statement is for another device"),
            (jws.ClaimNumber("epoch") == registration.Epoch, "the statement is for another registration epoch"),
        ];
        return checks.Where(check => !check.Holds).Select(check => check.Otherwise).FirstOrDefault();
    }
}
