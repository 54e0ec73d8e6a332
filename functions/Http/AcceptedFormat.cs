using Microsoft.Net.Http.Headers;

namespace BlokSec.Functions.Http;

/// <summary>Which of several formats a caller wants, by <c>Accept</c> (RFC 9110, section 12.5.1).</summary>
internal static class AcceptedFormat
{
    /// <summary>The media type to answer with: the first one for a caller who names none; null when the caller takes none of them.</summary>
    public static string? Of(HttpRequest request, params string[] formats)
    {
        var accepted = request.GetTypedHeaders().Accept;
        return accepted.Count == 0
            ? formats[0]
            : accepted
                .Where(range => range.Quality is not 0)
                .OrderByDescending(range => range.Quality ?? 1)
                .Select(range => Array.Find(formats, format => new MediaTypeHeaderValue(format).IsSubsetOf(range)))
                .FirstOrDefault(format => format is not null);
    }
}
