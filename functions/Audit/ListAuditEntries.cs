using System.ComponentModel.DataAnnotations;
using BlokSec.Contracts;
using BlokSec.Functions.Http;
using BlokSec.Functions.Identities;
using BlokSec.Functions.Security;
using Microsoft.AspNetCore.Mvc;

namespace BlokSec.Functions.Audit;

/// <summary>Lists what happened to a user, newest first.</summary>
internal sealed class ListAuditEntries(IdentityStore identities)
{
    private const int DefaultPageSize = 50;

    private const int MaxPageSize = 200;

    /// <summary>Begins the id of every entry.</summary>
    private const string Begin = "audit:";

    /// <summary>Comes after the id of every entry.</summary>
    private const string End = "audit:~";

    /// <summary>How earlier versions called a phone.</summary>
    private const string EarlierPhone = "device";

    /// <inheritdoc cref="ListAuditEntries"/>
    /// <param name="context">The request.</param>
    /// <param name="userId">The user.</param>
    /// <param name="administrator">Who asks; users of other tenants do not exist.</param>
    /// <param name="pageSize">How many entries to answer with: 1 to 200. Default: 50.</param>
    /// <param name="continuation">From the page before.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    [Function(nameof(ListAuditEntries))]
    [Authorize(AdminPolicies.UsersRead)]
    [ProducesResponseType<AuditEntryList>(StatusCodes.Status200OK)]
    [Refuses(ProblemCodes.NotFound)]
    public async Task<IResult> HandleAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "users/{userId}/audit")] HttpContext context,
        string userId,
        Administrator administrator,
        [Range(1, MaxPageSize, ErrorMessage = "is 1 to 200")] int? pageSize,
        string? continuation,
        CancellationToken cancellationToken)
    {
        if (!Continuations.TryDecodeId(continuation, Begin, out var before))
        {
            return Problems.InvalidContinuation();
        }

        var key = new UserKey(administrator.TenantId, userId);
        before ??= End;
        var page = await identities.PageAsync<AuditDocument>(
            key,
            "SELECT * FROM c WHERE c.type = 'audit' AND c.id < @before ORDER BY c.id DESC",
            [("@before", before)],
            pageSize ?? DefaultPageSize,
            before,
            cancellationToken);
        if (page is { Documents: [], Unreadable: 0 } && await identities.ReadAsync<UserDocument>(key, UserDocument.DocumentId, cancellationToken) is null)
        {
            return Problems.NotFound("user");
        }

        return TypedResults.Ok(new AuditEntryList([.. page.Documents.Select(Details)], Continuations.Encode(page.Next))
        {
            Unreadable = page.Unreadable,
        });
    }

    private static AuditEntryDetails Details(AuditDocument entry) => new(
        entry.Id,
        entry.At,
        entry.Actor.Kind == EarlierPhone ? AuditActorKinds.Phone : entry.Actor.Kind,
        entry.Actor.Name.Shown(),
        entry.Action,
        entry.Targets,
        entry.OperationId,
        entry.Reason?.Shown(),
        entry.Before,
        entry.After,
        entry.Alert,
        entry.Actor.Id,
        entry.Actor.Address,
        entry.TraceId,
        entry.Count,
        entry.LastAt);
}
