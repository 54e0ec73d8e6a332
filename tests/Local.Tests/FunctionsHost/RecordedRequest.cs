using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;

namespace BlokSec.Local.Tests.FunctionsHost;

/// <summary>One request as the worker got it.</summary>
internal sealed record RecordedRequest(string RequestLine, IReadOnlyDictionary<string, string> Headers, string Body)
{
    public static async Task<RecordedRequest> ReadAsync(HttpRequest request)
    {
        using var reader = new StreamReader(request.Body);
        return new RecordedRequest(
            $"{request.Method} {request.HttpContext.Features.GetRequiredFeature<IHttpRequestFeature>().RawTarget} {request.Protocol}",
            request.Headers.ToDictionary(header => header.Key, header => header.Value.ToString(), StringComparer.OrdinalIgnoreCase),
            await reader.ReadToEndAsync(request.HttpContext.RequestAborted));
    }
}
