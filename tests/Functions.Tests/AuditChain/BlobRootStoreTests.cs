using System.Collections.Concurrent;
using Azure.Storage.Blobs;
using BlokSec.Functions.AuditChain;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace BlokSec.Functions.Tests.AuditChain;

/// <summary>The client of Azure Blob Storage against the few calls of its protocol that are used, on a real socket.</summary>
public sealed class BlobRootStoreTests : IAsyncLifetime
{
    private readonly ConcurrentDictionary<string, string> blobs = new();
    private readonly List<string> prefixes = [];
    private WebApplication app = null!;

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    private BlobRootStore Store => new(new BlobContainerClient(new Uri($"{app.Urls.First()}/bloksec/audit-roots")));

    public async ValueTask InitializeAsync()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        builder.Logging.ClearProviders();
        app = builder.Build();
        app.Run(AnswerAsync);
        await app.StartAsync(Stop);
    }

    public ValueTask DisposeAsync() => app.DisposeAsync();

    [Fact]
    public async Task A_root_is_written_once_and_never_again()
    {
        Assert.Equal("first", await Store.KeepAsync("contoso", 7, "first", Stop));
        Assert.Equal("first", await Store.KeepAsync("contoso", 7, "second", Stop));
        Assert.Equal("other", await Store.KeepAsync("fabrikam", 7, "other", Stop));

        Assert.Equal("first", blobs["/bloksec/audit-roots/contoso/000000000007.jws"]);
        Assert.Equal("first", await Store.ReadAsync("contoso", 7, Stop));
        Assert.Null(await Store.ReadAsync("contoso", 8, Stop));
    }

    [Fact]
    public async Task Roots_of_one_tenant_are_listed_in_their_order()
    {
        foreach (var number in new[] { 10, 2, 300 })
        {
            await Store.KeepAsync("contoso", number, "root", Stop);
        }

        await Store.KeepAsync("contoso-2", 5, "root", Stop);
        blobs["/bloksec/audit-roots/contoso/readme.txt"] = "no root";

        var listed = await Store.ListAsync("contoso", Stop).ToListAsync(Stop);
        Assert.Equal("2 10 300", string.Join(' ', listed));
    }

    [Fact]
    public async Task A_few_roots_are_listed_without_a_look_at_the_others_and_tenants_by_their_folders()
    {
        foreach (var number in new[] { 99, 100, 119, 120, 4000 })
        {
            await Store.KeepAsync("contoso", number, "root", Stop);
        }

        await Store.KeepAsync("fabrikam", 100, "root", Stop);

        Assert.Equal([99, 100, 119], await Store.ListAsync("contoso", 95, 119, Stop).ToListAsync(Stop));
        Assert.Equal(["contoso/0000000000", "contoso/0000000001"], prefixes);
        Assert.Equal(["contoso", "fabrikam"], await Store.TenantsAsync(Stop).ToListAsync(Stop));
    }

    private async Task AnswerAsync(HttpContext context)
    {
        var path = context.Request.Path.Value!;
        context.Response.Headers["x-ms-version"] = "2025-11-05";
        switch (context.Request.Method)
        {
            case "PUT":
                using (var reader = new StreamReader(context.Request.Body))
                {
                    var isNew = blobs.TryAdd(path, await reader.ReadToEndAsync(Stop));
                    Assert.Equal("*", context.Request.Headers.IfNoneMatch);
                    context.Response.StatusCode = isNew ? StatusCodes.Status201Created : StatusCodes.Status409Conflict;
                    context.Response.Headers["x-ms-error-code"] = isNew ? default : "BlobAlreadyExists";
                    Describe(context);
                }

                break;
            case "GET" when context.Request.Query["comp"] == "list":
                var isOfFolders = context.Request.Query["delimiter"] == "/";
                prefixes.AddRange(isOfFolders ? [] : [context.Request.Query["prefix"].ToString()]);
                var prefix = $"{path}/{context.Request.Query["prefix"]}";
                var folders = blobs.Keys.Select(name => name[(path.Length + 1)..].Split('/')[0]).Distinct().Order(StringComparer.Ordinal)
                    .Select(name => $"<BlobPrefix><Name>{name}/</Name></BlobPrefix>");
                var names = blobs.Keys.Where(name => name.StartsWith(prefix, StringComparison.Ordinal)).Order(StringComparer.Ordinal)
                    .Select(name => $"<Blob><Name>{name[(path.Length + 1)..]}</Name><Properties /></Blob>");
                context.Response.ContentType = "application/xml";
                await context.Response.WriteAsync(
                    $"<?xml version=\"1.0\" encoding=\"utf-8\"?><EnumerationResults ContainerName=\"audit-roots\"><Blobs>{string.Concat(isOfFolders ? folders : names)}</Blobs><NextMarker /></EnumerationResults>", Stop);
                break;
            case "GET" when blobs.TryGetValue(path, out var text):
                Describe(context);
                context.Response.Headers["x-ms-blob-type"] = "BlockBlob";
                context.Response.ContentType = "application/jose";
                context.Response.ContentLength = text.Length;
                await context.Response.WriteAsync(text, Stop);
                break;
            default:
                context.Response.StatusCode = StatusCodes.Status404NotFound;
                context.Response.Headers["x-ms-error-code"] = "BlobNotFound";
                break;
        }
    }

    private static void Describe(HttpContext context)
    {
        context.Response.Headers.ETag = "\"0x1\"";
        context.Response.Headers.LastModified = "Wed, 25 Nov 2026 12:00:00 GMT";
    }
}
