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

    /// <summary>Accounts and users that a hint may name before it counts as naming nobody.</summary>
    private const int MostMatches = 5;

    /// <summary>Begins what is no user's id, see <see cref="Identifiers.IsUserId"/>.</summary>
    private const string Nobody = "~";

    private ConcurrentDictionary<(string TenantId, string ApplicationId, string Hint), string> known = new();

    /// <summary>The partition to look in. It is not known yet whether the user has an account.</summary>
    public async Task<UserKey> FindAsync(AskingApplication application, string hint, CancellationToken cancellationToken)
    {
        var search = (application.Caller.TenantId, application.ApplicationId, hint);
        if (known.TryGetValue(search, out var userId))
        {
            return new UserKey(application.Caller.TenantId, userId);
        }

        const string query =
            """
            SELECT c.userId, c.type FROM c WHERE c.tenantId = @tenantId
            AND ((c.type = 'account' AND c.applicationId = @application AND c.accountName = @hint)
            OR (c.type = 'user' AND (c.userId = @hint OR STRINGEQUALS(c.email, @hint, true))))
            """;
        var matches = await identities.TenantFirstAsync<Match>(
            application.Caller.TenantId, query, [("@application", application.ApplicationId), ("@hint", hint)], MostMatches, cancellationToken);
        if ((OneOf(matches.Where(match => match.Type == AccountDocument.DocumentType)) ?? OneOf(matches)) is not { } found)
        {
            return KeyOfNobody(application, hint);
        }

        if (known.Count >= Capacity)
        {
            known = new();
        }

        known[search] = found;
        return new UserKey(application.Caller.TenantId, found);
    }

    /// <summary>What the hint names is looked up again.</summary>
    public void Forget(AskingApplication application, string hint) => known.TryRemove((application.Caller.TenantId, application.ApplicationId, hint), out _);

    /// <summary>Whether the partition is that of a hint which names nobody.</summary>
    public static bool IsOfNobody(UserKey key) => key.UserId.StartsWith(Nobody, StringComparison.Ordinal);

    /// <summary>The partition of a hint that names nobody.</summary>
    public static UserKey KeyOfNobody(AskingApplication application, string hint) => new(
        application.Caller.TenantId,
        Nobody + Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes($"{application.Caller.ClientId}\n{hint}")))[..32]);

    /// <summary>
    /// The account that signs in; null when the user has none in the application, or several of which the hint names none. One that is being
    /// removed is none any more.
    /// </summary>
    public static AccountDocument? AccountOf(PartitionSnapshot snapshot, string hint)
    {
        var accounts = snapshot.Accounts.FindAll(account => !snapshot.Operations.Exists(operation => operation.Accounts?.Covers(account) == true));
        return accounts.Find(account => account.AccountName == hint) ?? (accounts is [var only] ? only : null);
    }

    private static string? OneOf(IEnumerable<Match> matches) => matches.Select(match => match.UserId).Distinct().ToArray() is [var one] ? one : null;

    private sealed record Match(string UserId, string Type);
}
