using System.Security.Cryptography;
using BlokSec.Local.Push;

namespace BlokSec.Local.Apns;

/// <summary>
/// Checks provider tokens as Apple does: signed with ES256 by the team's registered key, not older than one hour, and a new one at
/// most once in 20 minutes
/// (https://developer.apple.com/documentation/usernotifications/establishing-a-token-based-connection-to-apns).
/// </summary>
internal sealed class ApnsTeam : IDisposable
{
    private static readonly TimeSpan OldestToken = TimeSpan.FromHours(1);
    private static readonly TimeSpan BetweenTokens = TimeSpan.FromMinutes(20);

    private readonly Lock gate = new();
    private readonly ECDsa key = ECDsa.Create();
    private readonly HashSet<string> tokens = new(StringComparer.Ordinal);
    private readonly ApnsStandInOptions options;
    private readonly TimeProvider time;
    private DateTimeOffset? newest;

    public ApnsTeam(ApnsStandInOptions options, TimeProvider time)
    {
        this.options = options;
        this.time = time;
        key.ImportFromPem(options.PublicKey);
    }

    /// <summary>How many different tokens were accepted.</summary>
    public int TokensSeen
    {
        get
        {
            lock (gate)
            {
                return tokens.Count;
            }
        }
    }

    public ApnsRefusal? Check(string authorization)
    {
        if (authorization.Length == 0)
        {
            return new ApnsRefusal(403, "MissingProviderToken");
        }

        var token = authorization.StartsWith("bearer ", StringComparison.OrdinalIgnoreCase) ? authorization[7..] : string.Empty;
        lock (gate)
        {
            if (CompactJwt.Read(token) is not { } jwt
                || jwt.HeaderText("alg") != "ES256"
                || jwt.HeaderText("kid") != options.KeyId
                || jwt.ClaimText("iss") != options.TeamId
                || jwt.ClaimTime("iat") is not { } issuedAt
                || !key.VerifyData(jwt.Signed, jwt.Signature, HashAlgorithmName.SHA256))
            {
                return new ApnsRefusal(403, "InvalidProviderToken");
            }

            var now = time.GetUtcNow();
            return now - issuedAt > OldestToken ? new ApnsRefusal(403, "ExpiredProviderToken") : Remember(token, now);
        }
    }

    public void Dispose() => key.Dispose();

    private ApnsRefusal? Remember(string token, DateTimeOffset now)
    {
        if (tokens.Contains(token))
        {
            return null;
        }

        if (newest is { } last && now - last < BetweenTokens)
        {
            return new ApnsRefusal(429, "TooManyProviderTokenUpdates");
        }

        newest = now;
        tokens.Add(token);
        return null;
    }
}
