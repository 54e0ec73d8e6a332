using System.Net;

namespace BlokSec.Functions.Push;

/// <summary>
/// The warm HTTP/2 connection to a provider. Not from <see cref="IHttpClientFactory"/>, whose handlers log every address: Apple's
/// holds the push handle.
/// </summary>
internal sealed class PushConnection : IDisposable
{
    private readonly Uri endpoint;
    private readonly bool several;
    private HttpMessageInvoker line;

    /// <param name="endpoint">The provider; http means HTTP/2 in clear text with prior knowledge.</param>
    /// <param name="several">Whether to open more connections when the provider's limit of streams is reached.</param>
    public PushConnection(Uri endpoint, bool several)
    {
        this.endpoint = endpoint;
        this.several = several;
        line = Open();
    }

    /// <summary>What to send with.</summary>
    public HttpMessageInvoker Line => Volatile.Read(ref line);

    /// <summary>An address at the provider.</summary>
    public Uri Address(string path) => new(endpoint, path);

    /// <summary>A POST to the provider.</summary>
    public static HttpRequestMessage Post(Uri address, ReadOnlyMemory<byte> body)
    {
        var request = new HttpRequestMessage(HttpMethod.Post, address)
        {
            Version = HttpVersion.Version20,
            VersionPolicy = HttpVersionPolicy.RequestVersionExact,
            Content = new ReadOnlyMemoryContent(body),
        };
        request.Content.Headers.TryAddWithoutValidation("Content-Type", "application/json");
        return request;
    }

    /// <summary>Sends on a new connection from now on; what is under way on the old one comes to its end.</summary>
    /// <param name="seen">The line that should be left; does nothing when somebody else has already left it.</param>
    public void Renew(HttpMessageInvoker seen)
    {
        if (ReferenceEquals(Line, seen))
        {
            var fresh = Open();
            var old = Interlocked.CompareExchange(ref line, fresh, seen);
            (ReferenceEquals(old, seen) ? old : fresh).Dispose();
        }
    }

    public void Dispose() => Line.Dispose();

    private HttpMessageInvoker Open() => new(new SocketsHttpHandler
    {
        // A trace of the request would carry its address, and with it the push handle.
        ActivityHeadersPropagator = null,
        AllowAutoRedirect = false,
        AutomaticDecompression = DecompressionMethods.None,
        ConnectTimeout = TimeSpan.FromSeconds(10),
        EnableMultipleHttp2Connections = several,
        KeepAlivePingDelay = TimeSpan.FromMinutes(1),
        KeepAlivePingPolicy = HttpKeepAlivePingPolicy.Always,
        KeepAlivePingTimeout = TimeSpan.FromSeconds(15),
        PooledConnectionIdleTimeout = TimeSpan.FromMinutes(15),
        PooledConnectionLifetime = TimeSpan.FromHours(1),
        UseCookies = false,
    });
}
