using System.Security.Cryptography;
using Microsoft.AspNetCore.StaticFiles;

namespace BlokSec.Local;

/// <summary>A page made of a few files inside this assembly, without script or style in the page itself.</summary>
internal static class StaticPage
{
    private const string Start = "index.html";
    private const string Shared = "shared-page/";

    private const string Policy =
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; "
        + "base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

    /// <summary>Maps <c>/</c>, the page's files and those that all pages share.</summary>
    /// <param name="endpoints">Where they are served.</param>
    /// <param name="prefix">What the names of the files inside the assembly begin with.</param>
    public static void Map(IEndpointRouteBuilder endpoints, string prefix)
    {
        var types = new FileExtensionContentTypeProvider();
        foreach (var resource in typeof(StaticPage).Assembly.GetManifestResourceNames()
            .Where(name => name.StartsWith(prefix, StringComparison.Ordinal) || name.StartsWith(Shared, StringComparison.Ordinal)))
        {
            var name = resource[(resource.IndexOf('/', StringComparison.Ordinal) + 1)..];
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
        using var stream = typeof(StaticPage).Assembly.GetManifestResourceStream(resource)!;
        using var copy = new MemoryStream();
        stream.CopyTo(copy);
        return copy.ToArray();
    }
}
