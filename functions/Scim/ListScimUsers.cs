using System.Globalization;
using BlokSec.Functions.Security;

namespace BlokSec.Functions.Scim;

/// <summary>Lists users, or finds them by a filter (RFC 7644, section 3.4.2).</summary>
internal sealed class ListScimUsers(ScimLists lists)
{
    [Function(nameof(ListScimUsers))]
    [Authorize(ApplicationPolicies.DirectoryProvision)]
    [ExcludeFromDescription]
    public Task<IResult> HandleAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "scim/v2/Users")] HttpContext context,
        CallingDirectory directory,
        CancellationToken cancellationToken) => ScimAnswer.OfAsync(async () =>
        {
            var query = context.Request.Query;
            var request = new ScimListRequest(
                query["filter"], Number(query["startIndex"], "startIndex"), Number(query["count"], "count"), query["attributes"], query["excludedAttributes"]);
            return await lists.AnswerAsync(directory.TenantId, request, cancellationToken);
        });

    private static int? Number(string? text, string name) => string.IsNullOrEmpty(text) ? null
        : int.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var number) ? number
        : throw ScimRefusal.InvalidValue($"{name} is a whole number.");
}
