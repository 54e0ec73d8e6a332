using System.Collections.Concurrent;
using System.Threading.Channels;
using BlokSec.Local.Faults;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Server.Kestrel.Core;

namespace BlokSec.Local.Tests.FunctionsHost;

/// <summary>One request as the handler got it.</summary>
internal sealed record Recorded(string RequestLine, IReadOnlyDictionary<string, string> Headers, string Body)
{
    /// <summary>Request line, sorted headers and body, in the form of the recorded envelopes.</summary>
    public override string ToString() =>
        $"{RequestLine}\n{string.Join('\n', Headers.OrderBy(header => header.Key, StringComparer.OrdinalIgnoreCase).Select(header => $"{header.Key}: {header.Value}"))}\n\n{Body}";

    public static Recorded Parse(string text)
    {
        var (head, body) = text.Split("\n\n", 2) is [var before, var after] ? (before, after) : (text, "");
        var lines = head.Split('\n');
        return new Recorded(
            lines[0],
            lines[1..].Where(line => line.Length > 0).Select(line => line.Split(": ", 2)).ToDictionary(pair => pair[0], pair => pair[1]),
            body.Trim('\n'));
    }
}

/// <summary>A handler inside the test that keeps every request and answers as it is told.</summary>
internal sealed class RecordingHandler : IAsyncDisposable
{
    private readonly Channel<Recorded> recorded = Channel.CreateUnbounded<Recorded>();
    private StandIn? server;

    public Uri Address => server!.Address;

    public ConcurrentQueue<Recorded> All { get; } = [];

    /// <summary>Answers an invocation; by default with success.</summary>
    public Func<HttpContext, Recorded, Task> Answer { get; set; } = (context, _) => context.Response.WriteAsJsonAsync(new { });

    public static async Task<RecordingHandler> StartAsync(int port = 0)
    {
        var handler = new RecordingHandler();
        handler.server = await StandIn.StartAsync(port, HttpProtocols.Http1, _ => { }, app => app.Run(handler.HandleAsync));
        return handler;
    }

    /// <summary>The next request that nobody took yet.</summary>
    public async Task<Recorded> NextAsync() => await recorded.Reader.ReadAsync(TestContext.Current.CancellationToken);

    public ValueTask DisposeAsync() => server!.DisposeAsync();

    private async Task HandleAsync(HttpContext context)
    {
        var request = context.Request;
        using var reader = new StreamReader(request.Body);
        var entry = new Recorded(
            $"{request.Method} {context.Features.GetRequiredFeature<IHttpRequestFeature>().RawTarget} {request.Protocol}",
            request.Headers.ToDictionary(header => header.Key, header => header.Value.ToString(), StringComparer.OrdinalIgnoreCase),
            await reader.ReadToEndAsync(context.RequestAborted));
        All.Enqueue(entry);
        recorded.Writer.TryWrite(entry);
        await Answer(context, entry);
    }
}
