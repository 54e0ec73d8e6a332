using System.Collections.Concurrent;
using System.IO.Compression;
using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text.Json.Nodes;
using Azure.Core.Pipeline;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace BlokSec.Functions.Tests.Telemetry;

/// <summary>
/// Takes what the exporter of Azure Monitor sends: lines of JSON over HTTPS, each an envelope of the Application Insights schema, with a
/// token of Microsoft Entra ID (without TLS Azure's clients show none).
/// </summary>
internal sealed class Ingestion : IAsyncDisposable
{
    private readonly X509Certificate2 certificate;
    private readonly WebApplication app;

    private Ingestion(X509Certificate2 certificate, WebApplication app)
    {
        this.certificate = certificate;
        this.app = app;
    }

    public string ConnectionString => $"InstrumentationKey={Guid.Empty};IngestionEndpoint={app.Urls.First()}/";

    /// <summary>What came: each with the members <c>name</c>, <c>tags</c> and <c>data</c>.</summary>
    public ConcurrentQueue<JsonNode> Envelopes { get; } = new();

    /// <summary>Calls without a token, or for another path.</summary>
    public ConcurrentQueue<string> Refused { get; } = new();

    public static async Task<Ingestion> StartAsync()
    {
        var certificate = CreateCertificate();
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseKestrelHttpsConfiguration().ConfigureKestrel(kestrel =>
            kestrel.Listen(IPAddress.Loopback, 0, endpoint => endpoint.UseHttps(certificate)));
        var ingestion = new Ingestion(certificate, builder.Build());
        ingestion.app.Run(ingestion.TakeAsync);
        await ingestion.app.StartAsync(TestContext.Current.CancellationToken);
        return ingestion;
    }

    /// <summary>Azure's clients over a transport that trusts this end and no other.</summary>
    public HttpPipelineTransport CreateTransport() => new HttpClientTransport(new HttpClientHandler
    {
        ServerCertificateCustomValidationCallback = (_, shown, _, _) => shown?.Thumbprint == certificate.Thumbprint,
    });

    public async ValueTask DisposeAsync()
    {
        await app.DisposeAsync();
        certificate.Dispose();
    }

    private static X509Certificate2 CreateCertificate()
    {
        using var key = RSA.Create(2048);
        var request = new CertificateRequest("CN=127.0.0.1", key, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1);
        var now = TimeProvider.System.GetUtcNow();
        return request.CreateSelfSigned(now.AddDays(-1), now.AddDays(1));
    }

    private async Task TakeAsync(HttpContext context)
    {
        var authorization = context.Request.Headers.Authorization.ToString();
        if (context.Request.Path != "/v2.1/track" || !authorization.StartsWith("Bearer ", StringComparison.Ordinal))
        {
            Refused.Enqueue($"{context.Request.Method} {context.Request.Path}");
            context.Response.StatusCode = StatusCodes.Status401Unauthorized;
            return;
        }

        await using var body = context.Request.Headers.ContentEncoding == "gzip"
            ? new GZipStream(context.Request.Body, CompressionMode.Decompress)
            : context.Request.Body;
        using var lines = new StreamReader(body);
        var count = 0;
        while (await lines.ReadLineAsync(context.RequestAborted) is { } line)
        {
            Envelopes.Enqueue(JsonNode.Parse(line)!);
            count++;
        }

        await context.Response.WriteAsJsonAsync(new { itemsReceived = count, itemsAccepted = count, errors = Array.Empty<object>() }, context.RequestAborted);
    }
}
