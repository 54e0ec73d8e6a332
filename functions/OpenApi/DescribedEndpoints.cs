using BlokSec.Functions.Hosting;
using Microsoft.AspNetCore.Mvc.ApiExplorer;
using Microsoft.Extensions.FileProviders;
using Microsoft.Extensions.Primitives;

namespace BlokSec.Functions.OpenApi;

/// <summary>The HTTP functions as the OpenAPI document sees them.</summary>
internal sealed class DescribedEndpoints(IServiceProvider services) : EndpointDataSource
{
    private IReadOnlyList<Endpoint>? endpoints;

    public override IReadOnlyList<Endpoint> Endpoints => endpoints ??=
    [
        .. FunctionMethods.All()
            .Where(function => FunctionMethods.TriggerOf<HttpTriggerAttribute>(function) is not null)
            .Select(function => FunctionEndpoint.Described(function, services))
            .OrderBy(endpoint => endpoint.RoutePattern.RawText, StringComparer.Ordinal),
    ];

    public override IChangeToken GetChangeToken() => NullChangeToken.Singleton;

    /// <summary>Lets the platform's explorer of endpoints, which <c>AddOpenApi</c> has added beside that of controllers, look at these.</summary>
    public static void AddTo(IServiceCollection services)
    {
        var explorer = services.Single(service =>
            service.ServiceType == typeof(IApiDescriptionProvider) && service.ImplementationType?.Name == "EndpointMetadataApiDescriptionProvider");
        services.Remove(explorer);
        services.AddTransient(provider => (IApiDescriptionProvider)ActivatorUtilities.CreateInstance(
            provider, explorer.ImplementationType!, new DescribedEndpoints(provider)));
    }
}
