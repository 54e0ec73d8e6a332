using System.Collections.Immutable;
using System.Text.Json.Nodes;
using Microsoft.Azure.Functions.Worker.Core.FunctionMetadata;

namespace BlokSec.Functions.Hosting;

/// <summary>
/// The paths of HTTP functions: <c>/api/</c> and the route, but for what a specification wants at the root of a host. The host knows one prefix for all
/// functions, so <c>host.json</c> has none, and it is told whole routes.
/// </summary>
internal static class FunctionRoutes
{
    /// <summary>First part of the paths.</summary>
    public const string Prefix = "api";

    /// <summary>Where receivers of events look (Shared Signals Framework 1.0, section 7.2).</summary>
    public const string TransmitterConfigurations = ".well-known/ssf-configuration/";

    /// <summary>The whole path of a route.</summary>
    public static string PathOf(string route) =>
        route.StartsWith(TransmitterConfigurations, StringComparison.Ordinal) ? route : $"{Prefix}/{route}";

    /// <summary>Has the host told whole routes.</summary>
    public static void AddFunctionRoutes(this IServiceCollection services)
    {
        var known = services.Last(service => service.ServiceType == typeof(IFunctionMetadataProvider));
        services.Remove(known);
        services.AddSingleton<IFunctionMetadataProvider>(provider => new Told((IFunctionMetadataProvider)(
            known.ImplementationInstance
            ?? known.ImplementationFactory?.Invoke(provider)
            ?? ActivatorUtilities.CreateInstance(provider, known.ImplementationType!))));
    }

    private sealed class Told(IFunctionMetadataProvider known) : IFunctionMetadataProvider
    {
        public async Task<ImmutableArray<IFunctionMetadata>> GetFunctionMetadataAsync(string directory) =>
            [.. (await known.GetFunctionMetadataAsync(directory)).Select(WithWholeRoute)];

        private static IFunctionMetadata WithWholeRoute(IFunctionMetadata function)
        {
            for (var index = 0; index < function.RawBindings?.Count; index++)
            {
                if (JsonNode.Parse(function.RawBindings[index]) is JsonObject binding && (string?)binding["route"] is { } route)
                {
                    binding["route"] = PathOf(route);
                    function.RawBindings[index] = binding.ToJsonString();
                }
            }

            return function;
        }
    }
}
