using BlokSec.Functions.Security;

namespace BlokSec.Functions.Scim;

/// <summary>Tells which kinds of resources there are (RFC 7644, section 4): all of them, or one.</summary>
internal sealed class GetScimResourceTypes(ScimRepresentation representation)
{
    [Function(nameof(GetScimResourceTypes))]
    [Authorize(ApplicationPolicies.DirectoryProvision)]
    [ExcludeFromDescription]
    public Task<IResult> HandleAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "scim/v2/ResourceTypes/{name?}")] HttpContext context,
        string? name,
        CallingDirectory directory) =>
        ScimAnswer.OfAsync(() => Task.FromResult(GetScimSchemas.Answer(context, name, ScimDiscovery.ResourceTypes(representation.BaseUrl))));
}
