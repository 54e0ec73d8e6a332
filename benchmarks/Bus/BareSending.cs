using System.Text.Json;
using Azure.Messaging.ServiceBus;
using BlokSec.Functions;
using BlokSec.Functions.Messaging;

namespace BlokSec.Benchmarks.Bus;

/// <summary>Microsoft's client, bare: no host, no spans, no bound, the same bodies and ids.</summary>
internal sealed class BareSending : ISending
{
    private readonly ServiceBusClient client = new(Environment.GetEnvironmentVariable("ServiceBus"));
    private readonly ServiceBusSender pushes;
    private readonly ServiceBusSender deletions;

    private BareSending()
    {
        pushes = client.CreateSender(Queues.RevokePushes);
        deletions = client.CreateSender(Queues.DeviceDeletions);
    }

    /// <summary>Connects beforehand, where there is time for that.</summary>
    public static async Task<BareSending> StartAsync(bool isReady)
    {
        var sending = new BareSending();
        if (isReady)
        {
            (await sending.pushes.CreateMessageBatchAsync()).Dispose();
        }

        return sending;
    }

    public Task SendAsync(RevokePushMessage message) => pushes.SendMessageAsync(Leaving(message));

    public Task SendAllAsync(RevokePushMessage[] messages) => deletions.SendMessagesAsync(messages.Select(Leaving));

    public ValueTask DisposeAsync() => client.DisposeAsync();

    private static ServiceBusMessage Leaving(RevokePushMessage message) =>
        new(JsonSerializer.SerializeToUtf8Bytes(message, Json.Documents)) { ContentType = "application/json", MessageId = message.MessageId() };
}
