using System.Net;
using System.Text.RegularExpressions;
using BlokSec.Local.Control;
using BlokSec.Local.Faults;
using BlokSec.Local.Mail;
using Microsoft.AspNetCore.Server.Kestrel.Core;

namespace BlokSec.Local.Tests.Control;

public sealed partial class PhonesPageTests : IAsyncLifetime
{
    private readonly HttpClient http = new();
    private readonly MailStandIn mails = MailStandIn.Start(0, new Traffic(), TimeProvider.System);
    private StandIn server = null!;

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        server = await StandIn.StartAsync(0, HttpProtocols.Http1, _ => { }, endpoints =>
        {
            PhonesPage.Map(endpoints);
            MailboxPage.Map(endpoints, mails);
        });
        http.BaseAddress = server.Address;
    }

    public async ValueTask DisposeAsync()
    {
        http.Dispose();
        await server.DisposeAsync();
        await mails.DisposeAsync();
    }

    [Fact]
    public async Task All_that_the_page_asks_for_is_there_and_from_here()
    {
        var asked = new Queue<string>(["/"]);
        var found = new HashSet<string>();
        while (asked.TryDequeue(out var path))
        {
            using var response = await http.GetAsync(new Uri(path, UriKind.Relative), Stop);
            Assert.True(response.StatusCode == HttpStatusCode.OK, path);
            var content = await response.Content.ReadAsStringAsync(Stop);
            foreach (Match match in References().Matches(content))
            {
                if (found.Add(match.Groups["path"].Value))
                {
                    asked.Enqueue(match.Groups["path"].Value);
                }
            }
        }

        Assert.Superset(new HashSet<string> { "phones.css", "main.js", "./card.js", "icon.svg" }, found);
    }

    [Theory]
    [InlineData("/", "text/html; charset=utf-8")]
    [InlineData("/main.js", "text/javascript")]
    [InlineData("/phones.css", "text/css")]
    [InlineData("/icon.svg", "image/svg+xml")]
    public async Task Nothing_inline_and_nothing_foreign_may_run(string path, string type)
    {
        using var response = await http.GetAsync(new Uri(path, UriKind.Relative), Stop);

        Assert.Equal(type, response.Content.Headers.ContentType!.ToString());
        var policy = Assert.Single(response.Headers.GetValues("Content-Security-Policy"));
        Assert.StartsWith("default-src 'none'; script-src 'self'; style-src 'self';", policy, StringComparison.Ordinal);
        Assert.DoesNotContain("unsafe", policy, StringComparison.Ordinal);
        Assert.Equal("nosniff", Assert.Single(response.Headers.GetValues("X-Content-Type-Options")));
    }

    // Whatever an HTML page or a module of ours loads
    [GeneratedRegex("""(src=|href=|from )["'](?<path>[^"'#]+)["']""", RegexOptions.ExplicitCapture)]
    private static partial Regex References();
}
