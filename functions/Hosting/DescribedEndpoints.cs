using Microsoft.AspNetCore.Mvc.ApiExplorer;
using Microsoft.Extensions.Primitives;

namespace BlokSec.Functions.Hosting;

/// <summary>What is told of a function's request and answers: only the OpenAPI document asks, so it is found out only then.</summary>
internal sealed class DescriptiveMetadata(Func<IEnumerable<object>> find)
{
    public IEnumerable<object> Find() => find();
}

/// <summary>The endpoints as the OpenAPI document sees them: with their <see cref="DescriptiveMetadata"/> found out.</summary>
internal sealed class DescribedEndpoints(EndpointDataSource mapped) : EndpointDataSource
{
    public override IReadOnlyList<Endpoint> Endpoints => [.. mapped.Endpoints.Select(Describe)];

    public override IChangeToken GetChangeToken() => mapped.GetChangeToken();

    /// <summary>Lets the platform's explorer of endpoints, which <c>AddOpenApi</c> has added, look at these.</summary>
    public static void AddTo(IServiceCollection services)
    {
        var explorer = services.Single(service => service.ServiceType == typeof(IApiDescriptionProvider));
        services.Remove(explorer);
        services.AddTransient(provider => (IApiDescriptionProvider)ActivatorUtilities.CreateInstance(
            provider, explorer.ImplementationType!, new DescribedEndpoints(provider.GetRequiredService<EndpointDataSource>())));
    }

    private static Endpoint Describe(Endpoint endpoint) => endpoint is RouteEndpoint route
        ? new RouteEndpoint(
            route.RequestDelegate!,
            route.RoutePattern,
            route.Order,
            new EndpointMetadataCollection(route.Metadata.SelectMany(item => item is DescriptiveMetadata found ? found.Find() : [item])),
            route.DisplayName)
        : endpoint;
}
