using System.Text;
using Microsoft.Extensions.Options;

namespace BlokSec.Functions.Http;

/// <summary>
/// Tells whether a signed address is the one that was called. What was called is the configured public address and the request's path:
/// the host and scheme that reach the process are those of the Functions host in front of it.
/// </summary>
internal sealed class PublicAddress(IOptions<ApiOptions> options)
{
    /// <summary>The API's public address without trailing slash.</summary>
    public string Url => options.Value.PublicUrl;

    /// <summary>Whether it is never reached in clear text.</summary>
    public bool IsHttps => Url.StartsWith("https:", StringComparison.Ordinal);

    /// <summary>The full public address of the request, without query.</summary>
    public string Of(HttpRequest request) => Url + (request.PathBase + request.Path).ToUriComponent();

    /// <summary>
    /// Whether <paramref name="claimed"/> is the address of the request. Compared after the normalisation that RFC 9449, section 4.3
    /// asks for (case of scheme and host, default port, escapes); a query, a fragment or user information is refused, and characters outside of
    /// ASCII, which no address has (RFC 3986) and on which <see cref="Uri.IdnHost"/> may throw.
    /// </summary>
    public bool Matches(string claimed, HttpRequest request) =>
        Ascii.IsValid(claimed)
        && claimed.AsSpan().IndexOfAny('?', '#', '\\') < 0
        && Uri.TryCreate(claimed, UriKind.Absolute, out var actual)
        && Uri.TryCreate(Of(request), UriKind.Absolute, out var expected)
        && actual.UserInfo.Length == 0
        && actual.Scheme == expected.Scheme
        && actual.IdnHost == expected.IdnHost
        && actual.Port == expected.Port
        && actual.AbsolutePath == expected.AbsolutePath;
}
