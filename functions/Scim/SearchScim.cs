using BlokSec.Functions.Security;

namespace BlokSec.Functions.Scim;

/// <summary>Finds resources of any kind by what stands in a body (RFC 7644, section 3.4.3). There are users only.</summary>
internal sealed class SearchScim(ScimLists lists)
{
    [Function(nameof(SearchScim))]
    [Authorize(ApplicationPolicies.DirectoryProvision)]
    [ExcludeFromDescription]
    public Task<IResult> HandleAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "post", Route = "scim/v2/.search")] HttpContext context,
        CallingDirectory directory,
        CancellationToken cancellationToken) => SearchScimUsers.AnswerAsync(lists, context, directory, cancellationToken);
}
