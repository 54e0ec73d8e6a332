using System.Collections.Concurrent;
using System.Text.RegularExpressions;

namespace BlokSec.Browser.Tests.Infrastructure;

/// <summary>How somebody looks at the pages.</summary>
internal sealed record VisitOptions
{
    public int Width { get; init; } = 1280;

    public int Height { get; init; } = 900;

    public ColorScheme Theme { get; init; } = ColorScheme.Light;
}

/// <summary>
/// One person with windows of their own, in a browser that knows the console's files already. Whatever the pages ask another host for, whatever breaks their Content-Security-Policy
/// and whatever they report as an error fails the test at the end; see <see cref="BrowserTest"/>.
/// </summary>
internal sealed partial class Visit : IAsyncDisposable
{
    public const string Alice = "Alice Adams";
    public const string Reader = "Rob Reader";
    public const string Nobody = "Nora Newcomer";
    public const string Neighbour = "Felix Fischer";

    private static readonly float Patience = 30_000;

    private readonly ConcurrentQueue<string> faults = [];
    private readonly List<IPage> pages = [];
    private readonly BrowserCloud cloud;

    private Visit(BrowserCloud cloud, IPage page)
    {
        this.cloud = cloud;
        Page = page;
        Watch(page);
    }

    /// <summary>The admin console.</summary>
    public IPage Page { get; }

    /// <summary>Errors that the test makes happen, and that pages may therefore report.</summary>
    public Regex Expected { get; set; } = Nothing();

    public static async Task<Visit> StartAsync(BrowserCloud cloud, VisitOptions? options = null)
    {
        SetDefaultExpectTimeout(Patience);
        var context = await cloud.ContextAsync(options ?? new VisitOptions());
        context.SetDefaultTimeout(Patience);
        return new Visit(cloud, await context.NewPageAsync());
    }

    /// <summary>Signs in on the sign-in page and stays where that leads.</summary>
    public async Task SignInAsync(string administrator, string path = "users")
    {
        await Page.GotoAsync(new Uri(cloud.Console, path).AbsoluteUri);
        await Page.GetByRole(AriaRole.Button, new() { NameRegex = new Regex($"^{administrator}") }).ClickAsync();
        await Expect(Page.GetByRole(AriaRole.Heading, new() { Level = 1 })).ToBeVisibleAsync();
    }

    /// <summary>Goes to a page of the console by its address.</summary>
    public async Task GoAsync(string path)
    {
        await Page.GotoAsync(new Uri(cloud.Console, path).AbsoluteUri);
        await Expect(Page.GetByRole(AriaRole.Heading, new() { Level = 1 })).ToBeVisibleAsync();
    }

    /// <summary>Signs in and opens the user's page.</summary>
    public async Task OpenAsync(BrowserUser user, string administrator = Alice)
    {
        await SignInAsync(administrator, $"users/{user.UserId}");
        await Expect(Page.GetByRole(AriaRole.Heading, new() { Level = 1, Name = user.Name })).ToBeVisibleAsync();
    }

    /// <summary>The page with the user's virtual phones, in another window.</summary>
    public async Task<IPage> PhonesAsync(BrowserUser user)
    {
        var page = await Page.Context.NewPageAsync();
        Watch(page);
        await page.GotoAsync(new Uri(cloud.Phones, $"#{user.TenantId}/{user.UserId}").AbsoluteUri);
        return page;
    }

    /// <summary>What the pages did that they must not do.</summary>
    public IEnumerable<string> Faults => faults.Where(fault => !Expected.IsMatch(fault));

    public async ValueTask DisposeAsync()
    {
        await Page.Context.SetOfflineAsync(false);
        await Task.WhenAll(pages.Select(page => page.CloseAsync()));
    }

    private void Watch(IPage page)
    {
        pages.Add(page);
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

    [GeneratedRegex("(?!)")]
    private static partial Regex Nothing();
}
