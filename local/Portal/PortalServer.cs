using System.Text.Json;
using BlokSec.Local.Faults;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.FileProviders;
using Microsoft.Net.Http.Headers;

namespace BlokSec.Local.Portal;

/// <summary>
/// A static host for the admin console, as any is that one would publish it to: the files, compressed where they were published so,
/// <c>index.html</c> for every page's address, and the security headers. Only <c>settings.json</c> is made here.
/// </summary>
internal sealed class PortalServer : IAsyncDisposable
{
    private readonly StandIn server;

    private PortalServer(StandIn server) => this.server = server;

    /// <summary>Where the console is.</summary>
    public Uri Address => server.Address;

    /// <summary>Starts it.</summary>
    /// <exception cref="DirectoryNotFoundException">Nothing was published there.</exception>
    public static async Task<PortalServer> StartAsync(PortalServerOptions options)
    {
        var headers = PortalHeaders.Of(await File.ReadAllTextAsync(Path.Combine(options.Folder, "index.html")));
        return new PortalServer(await StandIn.StartAsync(
            options.Port, HttpProtocols.Http1, services => services.AddRouting(), app => Map(app, options, headers)));
    }

    public ValueTask DisposeAsync() => server.DisposeAsync();

    private static void Map(WebApplication app, PortalServerOptions options, IReadOnlyDictionary<string, string> headers)
    {
        var files = new PhysicalFileProvider(options.Folder);
        app.Lifetime.ApplicationStopped.Register(files.Dispose);
        app.Use((context, next) =>
        {
            foreach (var (name, value) in headers)
            {
                context.Response.Headers[name] = value;
            }

            return next(context);
        });
        app.Use((context, next) =>
        {
            PortalPaths.Rewrite(context, files);
            return next(context);
        });
        // Before the files, because settings.json is one of them too
        app.UseRouting();
        app.UseStaticFiles(new StaticFileOptions
        {
            FileProvider = files,
            ContentTypeProvider = PortalPaths.ContentTypes,
            OnPrepareResponse = answer => Prepare(answer.Context, answer.File.Name),
        });
        app.MapGet(PortalPaths.Settings, (HttpResponse response) =>
        {
            response.Headers.CacheControl = "no-store";
            return Results.Json(options.Settings, JsonSerializerOptions.Web);
        });
    }

    private static void Prepare(HttpContext context, string fileName)
    {
        var headers = context.Response.Headers;
        headers.CacheControl = PortalPaths.IsFingerprinted(fileName) ? "public, max-age=31536000, immutable" : "no-cache";
        if (PortalPaths.EncodingOf(context) is { } encoding)
        {
            headers.ContentEncoding = encoding;
            headers.Append(HeaderNames.Vary, HeaderNames.AcceptEncoding);
            headers.ContentType = PortalPaths.ContentTypes.TryGetContentType(Path.GetFileNameWithoutExtension(fileName), out var type)
                ? type
                : "application/octet-stream";
        }
    }
}
