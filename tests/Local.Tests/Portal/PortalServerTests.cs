using System.IO.Compression;
using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using BlokSec.Local.Portal;

namespace BlokSec.Local.Tests.Portal;

public sealed class PortalServerTests : IAsyncLifetime
{
    private const string IndexPage =
        """<html><head><meta http-equiv="Content-Security-Policy" content="default-src 'none'; script-src 'self'"></head>the console</html>""";

    private readonly DirectoryInfo folder = Directory.CreateTempSubdirectory("portal");
    private PortalServer server = null!;
    private HttpClient http = null!;

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        Write("index.html", IndexPage);
        Write("settings.json", """{"api":"https://published.example.com"}""");
        Write("css/base.css", "body{}");
        Write("_framework/dotnet.native.rw4kynp763.wasm", "plain");
        Write("_framework/icudt.dat", "data");
        server = await PortalServer.StartAsync(new PortalServerOptions
        {
            Folder = folder.FullName,
            Settings = new PortalSettings("http://127.0.0.1:1/api", new PortalAuthSettings("http://127.0.0.1:2", "console", "openid profile")),
        });
        http = new HttpClient { BaseAddress = server.Address };
    }

    public async ValueTask DisposeAsync()
    {
        http.Dispose();
        await server.DisposeAsync();
        folder.Delete(recursive: true);
    }

    [Theory]
    [InlineData("", "text/html")]
    [InlineData("index.html", "text/html")]
    [InlineData("css/base.css", "text/css")]
    [InlineData("_framework/dotnet.native.rw4kynp763.wasm", "application/wasm")]
    [InlineData("_framework/icudt.dat", "application/octet-stream")]
    public async Task A_file_comes_with_its_content_type(string path, string type)
    {
        using var response = await GetAsync(path);
        Assert.Equal((HttpStatusCode.OK, type), (response.StatusCode, response.Content.Headers.ContentType!.MediaType));
    }

    [Theory]
    [InlineData("users")]
    [InlineData("users/maria-lopez?tab=devices")]
    [InlineData("authentication/login-callback?code=1")]
    public async Task The_address_of_any_page_is_the_console_s(string path) =>
        Assert.Equal(IndexPage, await http.GetStringAsync(new Uri(path, UriKind.Relative), Stop));

    [Theory]
    [InlineData("_framework/missing.wasm")]
    [InlineData("..%2fsecret.txt")]
    public async Task A_file_that_is_missing_is_not_found(string path)
    {
        using var response = await GetAsync(path);
        Assert.Equal(HttpStatusCode.NotFound, response.StatusCode);
    }

    [Fact]
    public async Task The_settings_are_those_of_this_system()
    {
        var settings = await http.GetFromJsonAsync<JsonElement>("settings.json", Stop);
        Assert.Equal("http://127.0.0.1:1/api", settings.GetProperty("api").GetString());
        Assert.Equal(
            """{"authority":"http://127.0.0.1:2","clientId":"console","scope":"openid profile"}""",
            settings.GetProperty("auth").GetRawText());
    }

    [Theory]
    [InlineData("")]
    [InlineData("css/base.css")]
    [InlineData("settings.json")]
    [InlineData("missing.js")]
    public async Task Every_answer_has_the_security_headers(string path)
    {
        using var response = await GetAsync(path);
        Assert.Equal("default-src 'none'; script-src 'self'; frame-ancestors 'self'", Header(response, "Content-Security-Policy"));
        Assert.Equal("nosniff", Header(response, "X-Content-Type-Options"));
        Assert.Equal("no-referrer", Header(response, "Referrer-Policy"));
        Assert.Contains("camera=()", Header(response, "Permissions-Policy"), StringComparison.Ordinal);
        Assert.Null(Header(response, "Strict-Transport-Security"));
    }

    [Fact]
    public async Task A_name_that_changes_with_its_content_is_kept_for_ever_and_any_other_is_asked_for_again()
    {
        using var framework = await GetAsync("_framework/dotnet.native.rw4kynp763.wasm");
        using var page = await GetAsync("");
        Assert.Equal("public, max-age=31536000, immutable", Header(framework, "Cache-Control"));
        Assert.Equal("no-cache", Header(page, "Cache-Control"));
        Assert.NotNull(page.Headers.ETag);
    }

    [Theory]
    [InlineData("br, gzip", "br")]
    [InlineData("gzip", "gzip")]
    [InlineData("gzip, br;q=0", "gzip")]
    [InlineData("identity", null)]
    public async Task A_compressed_file_goes_to_whom_can_read_it(string accepted, string? encoding)
    {
        Compress("css/base.css.br", stream => new BrotliStream(stream, CompressionMode.Compress), "br{}");
        Compress("css/base.css.gz", stream => new GZipStream(stream, CompressionMode.Compress), "gzip{}");
        using var request = new HttpRequestMessage(HttpMethod.Get, "css/base.css");
        request.Headers.TryAddWithoutValidation("Accept-Encoding", accepted);

        using var response = await http.SendAsync(request, Stop);

        Assert.Equal(encoding is null ? [] : [encoding], response.Content.Headers.ContentEncoding);
        Assert.Equal("text/css", response.Content.Headers.ContentType!.MediaType);
        Assert.Equal(encoding is null ? null : "Accept-Encoding", Header(response, "Vary"));
        var body = await response.Content.ReadAsStreamAsync(Stop);
        using var reader = new StreamReader(encoding switch
        {
            "br" => new BrotliStream(body, CompressionMode.Decompress),
            "gzip" => new GZipStream(body, CompressionMode.Decompress),
            _ => body,
        });
        Assert.Equal(encoding is null ? "body{}" : $"{encoding}{{}}", await reader.ReadToEndAsync(Stop));
    }

    private Task<HttpResponseMessage> GetAsync(string path) => http.GetAsync(new Uri(path, UriKind.Relative), Stop);

    private static string? Header(HttpResponseMessage response, string name) =>
        response.Headers.TryGetValues(name, out var values) ? string.Join(',', values) : null;

    private void Write(string path, string content)
    {
        var file = new FileInfo(Path.Combine(folder.FullName, path));
        file.Directory!.Create();
        File.WriteAllText(file.FullName, content);
    }

    private void Compress(string path, Func<Stream, Stream> compressor, string content)
    {
        using var writer = new StreamWriter(compressor(File.Create(Path.Combine(folder.FullName, path))));
        writer.Write(content);
    }
}
