using BlokSec.Browser.Tests.Infrastructure;

namespace BlokSec.Browser.Tests;

/// <summary>What the served pages forbid, and that they keep to it. That no page is ever stopped by its policy, every other test holds.</summary>
[Collection<TenantPages>]
public sealed class PageSafetyTests(BrowserCloud cloud) : BrowserTest(cloud)
{
    [Theory]
    [InlineData("")]
    [InlineData("users/maria-lopez")]
    [InlineData("authentication/login-callback")]
    public async Task Every_address_of_the_console_forbids_inline_scripts_inline_styles_and_being_framed_by_others(string path)
    {
        var policy = await PolicyAsync(new Uri(Cloud.Console, path));

        Assert.Equal("'none'", policy["default-src"]);
        Assert.Equal("'self' 'wasm-unsafe-eval'", policy["script-src"]);
        Assert.Equal("'self'", policy["style-src"]);
        Assert.Equal("'none'", policy["object-src"]);
        Assert.Equal("'self'", policy["frame-ancestors"]);
        Assert.DoesNotContain(policy.Values, sources => sources.Contains("'unsafe-", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task The_phones_page_and_the_demo_application_forbid_them_too(bool isPhones)
    {
        var policy = await PolicyAsync(isPhones ? Cloud.Phones : Cloud.DemoApp);

        Assert.Equal("'none'", policy["default-src"]);
        Assert.Equal("'self'", policy["script-src"]);
        Assert.DoesNotContain(policy.Values, sources => sources.Contains("unsafe-", StringComparison.Ordinal));
    }

    [Fact]
    public async Task An_open_page_has_no_script_style_or_handler_in_it()
    {
        var user = await Cloud.NewUserAsync(phones: 2);
        var visit = Visitor();
        await visit.OpenAsync(user);
        await visit.Page.Trash(user.Phones[0]).ClickAsync();
        await Expect(visit.Page.GetByTestId("plan")).ToBeVisibleAsync();

        Assert.Empty(await visit.Page.EvaluateAsync<string[]>(
            """
            () => [...document.querySelectorAll('script:not([src]), style, body [style], [onclick], [onload], [onerror]')].map(found => found.outerHTML)
            """));
    }

    private static async Task<Dictionary<string, string>> PolicyAsync(Uri address)
    {
        using var http = new HttpClient();
        using var answer = await http.GetAsync(address, TestContext.Current.CancellationToken);
        return Assert.Single(answer.Headers.GetValues("Content-Security-Policy"))
            .Split(';', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries)
            .Select(directive => directive.Split(' ', 2))
            .ToDictionary(directive => directive[0], directive => directive.ElementAtOrDefault(1) ?? "");
    }
}
