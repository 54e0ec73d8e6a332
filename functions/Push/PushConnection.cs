using System.Net;
using System.Runtime.CompilerServices;

namespace BlokSec.Functions.Push;

/// <summary>
/// The warm HTTP/2 connection to a provider, replaced when it breaks or stays silent. Not from <see cref="IHttpClientFactory"/>, whose handlers log every address: Apple's
/// holds the push handle.
/// </summary>
internal sealed class PushConnection : IDisposable
{
    private static readonly UriCreationOptions AsItIs = new() { DangerousDisablePathAndQueryCanonicalization = true };

    private readonly string origin;
    private readonly bool several;
    private PushLine line;

    /// <param name="endpoint">The provider; http means HTTP/2 in clear text with prior knowledge.</param>
    /// <param name="several">Whether to open more connections when the provider's limit of streams is reached.</param>
    public PushConnection(Uri endpoint, bool several)
    {
        origin = endpoint.GetLeftPart(UriPartial.Authority);
        this.several = several;
        line = Open();
    }

    /// <summary>An address at the provider.</summary>
    /// <param name="path">The path from its first slash on, escaped where need be: it is sent as it is.</param>
    /// <param name="end">The end of the path, escaped as well.</param>
    public Uri Address(string path, string end = "") => new(string.Concat(origin, path, end), AsItIs);

    /// <summary>A POST to the provider.</summary>
    public static HttpRequestMessage Post(Uri address, PushPayload payload, PushDeadline deadline) => new(HttpMethod.Post, address)
    {
        Version = HttpVersion.Version20,
        VersionPolicy = HttpVersionPolicy.RequestVersionExact,
        Content = new PushContent(payload, deadline),
    };

    /// <summary>
    /// Sends a request, reads the answer, and disposes of both. A line that breaks or stays silent is given up: the next request has a new one, and so have
    /// those that still wait for a stream; the others on it come to their end.
    /// </summary>
    /// <param name="request">The request, of <see cref="Post"/>.</param>
    /// <param name="deadline">Its deadlines.</param>
    /// <param name="read">Reads the answer.</param>
    /// <param name="isLast">Whether the provider takes nothing more on this line.</param>
    /// <exception cref="ObjectDisposedException">The app stops.</exception>
    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    public async ValueTask<TAnswer> SendAsync<TAnswer>(
        HttpRequestMessage request,
        PushDeadline deadline,
        Func<HttpResponseMessage, CancellationToken, ValueTask<TAnswer>> read,
        Func<TAnswer, bool> isLast)
    {
        using var mine = request;
        while (true)
        {
            if (deadline.EndedPreparing)
            {
                throw new OperationCanceledException("The attempt took too long to get ready.");
            }

            var current = Enter(deadline);
            try
            {
                using var response = await current.SendAsync(request, deadline);
                var answer = await read(response, deadline.Token);
                if (isLast(answer))
                {
                    current.GiveUp();
                }

                return answer;
            }
            catch (Exception exception) when (deadline.Moves && IsOfLine(exception))
            {
                // Nothing was sent: the same request goes to the new line.
            }
            catch (Exception exception) when (!deadline.IsStopped && IsOfLine(exception))
            {
                deadline.IsFirstOnLine |= current.GiveUp();
                throw;
            }
            finally
            {
                current.Exit(deadline);
            }
        }
    }

    /// <summary>The next request has a new connection.</summary>
    public void Renew() => GiveUp(Volatile.Read(ref line));

    /// <summary>Whether this call gave the line up; false when another one already had.</summary>
    public bool GiveUp(PushLine seen)
    {
        if (!ReferenceEquals(Volatile.Read(ref line), seen))
        {
            return false;
        }

        var fresh = Open();
        var isMine = ReferenceEquals(Interlocked.CompareExchange(ref line, fresh, seen), seen);
        (isMine ? seen : fresh).Leave();
        return isMine;
    }

    public void Dispose() => Volatile.Read(ref line).Leave();

    private static bool IsOfLine(Exception exception) => exception is HttpRequestException or IOException or OperationCanceledException;

    private PushLine Enter(PushDeadline deadline)
    {
        while (true)
        {
            var current = Volatile.Read(ref line);
            if (current.TryEnter(deadline))
            {
                return current;
            }

            ObjectDisposedException.ThrowIf(ReferenceEquals(current, Volatile.Read(ref line)), this);
        }
    }

    private PushLine Open() => new(this, new HttpMessageInvoker(new SocketsHttpHandler
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
