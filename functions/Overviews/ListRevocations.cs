using System.ComponentModel.DataAnnotations;
using System.Text.Json;
using BlokSec.Contracts;
using BlokSec.Functions.Http;
using BlokSec.Functions.Identities;
using BlokSec.Functions.Operations;
using BlokSec.Functions.Security;
using BlokSec.Functions.Users;
using Microsoft.AspNetCore.Mvc;

namespace BlokSec.Functions.Overviews;

/// <summary>Lists the tenant's removed devices, the last removed first.</summary>
internal sealed class ListRevocations(IdentityStore identities, UserNames users)
{
    /// <summary>The phone neither confirmed that it erased itself nor learned it at its next open, over <c>c</c>.</summary>
    public const string Unconfirmed = "NOT IS_DEFINED(c.confirmedAt) AND NOT IS_DEFINED(c.learnedAt)";

    /// <inheritdoc cref="ListRevocations"/>
    /// <param name="context">The request.</param>
    /// <param name="administrator">Who asks; only devices of the same tenant are found.</param>
    /// <param name="confirmed">Whether the phone knows: it confirmed that it erased itself, or learned at its next open that it was removed.</param>
    /// <param name="pageSize">How many devices to answer with: 1 to 200. Default: 50.</param>
    /// <param name="continuation">From the page before.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    [Function(nameof(ListRevocations))]
    [Authorize(AdminPolicies.UsersRead)]
    [ProducesResponseType<TenantRevocationList>(StatusCodes.Status200OK)]
    public async Task<IResult> HandleAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "revocations")] HttpContext context,
        Administrator administrator,
        bool? confirmed,
        [Range(1, TenantPages.MaxPageSize, ErrorMessage = TenantPages.PageSizeFault)] int? pageSize,
        string? continuation,
        CancellationToken cancellationToken)
    {
        var begin = RevocationDocument.IdOf("");
        if (!TenantPages.TryDecode(continuation, begin, out var after))
        {
            return Problems.InvalidContinuation();
        }

        var condition = confirmed switch
        {
            true => $"c.type = 'revocation' AND NOT ({Unconfirmed})",
            false => $"c.type = 'revocation' AND {Unconfirmed}",
            _ => "c.type = 'revocation'",
        };
        var page = await identities.ReadNewestAsync<RevocationDocument>(
            administrator.TenantId, condition, [], "blockedAt", begin, pageSize ?? TenantPages.DefaultPageSize, after, cancellationToken);
        var naming = users.ReadAsync(administrator.TenantId, page.Documents.Select(revocation => revocation.UserId), cancellationToken);
        var asking = AskedByAsync(administrator.TenantId, page.Documents, cancellationToken);
        await Task.WhenAll(naming, asking);
        var (named, askedBy) = (await naming, await asking);
        return TypedResults.Ok(new TenantRevocationList(
            [
                .. page.Documents.Select(revocation => new TenantRevocation(
                    named[revocation.UserId], revocation.ToDetails(), askedBy.GetValueOrDefault((revocation.UserId, revocation.OperationId)))),
            ],
            Continuations.Encode(page.Next))
        {
            Unreadable = page.Unreadable,
        });
    }

    /// <summary>Who asked for the removals of a page, by user and operation.</summary>
    private async Task<Dictionary<(string UserId, string OperationId), string>> AskedByAsync(
        string tenantId, IReadOnlyList<RevocationDocument> revocations, CancellationToken cancellationToken)
    {
        string[] ids = [.. revocations.Select(revocation => revocation.OperationId).Distinct()];
        if (ids.Length == 0)
        {
            return [];
        }

        var names = ids.Select((_, index) => $"@operation{index}").ToArray();
        var found = await identities.TenantFirstAsync<AskedBy>(
            tenantId,
            $"SELECT c.userId, c.operationId, c.requestedBy FROM c WHERE c.tenantId = @tenantId AND c.type = 'operation' AND c.operationId IN ({string.Join(", ", names)})",
            names.Zip(ids, (name, id) => (name, (object)id)),
            ids.Length,
            cancellationToken);
        return found
            .Where(operation => operation.RequestedBy.ValueKind == JsonValueKind.String)
            .ToDictionary(operation => (operation.UserId, operation.OperationId), operation => operation.RequestedBy.GetString()!.Shown());
    }

    private sealed record AskedBy(string UserId, string OperationId, JsonElement RequestedBy);
}
