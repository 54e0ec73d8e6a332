using System.Text.Json.Nodes;
using BlokSec.Functions.Http;
using BlokSec.Functions.Identities;

namespace BlokSec.Functions.Scim;

/// <summary>What a list is asked for.</summary>
/// <param name="Filter">The filter; null for all users.</param>
/// <param name="StartIndex">The number of the first; less than 1 means 1.</param>
/// <param name="Count">How many at most; null for as many as one answer has.</param>
/// <param name="Attributes">Which attributes only.</param>
/// <param name="ExcludedAttributes">Which attributes not.</param>
internal sealed record ScimListRequest(string? Filter, int? StartIndex, int? Count, string? Attributes, string? ExcludedAttributes);

/// <summary>Lists users of one tenant, in the order of their ids, which never changes.</summary>
internal sealed class ScimLists(IdentityStore identities, ScimRepresentation representation)
{
    /// <summary>Users in one answer.</summary>
    public const int MaxCount = 200;

    /// <summary>Users that a filter is compared with one by one.</summary>
    private const int MaxCandidates = 400;

    private const string Users = "c.tenantId = @tenantId AND c.type = 'user' AND (NOT IS_DEFINED(c.leftAt) OR IS_NULL(c.leftAt))";

    /// <exception cref="ScimRefusal">The filter cannot be read, or no index answers it.</exception>
    public async Task<ScimAnswer> AnswerAsync(string tenantId, ScimListRequest request, CancellationToken cancellationToken)
    {
        var projection = ScimProjection.Of(request.Attributes, request.ExcludedAttributes);
        var start = Math.Max(1, request.StartIndex ?? 1);
        var count = Math.Clamp(request.Count ?? MaxCount, 0, MaxCount);
        var filter = string.IsNullOrWhiteSpace(request.Filter) ? null : ScimFilterParser.Parse(request.Filter);
        if (filter is null)
        {
            return await PageAsync(tenantId, "true", [], start, count, projection, cancellationToken);
        }

        var (condition, parameters) = ScimCondition.Of(filter);
        return condition.IsSelective
            ? await FindAsync(tenantId, filter, condition, parameters, start, count, projection, cancellationToken)
            : await PageAsync(tenantId, condition.Sql, parameters, start, count, projection, cancellationToken);
    }

    /// <summary>Few users: all of them are read at once, and those that do not meet the whole filter are left out.</summary>
    private async Task<ScimAnswer> FindAsync(
        string tenantId,
        ScimFilter filter,
        ScimCondition condition,
        IReadOnlyList<(string Name, object Value)> parameters,
        int start,
        int count,
        ScimProjection projection,
        CancellationToken cancellationToken)
    {
        var found = await ReadAsync(tenantId, condition.Sql, parameters, cancellationToken);
        if (found.Count > MaxCandidates)
        {
            throw new ScimRefusal(StatusCodes.Status400BadRequest, "tooMany", "Too many users have this in common. Ask for less.");
        }

        JsonObject[] resources =
        [
            .. found.OrderBy(user => user.UserId, StringComparer.Ordinal)
                .Select(representation.Of)
                .Where(resource => condition.IsExact || filter.IsMetBy(resource)),
        ];
        return ScimAnswer.List(resources.Length, start, [.. resources.Skip(start - 1).Take(count).Select(projection.Of)]);
    }

    /// <summary>A user who is asked for by id is read; all others are found by one query.</summary>
    private async Task<IReadOnlyList<UserDocument>> ReadAsync(
        string tenantId, string sql, IReadOnlyList<(string Name, object Value)> parameters, CancellationToken cancellationToken)
    {
        if (sql == $"c.userId = {ScimCondition.FirstParameter}")
        {
            var user = parameters[0].Value is string id && Identifiers.IsUserId(id)
                ? await identities.ReadAsync<UserDocument>(new UserKey(tenantId, id), UserDocument.DocumentId, cancellationToken)
                : null;
            return user is { LeftAt: null } ? [user] : [];
        }

        var page = await identities.TenantFirstDocumentsAsync<UserDocument>(
            tenantId, $"SELECT * FROM c WHERE {Users} AND {sql}", parameters, MaxCandidates + 1, cancellationToken);
        return page.Documents;
    }

    private async Task<ScimAnswer> PageAsync(
        string tenantId,
        string condition,
        IReadOnlyList<(string Name, object Value)> parameters,
        int start,
        int count,
        ScimProjection projection,
        CancellationToken cancellationToken)
    {
        var counting = identities.TenantFirstAsync<int>(tenantId, $"SELECT VALUE COUNT(1) FROM c WHERE {Users} AND {condition}", parameters, 1, cancellationToken);
        if (count == 0)
        {
            return ScimAnswer.List((await counting).Single(), start, []);
        }

        var reading = identities.TenantFirstDocumentsAsync<UserDocument>(
            tenantId,
            $"SELECT * FROM c WHERE {Users} AND {condition} ORDER BY c.userId OFFSET @offset LIMIT @limit",
            [.. parameters, ("@offset", start - 1), ("@limit", count)],
            count,
            cancellationToken);
        await Task.WhenAll(counting, reading);
        var page = await reading;
        return ScimAnswer.List((await counting).Single(), start, [.. page.Documents.Select(user => projection.Of(representation.Of(user)))]);
    }
}
