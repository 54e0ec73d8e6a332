using System.Net;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.Logging;

namespace BlokSec.Benchmarks.Push;

/// <summary>Answers as both providers do, and does nothing else: what is measured is the sender.</summary>
internal sealed class PushServer : IAsyncDisposable
{
    private readonly WebApplication app;

    private PushServer(WebApplication app) => this.app = app;

    /// <summary>HTTP/2 in clear text.</summary>
    public Uri Address { get; private set; } = null!;

    /// <summary>HTTP/1.1, for access tokens.</summary>
    public Uri TokenAddress { get; private set; } = null!;

    public static async Task<PushServer> StartAsync()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.ConfigureKestrel(kestrel =>
        {
            kestrel.Limits.Http2.MaxStreamsPerConnection = 1000;
            kestrel.Listen(IPAddress.Loopback, 0, listen => listen.Protocols = HttpProtocols.Http2);
            kestrel.Listen(IPAddress.Loopback, 0, listen => listen.Protocols = HttpProtocols.Http1);
        });
        var app = builder.Build();
        app.Run(AnswerAsync);
        await app.StartAsync();
        var addresses = app.Urls.Select(url => new Uri(url)).ToArray();
        return new PushServer(app) { Address = addresses[0], TokenAddress = new Uri(addresses[1], "token") };
    }

    /// <summary>The process that only serves: says its addresses, and ends with its input.</summary>
    public static async Task RunAsync()
    {
        await using var server = await StartAsync();
        Console.WriteLine(server.Address);
        Console.WriteLine(server.TokenAddress);
        await Console.In.ReadToEndAsync();
    }

    public async ValueTask DisposeAsync()
    {
        await app.StopAsync(new CancellationToken(canceled: true));
        await app.DisposeAsync();
    }

    private static async Task AnswerAsync(HttpContext context)
    {
        await context.Request.Body.CopyToAsync(Stream.Null);
        if (context.Request.Path.StartsWithSegments("/3/device", StringComparison.Ordinal))
        {
            context.Response.Headers["apns-id"] = context.Request.Headers["apns-id"];
            return;
        }

        context.Response.ContentType = "application/json";
        await context.Response.WriteAsync(context.Request.Path.Value == "/token"
            ? """{"access_token":"ya29.benchmark","expires_in":3599,"token_type":"Bearer"}"""
            : """{"name":"projects/benchmark/messages/0:1772366400000%0000000000000001"}""");
    }
}
