using System.Collections.Concurrent;
using Azure.Core;
using Azure.Messaging.ServiceBus;
using Microsoft.Extensions.Options;

namespace BlokSec.Functions.Messaging;

/// <summary>
/// The connection to the bus, and a link to each queue on it. The SDK makes them when they are first needed, and again when they are lost.
/// </summary>
internal sealed class QueueLinks : IAsyncDisposable, IDisposable
{
    private readonly ConcurrentDictionary<string, ServiceBusSender> senders = new(StringComparer.Ordinal);
    private readonly ServiceBusClient client;

    public QueueLinks(TokenCredential credential, IOptions<QueueOptions> options)
    {
        // The SDK would try three times a minute each, and stay away for ten seconds once it was told that the service is busy: longer
        // than a caller waits. QueueSender has the retries.
        var settings = new ServiceBusClientOptions
        {
            TransportType = ServiceBusTransportType.AmqpTcp,
            RetryOptions = { MaxRetries = 0, TryTimeout = options.Value.SendTimeout },
        };
        client = options.Value.OwnValue is { Length: > 0 } connectionString
            ? new ServiceBusClient(connectionString, settings)
            : new ServiceBusClient(options.Value.FullyQualifiedNamespace, credential, settings);
    }

    /// <summary>The link to a queue.</summary>
    public ServiceBusSender To(string queue) => senders.GetOrAdd(queue, client.CreateSender);

    /// <summary>Gives up a link on which the service said that it is busy: its sender would wait ten seconds before it sent again.</summary>
    public async Task GiveUpAsync(ServiceBusSender sender)
    {
        if (senders.TryRemove(KeyValuePair.Create(sender.EntityPath, sender)))
        {
            await sender.CloseAsync(CancellationToken.None);
        }
    }

    /// <summary>Makes the link to a queue, if there is none.</summary>
    public async Task OpenAsync(string queue, CancellationToken cancellationToken)
    {
        // A batch knows how large it may become, which the link tells.
        using var batch = await To(queue).CreateMessageBatchAsync(cancellationToken);
    }

    public ValueTask DisposeAsync() => client.DisposeAsync();

    /// <summary>Nobody waits for the service to hear that the connection is closed.</summary>
    public void Dispose() => _ = client.DisposeAsync().AsTask();
}
