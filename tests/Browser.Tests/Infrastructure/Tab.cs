using System.Collections.Concurrent;
using System.Text.RegularExpressions;

namespace BlokSec.Browser.Tests.Infrastructure;

/// <summary>
/// A browser tab. Whatever its pages ask another host for, whatever breaks their Content-Security-Policy and whatever they report as an
/// error is a fault.
/// </summary>
internal sealed class Tab
{
    /// <summary>Well before the app asks for a fresh sign-in where something cannot be taken back.</summary>
    private static readonly TimeSpan Fresh = TimeSpan.FromMinutes(8);

    private readonly ConcurrentQueue<string> faults = [];
    private long signedIn;

    private Tab(IPage page)
    {
        Page = page;
        page.Request += (_, request) =>
        {
            if (new Uri(request.Url) is { Scheme: "http" or "https", IsLoopback: false } foreign)
            {
                faults.Enqueue($"asked {foreign.Host}");
            }
        };
        page.PageError += (_, error) => faults.Enqueue($"threw {error}");
        page.Console += (_, message) =>
        {
            if (message.Type == "error" || message.Text.Contains("Content Security Policy", StringComparison.Ordinal))
            {
                faults.Enqueue($"reported {message.Text} at {message.Location}");
            }
        };
    }

    public IPage Page { get; }

    public IEnumerable<string> Faults => faults;

    /// <summary>Who is signed in there; null for nobody, or when that was not asked.</summary>
    public string? Administrator { get; private set; }

    /// <summary>Whether whoever is signed in there did so a moment ago.</summary>
    public bool IsFresh => TimeProvider.System.GetElapsedTime(signedIn) < Fresh;

    public static async Task<Tab> OpenAsync(IBrowserContext browser) => new(await browser.NewPageAsync());

    /// <summary>Goes to an address of the console, signs in on the sign-in page, and stays where that leads.</summary>
    public async Task SignInAsync(string administrator, Uri address)
    {
        await Page.GotoAsync(address.AbsoluteUri);
        await Page.GetByRole(AriaRole.Button, new() { NameRegex = new Regex($"^{administrator}") }).ClickAsync();
        await Expect(Page.GetByRole(AriaRole.Heading, new() { Level = 1 })).ToBeVisibleAsync();
        (Administrator, signedIn) = (administrator, TimeProvider.System.GetTimestamp());
    }

    /// <summary>Goes to another page of the console that is open already, as its links do: it does not start again.</summary>
    public async Task FollowAsync(string path) => await Page.EvaluateAsync("path => Blazor.navigateTo(path)", $"/{path}");

    /// <summary>Leaves the console on a page that asks for nothing, for the next visitor. False when it cannot be used again.</summary>
    public async Task<bool> RestAsync()
    {
        var shown = Page.GetByTestId("administrator");
        if (Administrator is null || !IsFresh || await shown.CountAsync() == 0 || await shown.TextContentAsync() != Administrator)
        {
            return false;
        }

        await Page.Keyboard.PressAsync("Escape");
        await Expect(Page.OpenDialog()).ToHaveCountAsync(0);
        await FollowAsync("guide");
        await Expect(Page.GetByRole(AriaRole.Heading, new() { Level = 1, Name = "User & Device Management" })).ToBeVisibleAsync();
        faults.Clear();
        return true;
    }
}
