using System.Text.Json;
using BlokSec.Contracts;
using BlokSec.Functions.Http;
using BlokSec.Functions.Identities;

namespace BlokSec.Functions.Users;

/// <summary>The names of users, for lists of the tenant that are about something else: one query for a page.</summary>
internal sealed class UserNames(IdentityStore identities)
{
    /// <summary>Users that one call names at most: those of a page.</summary>
    public const int Most = 200;

    /// <summary>Names users; those of other tenants do not exist.</summary>
    /// <param name="tenantId">The tenant.</param>
    /// <param name="userIds">Whom to name, at most <see cref="Most"/>; partitions of the tenant itself are left out.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    public async Task<NamedUsers> ReadAsync(string tenantId, IEnumerable<string> userIds, CancellationToken cancellationToken)
    {
        string[] ids = [.. userIds.Where(id => !new UserKey(tenantId, id).IsOfTenant).Distinct()];
        ArgumentOutOfRangeException.ThrowIfGreaterThan(ids.Length, Most, nameof(userIds));
        if (ids.Length == 0)
        {
            return new NamedUsers(new Dictionary<string, string>());
        }

        var names = ids.Select((_, index) => $"@user{index}").ToArray();
        var found = await identities.TenantFirstAsync<JsonElement>(
            tenantId,
            $"SELECT c.userId, c.givenName, c.familyName FROM c WHERE c.tenantId = @tenantId AND c.type = 'user' AND c.userId IN ({string.Join(", ", names)})",
            names.Zip(ids, (name, id) => (name, (object)id)),
            ids.Length,
            cancellationToken);
        return new NamedUsers(found
            .Where(user => NameOf(user).Length > 0)
            .ToDictionary(user => user.GetProperty("userId").GetString()!, user => NameOf(user).Shown()));
    }

    private static string NameOf(JsonElement user) => string.Join(' ', new[] { Text(user, "givenName"), Text(user, "familyName") }.Where(part => part.Length > 0));

    /// <summary>A document that cannot be read whole may have a name that can.</summary>
    private static string Text(JsonElement user, string member) =>
        user.TryGetProperty(member, out var value) && value.ValueKind == JsonValueKind.String ? value.GetString()! : "";
}

/// <summary>Users by id, as far as they have names.</summary>
internal sealed record NamedUsers(IReadOnlyDictionary<string, string> Names)
{
    public UserReference this[string userId] => new(userId, Names.GetValueOrDefault(userId));
}
