using System.Collections.Concurrent;
using System.Diagnostics;
using System.Text.Json;
using Azure.Messaging.ServiceBus;
using BlokSec.Functions;
using BlokSec.Functions.Messaging;
using BlokSec.Local;

namespace BlokSec.Benchmarks.SignIns;

/// <summary>The bus and the providers alone: a message of the app's size, sent, received, and a push that repeats one of the app's.</summary>
internal sealed class BareWay : IAsyncDisposable
{
    private readonly ConcurrentDictionary<string, TaskCompletionSource> waiting = new();
    private readonly CancellationTokenSource stopping = new();
    private readonly PlainProviders providers;
    private readonly ServiceBusClient sending;
    private readonly ServiceBusClient receiving;
    private readonly ServiceBusSender sender;
    private readonly Task listening;

    private BareWay(PlainProviders providers, string connection)
    {
        this.providers = providers;
        (sending, receiving) = (new ServiceBusClient(connection), new ServiceBusClient(connection));
        sender = sending.CreateSender(Queues.SignInPushes);
        listening = ListenAsync(stopping.Token);
    }

    /// <summary>From sending a message to having received it.</summary>
    public Times Bus { get; } = new();

    /// <summary>From sending a push to its answer.</summary>
    public Times Provider { get; } = new();

    /// <summary>One after the other.</summary>
    public Times Both { get; } = new();

    public static async Task<BareWay> StartAsync(LocalCloud cloud) => new(new PlainProviders(await RepeatedPush.AcceptedAsync(cloud)), cloud.Settings["ServiceBus"]);

    /// <summary>Goes the way once.</summary>
    /// <param name="number">Which time it is.</param>
    /// <param name="counts">Whether it is measured.</param>
    public async Task GoAsync(int number, bool counts)
    {
        var message = new SignInPushMessage
        {
            TenantId = "contoso",
            UserId = "user-0123456789abcde",
            RequestId = $"{Guid.NewGuid():N}",
            DeviceId = new string('d', 43),
            DueAt = TimeProvider.System.GetUtcNow(),
        };
        var received = waiting[message.RequestId] = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var body = JsonSerializer.SerializeToUtf8Bytes(message, Json.Documents);
        var start = Stopwatch.GetTimestamp();
        await sender.SendMessageAsync(new ServiceBusMessage(body) { ContentType = "application/json", MessageId = message.RequestId });
        await received.Task;
        var middle = Stopwatch.GetTimestamp();
        await providers.PushAsync(number);
        if (counts)
        {
            Bus.Between(start, middle);
            Provider.Since(middle);
            Both.Since(start);
        }
    }

    public async ValueTask DisposeAsync()
    {
        await stopping.CancelAsync();
        await listening.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        await sending.DisposeAsync();
        await receiving.DisposeAsync();
        stopping.Dispose();
        providers.Dispose();
    }

    /// <summary>As the Functions host receives: nothing beforehand, and completed when handled.</summary>
    private async Task ListenAsync(CancellationToken cancellationToken)
    {
        await using var receiver = receiving.CreateReceiver(Queues.SignInPushes);
        while (!cancellationToken.IsCancellationRequested)
        {
            if (await receiver.ReceiveMessageAsync(cancellationToken: cancellationToken) is { } message
                && waiting.TryRemove(message.MessageId, out var received))
            {
                received.SetResult();
                _ = receiver.CompleteMessageAsync(message, cancellationToken);
            }
        }
    }
}
