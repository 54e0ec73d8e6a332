using Microsoft.Extensions.Primitives;

namespace BlokSec.Functions.Http;

/// <summary>Headers of every answer: nothing is stored by anybody, framed, sniffed, or sent in clear text again.</summary>
internal static class ResponseHeaders
{
    private static readonly StringValues NoStore = "no-store";

    private static readonly StringValues Nothing = "default-src 'none'; frame-ancestors 'none'";

    private static readonly StringValues NoSniff = "nosniff";

    private static readonly StringValues NoReferrer = "no-referrer";

    private static readonly StringValues TwoYears = "max-age=63072000; includeSubDomains";

    public static void UseResponseHeaders(this IApplicationBuilder app)
    {
        var isHttps = app.ApplicationServices.GetRequiredService<PublicAddress>().IsHttps;
        app.Use(next => context =>
        {
            context.Response.OnStarting(isHttps ? WriteHttpsAsync : WriteAsync, context);
            return next(context);
        });
    }

    private static Task WriteHttpsAsync(object state)
    {
        ((HttpContext)state).Response.Headers.StrictTransportSecurity = TwoYears;
        return WriteAsync(state);
    }

    private static Task WriteAsync(object state)
    {
        var context = (HttpContext)state;
        var headers = context.Response.Headers;
        if (headers.CacheControl.Count == 0)
        {
            headers.CacheControl = NoStore;
        }

        headers.ContentSecurityPolicy = Nothing;
        headers.XContentTypeOptions = NoSniff;
        headers["Referrer-Policy"] = NoReferrer;
        return Task.CompletedTask;
    }
}
