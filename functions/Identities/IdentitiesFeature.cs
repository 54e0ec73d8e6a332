using Azure.Core;
using BlokSec.Functions.Telemetry;
using Microsoft.Azure.Cosmos;
using Microsoft.Extensions.Options;

namespace BlokSec.Functions.Identities;

/// <summary>The users' partitions in Cosmos DB.</summary>
internal static class IdentitiesFeature
{
    public static void AddIdentities(this IHostApplicationBuilder builder)
    {
        builder.AddValidated<IdentitiesOptions, IdentitiesOptions.Validator>(IdentitiesOptions.Section);
        builder.AddValidated<AuditOptions, AuditOptions.Validator>(AuditOptions.Section);
        builder.Services.AddSingleton(CreateClient);
        builder.Services.AddSingleton(services =>
        {
            var options = services.GetRequiredService<IOptions<IdentitiesOptions>>().Value;
            return services.GetRequiredService<CosmosClient>().GetContainer(options.Database, options.Container);
        });
        builder.Services.AddSingleton<UnreadableDocuments>();
        builder.Services.AddSingleton<IdentityStore>();
    }

    private static CosmosClient CreateClient(IServiceProvider services)
    {
        var options = services.GetRequiredService<IOptions<IdentitiesOptions>>().Value;
        var clientOptions = new CosmosClientOptions
        {
            ApplicationName = "BlokSec.Functions",
            ConnectionMode = ConnectionMode.Gateway,
            LimitToEndpoint = options.Endpoint!.IsLoopback,
            UseSystemTextJsonSerializerWithOptions = Json.Documents,
            RequestTimeout = TimeSpan.FromSeconds(10),
            MaxRetryAttemptsOnRateLimitedRequests = 3,
            MaxRetryWaitTimeOnRateLimitedRequests = TimeSpan.FromSeconds(5),
            CustomHandlers = { new CosmosCounter() },
            CosmosClientTelemetryOptions = new CosmosClientTelemetryOptions { DisableDistributedTracing = false },
        };
        var endpoint = options.Endpoint.AbsoluteUri;
        return options.Key is { Length: > 0 } key
            ? new CosmosClient(endpoint, key, clientOptions)
            : new CosmosClient(endpoint, services.GetRequiredService<TokenCredential>(), clientOptions);
    }
}
