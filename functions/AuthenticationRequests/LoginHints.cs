using System.Collections.Concurrent;
using System.Security.Cryptography;
using System.Text;
using BlokSec.Functions.Applications;
using BlokSec.Functions.Http;
using BlokSec.Functions.Identities;

namespace BlokSec.Functions.AuthenticationRequests;

/// <summary>
/// Finds the user that a login hint names, among those who have an account in the application that asks: others do not exist for it. A hint
/// that names nobody gets a partition of its own, so that a request for it costs and looks the same.
/// </summary>
internal sealed class LoginHints(IdentityStore identities)
{
    /// <summary>Hints that an instance remembers. What they point to is checked with every request.</summary>
    private const int Capacity = 10_000;

    /// <summary>Accounts and users with one name that are looked at: accounts first, then those that were removed.</summary>
    private const int MostMatches = 50;

    /// <summary>Begins what is no user's id, see <see cref="Identifiers.IsUserId"/>.</summary>
    private const string Nobody = "~";

    private ConcurrentDictionary<(string TenantId, string ApplicationId, string Hint), string> known = new();

    /// <summary>The partition to look in. It is not known yet whether the user has an account.</summary>
    public async Task<FoundHint> FindAsync(AskingApplication application, string hint, CancellationToken cancellationToken)
    {
        var search = (application.Caller.TenantId, application.ApplicationId, hint);
        if (known.TryGetValue(search, out var userId))
        {
            return new FoundHint(new UserKey(application.Caller.TenantId, userId), IsRemembered: true);
        }

        const string query =
            """
            SELECT c.userId, c.type FROM c WHERE c.tenantId = @tenantId
            AND ((c.type IN ('account', 'removedAccount') AND c.applicationId = @application AND c.accountName = @hint)
            OR (c.type = 'user' AND (c.userId = @hint OR STRINGEQUALS(c.email, @hint, true))))
            ORDER BY c.type
            """;
        var matches = await identities.TenantFirstAsync<Match>(
            application.Caller.TenantId, query, [("@application", application.ApplicationId), ("@hint", hint)], MostMatches, cancellationToken);
        var named = OneOf(matches, AccountDocument.DocumentType) ?? OneOf(matches, AccountDocument.DocumentType, UserDocument.DocumentType);
        if (named is null)
        {
            // Nothing is remembered of an account that was removed: another user may be given one of its name.
            var removed = matches.FirstOrDefault(match => match.Type == AccountDocument.RemovedType);
            return new FoundHint(removed is null ? KeyOfNobody(application, hint) : new UserKey(application.Caller.TenantId, removed.UserId));
        }

        if (known.Count >= Capacity)
        {
            known = new();
        }

        known[search] = named;
        return new FoundHint(new UserKey(application.Caller.TenantId, named));
    }

    /// <summary>What the hint names is looked up again.</summary>
    public void Forget(AskingApplication application, string hint) => known.TryRemove((application.Caller.TenantId, application.ApplicationId, hint), out _);

    /// <summary>Whether the partition is that of a hint which names nobody.</summary>
    public static bool IsOfNobody(UserKey key) => key.UserId.StartsWith(Nobody, StringComparison.Ordinal);

    /// <summary>The partition of a hint that names nobody.</summary>
    public static UserKey KeyOfNobody(AskingApplication application, string hint) => new(
        application.Caller.TenantId,
        Nobody + Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes($"{application.Caller.ClientId}\n{hint}")))[..32]);

    private static string? OneOf(IEnumerable<Match> matches, params string[] types) =>
        matches.Where(match => types.Contains(match.Type)).Select(match => match.UserId).Distinct().ToArray() is [var one] ? one : null;

    private sealed record Match(string UserId, string Type);
}

/// <summary>Where to look for the user whom a hint names.</summary>
/// <param name="Key">The partition.</param>
/// <param name="IsRemembered">Whether it is as an earlier request found it, and may be so no more.</param>
internal readonly record struct FoundHint(UserKey Key, bool IsRemembered = false);
