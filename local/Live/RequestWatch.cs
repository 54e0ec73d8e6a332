using System.Diagnostics;
using System.Globalization;
using Microsoft.AspNetCore.Http.Extensions;

namespace BlokSec.Local.Live;

/// <summary>Tells of the requests of one server.</summary>
internal static class RequestWatch
{
    /// <summary>Middleware that tells of each request when it was answered.</summary>
    public static Func<HttpContext, RequestDelegate, Task> For(Action<LiveEvent> watch) => async (context, next) =>
    {
        var start = Stopwatch.GetTimestamp();
        try
        {
            await next(context);
        }
        finally
        {
            var status = context.Response.StatusCode;
            watch(new LiveEvent(
                "request",
                $"{context.Request.Method} {context.Request.GetEncodedPathAndQuery()}",
                string.Create(CultureInfo.InvariantCulture, $"{status} {Stopwatch.GetElapsedTime(start).TotalMilliseconds:0} ms"),
                status >= 500 ? LiveLevel.Failure : status >= 400 ? LiveLevel.Attention : LiveLevel.Normal));
        }
    };
}
