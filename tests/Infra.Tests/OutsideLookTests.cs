using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace BlokSec.Infra.Tests;

/// <summary>What the look from outside after a deployment says.</summary>
public sealed class OutsideLookTests
{
    [Fact]
    public async Task The_look_from_outside_is_content_with_a_deployment_that_works()
    {
        await using var site = await SiteAsync(origin => origin);
        using var shell = new Shell();

        var (exitCode, output) = shell.Run("verify.sh", ("BLOKSEC_API_URL", site.Urls.First()), ("BLOKSEC_PORTAL_URL", site.Urls.First()));

        Assert.True(exitCode == 0, output);
        Assert.DoesNotContain("FAILED", output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_look_from_outside_notices_an_API_that_any_page_may_call()
    {
        await using var site = await SiteAsync(_ => "*");
        using var shell = new Shell();

        var (exitCode, output) = shell.Run("verify.sh", ("BLOKSEC_API_URL", site.Urls.First()), ("BLOKSEC_PORTAL_URL", site.Urls.First()));

        Assert.NotEqual(0, exitCode);
        Assert.Contains("FAILED  pages from elsewhere may not", output, StringComparison.Ordinal);
    }

    /// <summary>Answers as function app and console would.</summary>
    private static async Task<WebApplication> SiteAsync(Func<string, string> allowedOrigin)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        var site = builder.Build();
        site.MapGet("/api/health/live", () => "");
        site.MapGet("/api/health/ready", () => "");
        site.MapGet("/api/.well-known/jwks.json", () => "");
        site.MapGet("/api/users", () => Results.Unauthorized());
        site.MapMethods("/api/users", ["OPTIONS"], (HttpContext context) =>
        {
            var origin = context.Request.Headers.Origin.ToString();
            var allowed = allowedOrigin(site.Urls.First());
            if (allowed == "*" || allowed == origin)
            {
                context.Response.Headers.AccessControlAllowOrigin = allowed == "*" ? origin : allowed;
            }
        });
        site.MapGet("/", () => "");
        site.MapGet("/settings.json", () => "{}");
        await site.StartAsync();
        return site;
    }
}
