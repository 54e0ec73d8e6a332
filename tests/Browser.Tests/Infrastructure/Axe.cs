using Deque.AxeCore.Commons;
using Deque.AxeCore.Playwright;

namespace BlokSec.Browser.Tests.Infrastructure;

/// <summary>Looks at a page as it is now with the eyes of everybody.</summary>
internal static class Axe
{
    private static readonly AxeRunOptions Rules = new()
    {
        RunOnly = new RunOnlyOptions { Type = "tag", Values = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"] },
        ResultTypes = [ResultType.Violations],
    };

    private static readonly (ColorScheme Theme, int Width)[] Looks = [(ColorScheme.Dark, 320), (ColorScheme.Light, 1280)];

    /// <summary>Asserts that axe finds nothing and that nothing sticks out, dark on a phone and light on a desk.</summary>
    public static async Task CheckAsync(IPage page, string state)
    {
        foreach (var (theme, width) in Looks)
        {
            await page.SetViewportSizeAsync(width, 900);
            await page.EmulateMediaAsync(new PageEmulateMediaOptions { ColorScheme = theme });
            var beyond = await page.EvaluateAsync<int>("() => document.documentElement.scrollWidth - document.documentElement.clientWidth");
            Assert.True(beyond <= 0, $"{state} at {width}: {beyond} pixels have to be scrolled to sideways");
            var found = await page.RunAxe(Rules);
            var faults = found.Violations.Select(violation =>
                $"{state} at {width}: {violation.Id}: {violation.Help}: {string.Join(" | ", violation.Nodes.Take(4).Select(node => node.Html))}");
            Assert.True(found.Violations.Length == 0, string.Join('\n', faults));
        }
    }
}
