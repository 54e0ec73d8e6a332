using Azure;
using Azure.Core;
using Azure.Messaging.EventGrid;
using BlokSec.Functions.AuditChain;
using Microsoft.Extensions.Options;
using OpenTelemetry.Logs;

namespace BlokSec.Functions.AuditStreams;

/// <summary>The streams that sealed audit entries are sent into; none unless the settings name one.</summary>
internal static class AuditStreamsFeature
{
    /// <summary>How long one request may take.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);

    public static void AddAuditStreams(this IHostApplicationBuilder builder)
    {
        builder.Services.AddSingleton<StreamedBlocks>();

        // Whatever level other categories have: what is left out here would be lost, as the cursor moves.
        builder.Logging.AddFilter<OpenTelemetryLoggerProvider>(LogStream.Category, LogLevel.Information);
        builder.Services.AddSingleton<IReadOnlyList<IAuditStream>>(services =>
            [.. AuditStreamNames.Of(services.GetRequiredService<IOptions<AuditStreamOptions>>().Value).Select(name => Stream(services, name))]);
    }

    private static IAuditStream Stream(IServiceProvider services, string name) => name == AuditStreamNames.EventGrid
        ? ActivatorUtilities.CreateInstance<EventGridStream>(services, Topic(services, services.GetRequiredService<IOptions<AuditStreamOptions>>().Value))
        : ActivatorUtilities.CreateInstance<LogStream>(services);

    /// <summary>The cursor says when to try again, so the client tries once.</summary>
    private static EventGridPublisherClient Topic(IServiceProvider services, AuditStreamOptions options)
    {
        var client = new EventGridPublisherClientOptions { Retry = { MaxRetries = 0, NetworkTimeout = Patience } };
        return options.EventGridKey.Length > 0
            ? new EventGridPublisherClient(options.EventGridEndpoint!, new AzureKeyCredential(options.EventGridKey), client)
            : new EventGridPublisherClient(options.EventGridEndpoint!, services.GetRequiredService<TokenCredential>(), client);
    }
}
