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
    private PushLine line;

    /// <param name="endpoint">The provider; http means HTTP/2 in clear text with prior knowledge.</param>
    /// <param name="several">Whether to open more connections when the provider's limit of streams is reached.</param>
    public PushConnection(Uri endpoint, bool several)
    {
        this.endpoint = endpoint;
        this.several = several;
        line = Open();
    }

    /// <summary>What to send with; to be disposed when the answer is read.</summary>
    /// <exception cref="ObjectDisposedException">The app stops.</exception>
    public PushLine.Use Use()
    {
        while (true)
        {
            var current = Volatile.Read(ref line);
            if (current.TryUse() is { } use)
            {
                return use;
            }

            ObjectDisposedException.ThrowIf(ReferenceEquals(current, Volatile.Read(ref line)), this);
        }
    }

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
    public void Renew(PushLine seen)
    {
        if (!ReferenceEquals(Volatile.Read(ref line), seen))
        {
            return;
        }

        var fresh = Open();
        var isMine = ReferenceEquals(Interlocked.CompareExchange(ref line, fresh, seen), seen);
        (isMine ? seen : fresh).Leave();
    }

    public void Dispose() => Volatile.Read(ref line).Leave();

    private PushLine Open() => new(new HttpMessageInvoker(new SocketsHttpHandler
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
    }));
}
