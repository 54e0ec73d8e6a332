using System.Diagnostics;

namespace BlokSec.Benchmarks.FirstScreen;

/// <summary>One administrator who comes for the first time, and once more.</summary>
/// <param name="ToSignIn">From the address to the sign-in page; the console started once for that.</param>
/// <param name="ToUsers">From choosing who one is to the first user that can be opened; it started once more.</param>
/// <param name="Again">From the address to the first user, signed in, with what the browser kept.</param>
/// <param name="ColdBytes">What came over the wire until the list of users was there.</param>
/// <param name="WarmBytes">What came over the wire the second time.</param>
internal sealed record FirstScreen(TimeSpan ToSignIn, TimeSpan ToUsers, TimeSpan Again, long ColdBytes, long WarmBytes)
{
    private const float Patience = 120_000;

    public static async Task<FirstScreen> MeasureAsync(IBrowser browser, Uri users, int slowness)
    {
        await using var context = await browser.NewContextAsync();
        context.SetDefaultTimeout(Patience);
        var page = await context.NewPageAsync();
        var devTools = await context.NewCDPSessionAsync(page);
        var bytes = 0L;
        devTools.Event("Network.loadingFinished").OnEvent += (_, loaded) =>
        {
            bytes += (long)(loaded?.GetProperty("encodedDataLength").GetDouble() ?? 0);
        };
        await devTools.SendAsync("Network.enable");
        await devTools.SendAsync("Emulation.setCPUThrottlingRate", new Dictionary<string, object> { ["rate"] = slowness });

        var me = page.GetByRole(AriaRole.Button, new() { Name = "Alice Adams" });
        var firstUser = page.Locator("a.row-link").First;
        var toSignIn = await TimeAsync(() => page.GotoAsync(users.AbsoluteUri), me);
        var toUsers = await TimeAsync(() => me.ClickAsync(), firstUser);
        var coldBytes = bytes;
        await page.GotoAsync("about:blank");
        bytes = 0;
        var again = await TimeAsync(() => page.GotoAsync(users.AbsoluteUri), firstUser);
        return new FirstScreen(toSignIn, toUsers, again, coldBytes, bytes);
    }

    private static async Task<TimeSpan> TimeAsync(Func<Task> begin, ILocator end)
    {
        var clock = Stopwatch.StartNew();
        await begin();
        await end.WaitForAsync();
        return clock.Elapsed;
    }
}
