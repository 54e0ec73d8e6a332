using Microsoft.AspNetCore.OpenApi;
using Microsoft.OpenApi;

namespace BlokSec.Functions.OpenApi;

/// <summary>The OpenAPI document: served as a function like all else, and committed as <c>docs/openapi.json</c>.</summary>
internal sealed class GetOpenApi(OpenApiText text)
{
    [Function(nameof(GetOpenApi))]
    [AllowAnonymous]
    [ExcludeFromDescription]
    public async Task<IResult> HandleAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "openapi.json")] HttpContext context,
        CancellationToken cancellationToken) =>
        TypedResults.Text(await text.GetAsync(cancellationToken), "application/json");
}

/// <summary>The document's text, made once: anybody may ask, and making it takes long.</summary>
internal sealed class OpenApiText([FromKeyedServices(OpenApiText.Document)] IOpenApiDocumentProvider documents)
{
    public const string Document = "v1";

    private string? made;

    public async Task<string> GetAsync(CancellationToken cancellationToken)
    {
        if (made is null)
        {
            var document = await documents.GetOpenApiDocumentAsync(cancellationToken);
            made = await document.SerializeAsJsonAsync(OpenApiSpecVersion.OpenApi3_1, cancellationToken);
        }

        return made;
    }
}
