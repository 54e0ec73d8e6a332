using System.Text.Json;
using System.Text.Json.Nodes;
using BlokSec.Functions.Security;

namespace BlokSec.Functions.Scim;

/// <summary>Finds users by what stands in a body, so that it stands in no address (RFC 7644, section 3.4.3).</summary>
internal sealed class SearchScimUsers(ScimLists lists)
{
    private const string RequestUrn = "urn:ietf:params:scim:api:messages:2.0:SearchRequest";

    [Function(nameof(SearchScimUsers))]
    [Authorize(ApplicationPolicies.DirectoryProvision)]
    [ExcludeFromDescription]
    public Task<IResult> HandleAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "post", Route = "scim/v2/Users/.search")] HttpContext context,
        CallingDirectory directory,
        CancellationToken cancellationToken) => AnswerAsync(lists, context, directory, cancellationToken);

    /// <summary>Answers a search, of users or of everything, which is users.</summary>
    public static Task<IResult> AnswerAsync(ScimLists lists, HttpContext context, CallingDirectory directory, CancellationToken cancellationToken) =>
        ScimAnswer.OfAsync(async () =>
        {
            var body = await ScimBody.ReadAsync(context.Request, cancellationToken);
            ScimResource.RequireSchema(body, RequestUrn);
            var request = new ScimListRequest(
                ScimResource.Text(ScimResource.Member(body, "filter"), "filter"),
                Number(body, "startIndex"),
                Number(body, "count"),
                Names(body, "attributes"),
                Names(body, "excludedAttributes"));
            return await lists.AnswerAsync(directory.TenantId, request, cancellationToken);
        });

    private static int? Number(JsonObject body, string name) => ScimResource.Member(body, name) switch
    {
        null => null,
        JsonValue value when value.GetValueKind() == JsonValueKind.Number && value.TryGetValue<int>(out var number) => number,
        _ => throw ScimRefusal.InvalidValue($"{name} is a whole number."),
    };

    private static string? Names(JsonObject body, string name) => ScimResource.Member(body, name) switch
    {
        null => null,
        JsonArray names => string.Join(',', names.Select(each => ScimResource.Text(each, name))),
        _ => throw ScimRefusal.InvalidValue($"{name} is a list."),
    };
}
