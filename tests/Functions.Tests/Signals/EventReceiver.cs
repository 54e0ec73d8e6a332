using System.Collections.Concurrent;
using BlokSec.Functions.Tests.Infrastructure;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace BlokSec.Functions.Tests.Signals;

/// <summary>A request that a receiver got.</summary>
internal sealed record PushedSet(string Path, string Set, string? ContentType, string? Accept, string? Authorization);

/// <summary>A receiver that events are pushed to (RFC 8935), on a real socket. It answers what a test says, 202 else.</summary>
internal sealed class EventReceiver : IAsyncDisposable
{
    private WebApplication app = null!;

    private EventReceiver()
    {
    }

    /// <summary>All that came, in order.</summary>
    public ConcurrentQueue<PushedSet> Received { get; } = new();

    /// <summary>How it answers; null for 202.</summary>
    public Func<HttpContext, PushedSet, Task<bool>>? Answer { get; set; }

    public string Address => $"{app.Urls.First()}/events";

    public static async Task<EventReceiver> StartAsync()
    {
        var receiver = new EventReceiver();
        var builder = WebApplication.CreateSlimBuilder();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        builder.Logging.ClearProviders();
        receiver.app = builder.Build();
        receiver.app.MapFallback(receiver.ReceiveAsync);
        await receiver.app.StartAsync(TestContext.Current.CancellationToken);
        return receiver;
    }

    /// <summary>Waits until so many requests came.</summary>
    public Task<IReadOnlyList<PushedSet>> GotAsync(TestCloud test, int count) => test.UntilAsync(
        () => Task.FromResult<IReadOnlyList<PushedSet>?>(Received.ToArray() is { } all && all.Length >= count ? all : null), $"{count} events arrived");

    public ValueTask DisposeAsync() => app.DisposeAsync();

    private async Task ReceiveAsync(HttpContext context)
    {
        using var reader = new StreamReader(context.Request.Body);
        var pushed = new PushedSet(
            context.Request.Path,
            await reader.ReadToEndAsync(context.RequestAborted),
            context.Request.ContentType,
            context.Request.Headers.Accept,
            context.Request.Headers.Authorization);
        Received.Enqueue(pushed);
        if (Answer is null || !await Answer(context, pushed))
        {
            context.Response.StatusCode = StatusCodes.Status202Accepted;
        }
    }
}
