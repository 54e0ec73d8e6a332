using Microsoft.AspNetCore.OpenApi;
using Microsoft.OpenApi;

namespace BlokSec.Functions.Hosting;

/// <summary>The OpenAPI document: served as a function like all else, and committed as <c>docs/openapi.json</c>.</summary>
internal sealed class GetOpenApi([FromKeyedServices(GetOpenApi.Document)] IOpenApiDocumentProvider documents)
{
    public const string Document = "v1";

    public async Task<IResult> HandleAsync(CancellationToken cancellationToken)
    {
        var document = await documents.GetOpenApiDocumentAsync(cancellationToken);
        return TypedResults.Text(await document.SerializeAsJsonAsync(OpenApiSpecVersion.OpenApi3_1, cancellationToken), "application/json");
    }
}

/// <summary>Describes the HTTP functions.</summary>
internal static class ApiDescription
{
    public static void AddApiDescription(this IServiceCollection services)
    {
        services.AddSingleton<GetOpenApi>();
        services.AddOpenApi(GetOpenApi.Document, options => options.AddDocumentTransformer((document, _, _) =>
        {
            document.Info = new OpenApiInfo
            {
                Title = "BlokSec User & Device Management",
                Version = "1",
                Description = "Errors are RFC 9457 problem details with a stable member \"code\".",
            };
            document.Servers = [];
            return Task.CompletedTask;
        }));
    }

    public static void MapApiDescription(this IEndpointRouteBuilder app) =>
        app.MapHttp<GetOpenApi>(HttpMethods.Get, "openapi.json").AllowAnonymous().ExcludeFromDescription();
}
