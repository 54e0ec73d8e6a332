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
/// One person with tabs of their own. The faults of the tabs fail the test at the end; see <see cref="BrowserTest"/>. Signing in takes a
/// console in which the same person signed in before, as one that is open all day: starting it is what takes long.
/// </summary>
internal sealed partial class Visit(BrowserCloud cloud, VisitOptions options)
{
    public const string Alice = "Alice Adams";
    public const string Amir = "Amir Aziz";
    public const string OfDepartment = "Hanna Helpdesk";
    public const string Reader = "Rob Reader";
    public const string Nobody = "Nora Newcomer";

    private readonly List<Tab> tabs = [];
    private Tab? console;

    /// <summary>The admin console.</summary>
    public IPage Page => Console.Page;

    /// <summary>Errors that the test makes happen, and that pages may therefore report.</summary>
    public Regex Expected { get; set; } = Nothing();

    /// <summary>What the pages did that they must not do.</summary>
    public IEnumerable<string> Faults => tabs.SelectMany(tab => tab.Faults).Where(fault => !Expected.IsMatch(fault));

    private Tab Console => console ?? throw new InvalidOperationException("Nobody went to the console yet.");

    /// <summary>Somebody who is not signed in types an address of the console.</summary>
    public async Task ArriveAsync(string path = "")
    {
        console = await OpenTabAsync();
        await Page.GotoAsync(new Uri(cloud.Console, path).AbsoluteUri);
    }

    /// <summary>Types the address of a page of the console and signs in on the way there.</summary>
    public async Task ArriveAsync(string administrator, string path)
    {
        console = await OpenTabAsync();
        await console.SignInAsync(administrator, new Uri(cloud.Console, path));
    }

    /// <summary>Goes to a page of the console, signed in.</summary>
    public async Task SignInAsync(string administrator, string path = "users")
    {
        if (cloud.TakeIdle(options, administrator) is not { } idle)
        {
            await ArriveAsync(administrator, path);
            return;
        }

        tabs.Add(console = idle);
        await idle.FollowAsync(path);
    }

    /// <summary>Goes to another page of the console.</summary>
    public async Task FollowAsync(string path, string heading)
    {
        await Console.FollowAsync(path);
        await Expect(Page.GetByRole(AriaRole.Heading, new() { Level = 1, Name = heading })).ToBeVisibleAsync();
    }

    /// <summary>Opens the page of a user, signed in.</summary>
    public async Task OpenAsync(BrowserUser user, string administrator = Alice)
    {
        await SignInAsync(administrator, $"users/{user.UserId}");
        await Expect(Page.GetByRole(AriaRole.Heading, new() { Level = 1, Name = user.Name })).ToBeVisibleAsync();
    }

    /// <summary>The page with the user's virtual phones, in another tab.</summary>
    public async Task<IPage> PhonesAsync(BrowserUser user)
    {
        var tab = await OpenTabAsync();
        await tab.Page.GotoAsync(new Uri(cloud.Phones, $"#{user.TenantId}/{user.UserId}").AbsoluteUri);
        return tab.Page;
    }

    /// <summary>The demo application, in another tab.</summary>
    public async Task<IPage> DemoAppAsync()
    {
        var tab = await OpenTabAsync();
        await tab.Page.GotoAsync(cloud.DemoApp.AbsoluteUri);
        return tab.Page;
    }

    /// <summary>Leaves a picture of each tab.</summary>
    public async Task KeepPicturesAsync()
    {
        foreach (var tab in tabs)
        {
            await Picture.KeepAsync(tab.Page);
        }
    }

    /// <summary>Goes away.</summary>
    /// <param name="isWell">Whether nothing went wrong, so that others may use the console.</param>
    public async Task LeaveAsync(bool isWell)
    {
        foreach (var tab in tabs)
        {
            await tab.Page.Context.SetOfflineAsync(false);
            if (!isWell || !await cloud.KeepIdleAsync(options, tab))
            {
                await tab.Page.CloseAsync();
            }
        }
    }

    private async Task<Tab> OpenTabAsync()
    {
        var tab = await Tab.OpenAsync(await cloud.ContextAsync(options));
        tabs.Add(tab);
        return tab;
    }

    [GeneratedRegex("(?!)")]
    private static partial Regex Nothing();
}
