using System.Globalization;
using System.Net;
using System.Net.Http.Headers;
using System.Net.Sockets;
using System.Text.Json;
using BlokSec.Functions.Http;
using BlokSec.Functions.Security;
using Microsoft.Extensions.Options;

namespace BlokSec.Functions.Signals;

/// <summary>
/// Pushes events to receivers (RFC 8935). A receiver's address is chosen by somebody else: only public addresses are connected to, no redirect is
/// followed, no proxy and no cookie used, and little of the answer is read. Not from <see cref="IHttpClientFactory"/>, whose handlers log addresses.
/// </summary>
internal sealed class EventPush : IDisposable
{
    private const string MediaType = "application/secevent+jwt";
    private const int MostRead = 4_096;
    private const int LongestText = 200;

    private static readonly TimeSpan ConnectTimeout = TimeSpan.FromSeconds(5);

    private readonly HttpMessageInvoker invoker;
    private readonly EventKeys keys;
    private readonly ReceiverSecrets secrets;
    private readonly SignalOptions options;
    private readonly TimeProvider time;

    public EventPush(EventKeys keys, ReceiverSecrets secrets, IOptions<SignalOptions> options, TimeProvider time)
    {
        (this.keys, this.secrets, this.options, this.time) = (keys, secrets, options.Value, time);
        invoker = new HttpMessageInvoker(new SocketsHttpHandler
        {
            ActivityHeadersPropagator = null,
            AllowAutoRedirect = false,
            AutomaticDecompression = DecompressionMethods.None,
            ConnectCallback = ConnectAsync,
            ConnectTimeout = ConnectTimeout,
            MaxResponseHeadersLength = 16,
            MaxResponseDrainSize = 0,
            PooledConnectionLifetime = TimeSpan.FromMinutes(2),
            UseCookies = false,
            UseProxy = false,
        });
    }

    /// <summary>Pushes an event once.</summary>
    public async Task<PushedEvent> SendAsync(StreamDocument stream, EventDocument pushed, CancellationToken cancellationToken)
    {
        if (stream.EndpointUrl is not { } endpoint || ReceiverAddresses.Fault(endpoint, options.AllowLoopback) is not null)
        {
            return new PushedEvent.Failed("Events are not sent to this address.");
        }

        using var request = new HttpRequestMessage(HttpMethod.Post, endpoint);
        if (stream.SealedAuthorization is { } sealedText)
        {
            if (secrets.Open(sealedText, stream.TenantId, stream.StreamId, endpoint) is not { } header)
            {
                return new PushedEvent.Failed("The authorization header of the receiver cannot be read any more. The receiver has to set it again.");
            }

            request.Headers.TryAddWithoutValidation("Authorization", header);
        }

        request.Headers.Accept.Add(new MediaTypeWithQualityHeaderValue("application/json"));
        request.Headers.UserAgent.Add(new ProductInfoHeaderValue("BlokSec", "1.0"));
        request.Content = new StringContent(keys.Sign(pushed.Claims), MediaTypeHeaderValue.Parse(MediaType));
        using var timeout = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        timeout.CancelAfter(TimeSpan.FromSeconds(options.TimeoutSeconds));
        try
        {
            using var response = await invoker.SendAsync(request, timeout.Token);
            return await JudgeAsync(response, timeout.Token);
        }
        catch (ForbiddenAddressException)
        {
            return new PushedEvent.Failed("The name of the receiver leads to an address that is not on the internet.");
        }
        catch (HttpRequestException exception) when (exception.InnerException is ForbiddenAddressException)
        {
            return new PushedEvent.Failed("The name of the receiver leads to an address that is not on the internet.");
        }
        catch (Exception exception) when (exception is HttpRequestException or IOException or OperationCanceledException && !cancellationToken.IsCancellationRequested)
        {
            return new PushedEvent.Failed(Explain(exception));
        }
    }

    public void Dispose() => invoker.Dispose();

    private static string Explain(Exception exception) => exception switch
    {
        OperationCanceledException => "The receiver did not answer in time.",
        HttpRequestException { HttpRequestError: HttpRequestError.NameResolutionError } => "The name of the receiver cannot be resolved.",
        HttpRequestException { HttpRequestError: HttpRequestError.SecureConnectionError } => "No secure connection to the receiver can be made.",
        HttpRequestException { HttpRequestError: HttpRequestError.ConnectionError } => "The receiver cannot be reached.",
        _ => "The connection to the receiver broke.",
    };

    /// <summary>The one table of answers (RFC 8935, sections 2.2 to 2.4).</summary>
    private async Task<PushedEvent> JudgeAsync(HttpResponseMessage response, CancellationToken cancellationToken)
    {
        var status = (int)response.StatusCode;
        return status switch
        {
            >= 200 and < 300 => new PushedEvent.Taken(),
            400 => await FaultAsync(response, cancellationToken),
            >= 300 and < 400 => new PushedEvent.Failed($"The receiver answered {status}. Redirects are not followed."),
            401 or 403 => new PushedEvent.Failed($"The receiver answered {status}: it does not accept our authorization."),
            404 or 408 or 425 or 429 or >= 500 => new PushedEvent.Failed($"The receiver answered {status}.", RetryAfter(response)),
            _ => new PushedEvent.Unwanted($"The receiver answered {status}."),
        };
    }

    private static async Task<PushedEvent> FaultAsync(HttpResponseMessage response, CancellationToken cancellationToken)
    {
        var (err, description) = await ReadAsync(response, cancellationToken);
        var reason = err is null
            ? "The receiver answered 400."
            : $"The receiver answered 400 {err}{(description is null ? "" : $": {description}")}";

        // Who we are can be set right at the receiver, or here; what an event says cannot.
        return err is "authentication_failed" or "access_denied" or "invalid_key" ? new PushedEvent.Failed(reason) : new PushedEvent.Unwanted(reason);
    }

    private static async Task<(string? Err, string? Description)> ReadAsync(HttpResponseMessage response, CancellationToken cancellationToken)
    {
        try
        {
            var buffer = new byte[MostRead];
            await using var body = await response.Content.ReadAsStreamAsync(cancellationToken);
            var read = await body.ReadAtLeastAsync(buffer, buffer.Length, throwOnEndOfStream: false, cancellationToken);
            using var json = JsonDocument.Parse(buffer.AsMemory(0, read), new JsonDocumentOptions { MaxDepth = 8 });
            return (Text(json.RootElement, "err"), Text(json.RootElement, "description"));
        }
        catch (JsonException)
        {
            return (null, null);
        }
    }

    private static string? Text(JsonElement fault, string name) =>
        fault.ValueKind == JsonValueKind.Object && fault.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String
            ? DisplayTexts.Clean(value.GetString(), LongestText)
            : null;

    private DateTimeOffset? RetryAfter(HttpResponseMessage response) => response.Headers.RetryAfter switch
    {
        { Delta: { } delta } => time.GetUtcNow() + delta,
        { Date: { } date } => date,
        _ => null,
    };

    /// <summary>Looks the name up once, and connects to what was judged.</summary>
    private async ValueTask<Stream> ConnectAsync(SocketsHttpConnectionContext context, CancellationToken cancellationToken)
    {
        var addresses = await Dns.GetHostAddressesAsync(context.DnsEndPoint.Host, cancellationToken);
        var allowed = Array.FindAll(addresses, address => ReceiverAddresses.IsAllowed(address, options.AllowLoopback));
        if (allowed.Length == 0)
        {
            throw new ForbiddenAddressException(string.Create(CultureInfo.InvariantCulture, $"{addresses.Length} addresses, none of them public."));
        }

        var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        try
        {
            await socket.ConnectAsync(allowed, context.DnsEndPoint.Port, cancellationToken);
            return new NetworkStream(socket, ownsSocket: true);
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    private sealed class ForbiddenAddressException(string message) : IOException(message);
}
