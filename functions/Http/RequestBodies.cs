using Microsoft.AspNetCore.Diagnostics;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Http.Metadata;
using Microsoft.Net.Http.Headers;

namespace BlokSec.Functions.Http;

/// <summary>Refuses bodies that no function would read, whoever they are for.</summary>
internal static class RequestBodies
{
    public static async Task CheckAsync(HttpContext context, RequestDelegate next)
    {
        // An endpoint that takes more says so; it reads other media types than JSON as well.
        var own = context.GetEndpoint()?.Metadata.GetMetadata<IRequestSizeLimitMetadata>()?.MaxRequestBodySize;
        if (own is { } most && context.Features.Get<IHttpMaxRequestBodySizeFeature>() is { IsReadOnly: false } limit)
        {
            limit.MaxRequestBodySize = most;
        }

        if (context.Request.ContentLength > (own ?? RequestLimits.MaxBodyBytes))
        {
            await DrainAsync(context, Math.Max(RequestLimits.MaxDrainedBytes, 2 * (own ?? 0)));
            await Problems.PayloadTooLarge(own).ExecuteAsync(context);
        }
        else if (own is null && MediaTypeHeaderValue.TryParse(context.Request.ContentType, out var type) && !IsUtf8(type))
        {
            await Problems.UnsupportedMediaType().ExecuteAsync(context);
        }
        else
        {
            await next(context);
        }
    }

    /// <summary>The server itself refuses a body whose length was not told, without a word.</summary>
    public static Task ExplainAsync(StatusCodeContext context) => context.HttpContext.Response.StatusCode switch
    {
        StatusCodes.Status413PayloadTooLarge => Problems.PayloadTooLarge(context.HttpContext.GetEndpoint()?.Metadata.GetMetadata<IRequestSizeLimitMetadata>()?.MaxRequestBodySize)
            .ExecuteAsync(context.HttpContext),
        _ => Task.CompletedTask,
    };

    /// <summary>A sender who is still sending when the connection closes never reads why: so a body that is not too absurd is let in and dropped.</summary>
    private static async Task DrainAsync(HttpContext context, long most)
    {
        if (context.Request.ContentLength <= most
            && context.Features.Get<IHttpMaxRequestBodySizeFeature>() is { IsReadOnly: false } limit)
        {
            limit.MaxRequestBodySize = most;
            await context.Request.Body.CopyToAsync(Stream.Null, context.RequestAborted);
        }
    }

    /// <summary>JSON is UTF-8 (RFC 8259, section 8.1).</summary>
    private static bool IsUtf8(MediaTypeHeaderValue type) =>
        !type.Charset.HasValue || type.Charset.Value!.Trim('"').Equals("utf-8", StringComparison.OrdinalIgnoreCase);
}
