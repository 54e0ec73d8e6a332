using System.Net;

namespace BlokSec.Local.FunctionsHost;

/// <summary>The host's plain HTTP connections: to the handler and to Service Bus.</summary>
internal static class HandlerClient
{
    /// <summary>The version of the real host whose requests were recorded, see <c>Envelopes</c> of the tests.</summary>
    public const string HostVersion = "4.1037.0.0";

    public const string UserAgent = $"Azure-Functions-Host/{HostVersion}";

    /// <summary>Adds nothing to a request and changes nothing in an answer.</summary>
    public static HttpMessageInvoker Create() => new(new SocketsHttpHandler
    {
        ActivityHeadersPropagator = null,
        AllowAutoRedirect = false,
        AutomaticDecompression = DecompressionMethods.None,
        UseCookies = false,
        UseProxy = false,
    });

    public static void AddHostHeaders(HttpRequestMessage request)
    {
        request.Headers.TryAddWithoutValidation("X-Azure-Functions-HostVersion", HostVersion);
        request.Headers.TryAddWithoutValidation("X-Azure-Functions-InvocationId", Guid.NewGuid().ToString());
    }
}
