using BlokSec.Contracts;
using BlokSec.Functions.Administrators;
using BlokSec.Functions.Identities;
using BlokSec.Functions.Security;
using Microsoft.AspNetCore.Mvc;
using Microsoft.Net.Http.Headers;

namespace BlokSec.Functions.Policies;

/// <summary>Tells what the tenant demands of its administrators.</summary>
internal sealed class GetPolicies(IdentityStore identities, KnownAdministrators administrators)
{
    /// <summary>The ETag of a tenant that chose nothing yet.</summary>
    public const string UnchosenTag = "\"none\"";

    /// <inheritdoc cref="GetPolicies"/>
    /// <param name="context">The request.</param>
    /// <param name="administrator">Who asks.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    [Function(nameof(GetPolicies))]
    [Authorize(AdminPolicies.UsersRead)]
    [WithinScope]
    [ProducesResponseType<PolicyDetails>(StatusCodes.Status200OK)]
    public async Task<IResult> HandleAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "policies")] HttpContext context,
        Administrator administrator,
        CancellationToken cancellationToken)
    {
        var chosen = await identities.ReadAsync<PoliciesDocument>(
            PoliciesDocument.KeyOf(administrator.TenantId), PoliciesDocument.DocumentId, cancellationToken);
        var known = administrator.Roles.Contains(AdminPolicies.PoliciesManage) && DepartmentScope.OfCall is null
            ? await administrators.OfAsync(administrator.TenantId, cancellationToken)
            : [];
        return Answer(context, chosen, known);
    }

    /// <summary>The policies as they are answered.</summary>
    public static IResult Answer(HttpContext context, PoliciesDocument? chosen, IReadOnlyList<AdministratorDocument> known)
    {
        var etag = chosen?.ETag ?? UnchosenTag;
        context.Response.Headers[HeaderNames.ETag] = etag;
        var policies = chosen?.Policies ?? CurrentPolicies.Unchosen;
        var scope = DepartmentScope.OfCall;
        return TypedResults.Ok(new PolicyDetails(
            policies with { Scopes = [.. (policies.Scopes ?? []).Where(other => scope is null || other.Subject == scope.Subject)] }, etag)
        {
            Departments = scope?.Departments,
            Administrators = [.. known.Select(administrator => new KnownAdministrator(administrator.Subject, administrator.Name, administrator.SignInName))],
        });
    }
}
