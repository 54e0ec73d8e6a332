using System.Security.Cryptography;
using Microsoft.AspNetCore.StaticFiles;

namespace BlokSec.Local.Control;

/// <summary>The page that shows the phones: a few files inside this assembly, without script or style in the page itself.</summary>
internal static class PhonesPage
{
    private const string Prefix = "phones-page/";
    private const string Start = "index.html";

    private const string Policy =
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; "
        + "base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

    /// <summary>Maps <c>/</c> and the page's files.</summary>
    public static void Map(IEndpointRouteBuilder endpoints)
    {
        var types = new FileExtensionContentTypeProvider();
        foreach (var resource in typeof(PhonesPage).Assembly.GetManifestResourceNames().Where(name => name.StartsWith(Prefix, StringComparison.Ordinal)))
        {
            var name = resource[Prefix.Length..];
            var content = Read(resource);
            var type = types.TryGetContentType(name, out var known) ? known : "application/octet-stream";
            var tag = $"\"{Convert.ToHexStringLower(SHA256.HashData(content))[..16]}\"";
            endpoints.MapGet(name == Start ? "/" : $"/{name}", (HttpResponse response) =>
            {
                response.Headers.ContentSecurityPolicy = Policy;
                response.Headers.XContentTypeOptions = "nosniff";
                response.Headers["Referrer-Policy"] = "no-referrer";
                response.Headers.CacheControl = "no-cache";
                return Results.Bytes(content, type is "text/html" ? "text/html; charset=utf-8" : type, entityTag: new(tag));
            });
        }
    }

    private static byte[] Read(string resource)
    {
        using var stream = typeof(PhonesPage).Assembly.GetManifestResourceStream(resource)!;
        using var copy = new MemoryStream();
        stream.CopyTo(copy);
        return copy.ToArray();
    }
}
