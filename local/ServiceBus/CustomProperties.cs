using System.Collections.Frozen;

namespace BlokSec.Local.ServiceBus;

/// <summary>
/// Custom properties travel as HTTP headers of their own, strings in quotes and numbers bare; so whatever is not a header of HTTP,
/// of tracing or of the service itself is one.
/// </summary>
internal static class CustomProperties
{
    private static readonly FrozenSet<string> Reserved = FrozenSet.Create(
        StringComparer.OrdinalIgnoreCase,
        BrokerProperties.HeaderName,
        "Accept", "Accept-Charset", "Accept-Encoding", "Accept-Language", "Authorization", "Baggage", "Cache-Control", "Connection",
        "Content-Encoding", "Content-Language", "Content-Length", "Content-Type", "Cookie", "Correlation-Context", "Date", "Expect",
        "Host", "Keep-Alive", "Origin", "Pragma", "Referer", "Request-Id", "TE", "Traceparent", "Tracestate", "Trailer",
        "Transfer-Encoding", "Upgrade", "User-Agent", "Via");

    public static Dictionary<string, string> Read(IHeaderDictionary headers) => headers
        .Where(header => !Reserved.Contains(header.Key)
            && !header.Key.StartsWith(':')
            && !header.Key.StartsWith("x-ms-", StringComparison.OrdinalIgnoreCase))
        .ToDictionary(header => header.Key, header => header.Value.ToString());
}
