using Microsoft.AspNetCore.Http.Features;

namespace BlokSec.Local.FunctionsHost;

/// <summary>Hands requests of HTTP functions to the handler, unchanged but for what the real host changes, and buffers the answers.</summary>
internal sealed class HttpForwarder(IHandler handler, HttpMessageInvoker client, Deadline deadline, Action<string> output, CancellationToken stopping)
{
    private static readonly HashSet<string> NotForwarded = new(StringComparer.OrdinalIgnoreCase)
    {
        "Connection", "Keep-Alive", "Proxy-Connection", "TE", "Trailer", "Transfer-Encoding", "Upgrade", "User-Agent",
    };

    private static readonly UriCreationOptions Untouched = new() { DangerousDisablePathAndQueryCanonicalization = true };

    public async Task ForwardAsync(HttpContext context, string function)
    {
        Uri? address = null;
        using var time = deadline.Start(stopping);
        try
        {
            address = await handler.ReadyAsync(time.Token);
            using var request = Copy(context.Request, address);
            using var answer = await client.SendAsync(request, time.Token);
            var body = await answer.Content.ReadAsByteArrayAsync(time.Token);
            handler.Answered();
            await AnswerAsync(context.Response, answer, body);
        }
        catch (HandlerLostException lost)
        {
            Fail(context, lost.GaveUp ? StatusCodes.Status503ServiceUnavailable : StatusCodes.Status500InternalServerError);
        }
        catch (Exception exception) when (exception is HttpRequestException or IOException)
        {
            output($"{function} failed: {exception.Message}");
            await handler.UnreachableAsync(address!);
            Fail(context, StatusCodes.Status500InternalServerError);
        }
        catch (OperationCanceledException) when (!context.RequestAborted.IsCancellationRequested || time.Token.IsCancellationRequested)
        {
            if (!stopping.IsCancellationRequested)
            {
                output($"{function} took longer than functionTimeout; the handler is killed.");
                await handler.KillAsync();
            }

            Fail(context, StatusCodes.Status500InternalServerError);
        }
    }

    /// <summary>Query keys that are repeated arrive as one: <c>x=1&amp;x=2</c> as <c>x=1,2</c>.</summary>
    internal static string MergeQuery(string query)
    {
        var pairs = query.TrimStart('?').Split('&', StringSplitOptions.RemoveEmptyEntries);
        var merged = new OrderedDictionary<string, string>(StringComparer.OrdinalIgnoreCase);
        foreach (var pair in pairs)
        {
            var (key, value) = pair.IndexOf('=', StringComparison.Ordinal) is var equals and >= 0
                ? (pair[..equals], pair[(equals + 1)..])
                : (pair, "");
            merged[key] = merged.TryGetValue(key, out var earlier) ? $"{earlier},{value}" : value;
        }

        return merged.Count == pairs.Length ? query : $"?{string.Join('&', merged.Select(pair => $"{pair.Key}={pair.Value}"))}";
    }

    private static HttpRequestMessage Copy(HttpRequest original, Uri address)
    {
        var target = original.HttpContext.Features.GetRequiredFeature<IHttpRequestFeature>().RawTarget;
        var path = target.StartsWith('/') ? target.Split('?')[0] : original.Path.ToUriComponent();
        var request = new HttpRequestMessage(
            HttpMethod.Parse(original.Method),
            new Uri($"{address.GetLeftPart(UriPartial.Authority)}{path}{MergeQuery(original.QueryString.Value ?? "")}", Untouched));
        if (original.HttpContext.Features.Get<IHttpRequestBodyDetectionFeature>()?.CanHaveBody == true)
        {
            request.Content = new StreamContent(original.Body);
        }

        foreach (var (name, values) in original.Headers)
        {
            if (!NotForwarded.Contains(name) && !request.Headers.TryAddWithoutValidation(name, (IEnumerable<string?>)values))
            {
                request.Content?.Headers.TryAddWithoutValidation(name, (IEnumerable<string?>)values);
            }
        }

        request.Headers.TryAddWithoutValidation("User-Agent", $"{original.Headers.UserAgent} {HandlerClient.UserAgent}".TrimStart());
        HandlerClient.AddHostHeaders(request);
        return request;
    }

    private static async Task AnswerAsync(HttpResponse response, HttpResponseMessage answer, byte[] body)
    {
        response.StatusCode = (int)answer.StatusCode;
        foreach (var (name, values) in answer.Headers.NonValidated.Concat(answer.Content.Headers.NonValidated))
        {
            if (!NotForwarded.Contains(name))
            {
                response.Headers[name] = values.ToArray();
            }
        }

        if (body.Length > 0)
        {
            response.ContentLength = body.Length;
            await response.Body.WriteAsync(body, response.HttpContext.RequestAborted);
        }
    }

    private static void Fail(HttpContext context, int status)
    {
        if (!context.Response.HasStarted)
        {
            context.Response.Clear();
            context.Response.StatusCode = status;
        }
    }
}
