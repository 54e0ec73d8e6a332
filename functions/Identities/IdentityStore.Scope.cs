using System.Net;
using System.Text.Json;

namespace BlokSec.Functions.Identities;

/// <summary>Keeps the users of other departments from administrators who are limited to some, see <see cref="DepartmentScope"/>.</summary>
internal sealed partial class IdentityStore
{
    /// <summary>The limits of the call that concern a partition: none, where it is one of the tenant.</summary>
    private static DepartmentScope? ScopeOver(UserKey key) => key.IsOfTenant ? null : DepartmentScope.OfCall;

    /// <summary>A condition under which the user's document is found too.</summary>
    private static string WithUser(string where) => $"({where}) OR c.type = 'user'";

    /// <summary>Whether whoever makes the call may know of the user: one read more where no document of this call told it.</summary>
    private async ValueTask<bool> IsVisibleAsync(UserKey key, CancellationToken cancellationToken) =>
        ScopeOver(key) is not { } scope
        || await (scope.KnownAsync(key) ?? DecideAsync(scope, key, cancellationToken));

    private async Task<bool> DecideAsync(DepartmentScope scope, UserKey key, CancellationToken cancellationToken)
    {
        using var response = await container.ReadItemStreamAsync(
            UserDocument.DocumentId, PartitionKeyOf(key), cancellationToken: cancellationToken);
        if (response.StatusCode == HttpStatusCode.NotFound)
        {
            // There is nothing to keep from anybody, and nobody is to be made in another department: see PartitionBatch.
            return scope.Settle(key, isVisible: true);
        }

        response.EnsureSuccessStatusCode();
        var user = await JsonSerializer.DeserializeAsync<JsonElement>(response.Content, Json.Documents, cancellationToken);
        return scope.Settle(
            key,
            user.TryGetProperty("departmentKey", out var department) && department.ValueKind == JsonValueKind.String && scope.Admits(department.GetString()));
    }

    /// <summary>Reads with the user's document, where the call has limits: what is read of a user who may not be known is what is read of nobody.</summary>
    private async Task<PartitionSnapshot> WithinScopeAsync(UserKey key, string where, Func<string, Task<PartitionSnapshot>> readAsync)
    {
        if (ScopeOver(key) is not { } scope)
        {
            var all = await readAsync(where);
            all.Complete();
            return all;
        }

        var pending = scope.Expect(key);
        try
        {
            var read = await readAsync(WithUser(where));
            var isVisible = scope.Settle(key, !read.Has(UserDocument.DocumentId) || scope.Admits(read.DepartmentKey));
            pending.TrySetResult(isVisible);
            var snapshot = isVisible ? read : NothingRead;
            snapshot.Complete();
            return snapshot;
        }
        finally
        {
            scope.GiveUp(key, pending);
        }
    }

    /// <summary>Those documents of a tenant's users that whoever makes the call may know of: one query more for an administrator who is limited.</summary>
    public async Task<IReadOnlyList<T>> VisibleAsync<T>(string tenantId, IReadOnlyList<T> documents, CancellationToken cancellationToken)
        where T : IdentityDocument
    {
        if (DepartmentScope.OfCall is not { } scope || documents.Count == 0)
        {
            return documents;
        }

        var ids = documents.Select(document => document.UserId).Distinct().Select((id, index) => (Name: $"@user{index}", Value: (object)id)).ToArray();
        var condition = $"c.type = 'user' AND c.userId IN ({string.Join(", ", ids.Select(id => id.Name))})";
        var visible = new HashSet<string>();
        await foreach (var userId in TenantStreamAsync<string>(
            tenantId, $"SELECT VALUE c.userId FROM c WHERE c.tenantId = @tenantId AND {scope.Narrow(condition)}", [.. ids, .. scope.Parameters], cancellationToken))
        {
            visible.Add(userId);
        }

        return [.. documents.Where(document => visible.Contains(document.UserId))];
    }
}
