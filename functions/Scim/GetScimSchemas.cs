using System.Text.Json.Nodes;
using BlokSec.Functions.Security;

namespace BlokSec.Functions.Scim;

/// <summary>Tells which attributes users have (RFC 7644, section 4): all schemas, or one.</summary>
internal sealed class GetScimSchemas(ScimRepresentation representation)
{
    [Function(nameof(GetScimSchemas))]
    [Authorize(ApplicationPolicies.DirectoryProvision)]
    [ExcludeFromDescription]
    public Task<IResult> HandleAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "scim/v2/Schemas/{name?}")] HttpContext context,
        string? name,
        CallingDirectory directory) =>
        ScimAnswer.OfAsync(() => Task.FromResult(Answer(context, name, ScimDiscovery.Schemas(representation.BaseUrl))));

    /// <summary>All of what the service tells of itself, or the one that is named.</summary>
    public static IResult Answer(HttpContext context, string? name, IReadOnlyDictionary<string, JsonObject> known)
    {
        RefuseFilter(context);
        return name is null
            ? ScimAnswer.List(known.Count, startIndex: 1, [.. known.Values])
            : new ScimAnswer(StatusCodes.Status200OK, known.TryGetValue(name, out var one) ? one : throw ScimRefusal.NotFound());
    }

    /// <summary>Filters are for resources (RFC 7644, section 4).</summary>
    public static void RefuseFilter(HttpContext context)
    {
        if (context.Request.Query.ContainsKey("filter"))
        {
            throw new ScimRefusal(StatusCodes.Status403Forbidden, scimType: null, "What the service tells of itself takes no filter.");
        }
    }
}
