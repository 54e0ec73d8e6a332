using BlokSec.Functions.Security;

namespace BlokSec.Functions.Scim;

/// <summary>Answers whatever there is not, as SCIM has it.</summary>
internal sealed class RefuseScimCall
{
    /// <summary>What RFC 7644 knows and this service does not do.</summary>
    private static readonly string[] NotImplemented = ["Me", "Bulk"];

    private static readonly string[] Discovery = ["ServiceProviderConfig", "ResourceTypes", "Schemas"];

    [Function(nameof(RefuseScimCall))]
    [Authorize(ApplicationPolicies.DirectoryProvision)]
    [ExcludeFromDescription]
    public IResult Handle(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", "post", "put", "patch", "delete", Route = "scim/{*path}")] HttpContext context,
        CallingDirectory directory)
    {
        var parts = context.Request.RouteValues["path"]?.ToString()?.Split('/') ?? [];
        if (parts is not ["v2", var first, .. var rest])
        {
            return NotFound();
        }

        if (NotImplemented.Contains(first, StringComparer.OrdinalIgnoreCase))
        {
            return ScimAnswer.Error(StatusCodes.Status501NotImplemented, scimType: null, NotImplemented.First(name => name.Equals(first, StringComparison.OrdinalIgnoreCase)) + " is not supported.");
        }

        return (rest.Length, first.ToUpperInvariant()) switch
        {
            (0, "USERS") => NotAllowed("GET, POST"),
            (1, "USERS") => NotAllowed("GET, PUT, PATCH, DELETE"),
            (0 or 1, _) when Discovery.Contains(first, StringComparer.OrdinalIgnoreCase) => NotAllowed("GET"),
            _ => NotFound(),
        };
    }

    private static ScimAnswer NotFound() => ScimAnswer.Error(StatusCodes.Status404NotFound, scimType: null, "There is no such resource.");

    private static ScimAnswer NotAllowed(string allow) =>
        ScimAnswer.Error(StatusCodes.Status405MethodNotAllowed, scimType: null, $"The resource has the methods {allow}.", allow);
}
