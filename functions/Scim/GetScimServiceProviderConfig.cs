using BlokSec.Functions.Security;

namespace BlokSec.Functions.Scim;

/// <summary>Tells what the service can do (RFC 7644, section 4).</summary>
internal sealed class GetScimServiceProviderConfig(ScimRepresentation representation)
{
    [Function(nameof(GetScimServiceProviderConfig))]
    [Authorize(ApplicationPolicies.DirectoryProvision)]
    [ExcludeFromDescription]
    public Task<IResult> HandleAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "scim/v2/ServiceProviderConfig")] HttpContext context,
        CallingDirectory directory) => ScimAnswer.OfAsync(() =>
        {
            GetScimSchemas.RefuseFilter(context);
            return Task.FromResult<IResult>(new ScimAnswer(StatusCodes.Status200OK, ScimDiscovery.Config(representation.BaseUrl)));
        });
}
