using Deque.AxeCore.Commons;

namespace BlokSec.Browser.Tests.Infrastructure;

/// <summary>Looks at a page as it is now with the eyes of everybody.</summary>
internal static class Axe
{
    // In the page itself: the package's own way opens another page for each look, which takes most of a test's time.
    private const string Look =
        """
        async () => {
          // A change of theme and size reaches the page with its next frames.
          const frame = () => new Promise(done => requestAnimationFrame(done));
          do {
            await frame();
            await frame();
          } while (document.getAnimations().some(moving => moving instanceof CSSTransition));
          const { violations } = await axe.run(document, {
            runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'],
            resultTypes: ['violations'],
          });
          return violations.map(({ id, help, nodes }) => `${id}: ${help}: ${nodes.slice(0, 4).map(node => node.html).join(' | ')}`);
        }
        """;

    private static readonly string Script = new BundledAxeScriptProvider().GetScript();

    /// <summary>Where the layout is another one, but the colours and names are the same.</summary>
    private static readonly int[] Between = [360, 800];

    private static readonly (ColorScheme Theme, int Width)[] Looks = [(ColorScheme.Dark, 320), (ColorScheme.Light, 1280)];

    /// <summary>Asserts that axe finds nothing and that nothing sticks out, dark on a phone and light on a desk.</summary>
    public static async Task CheckAsync(IPage page, string state)
    {
        foreach (var width in Between)
        {
            await page.SetViewportSizeAsync(width, 900);
            await FitsAsync(page, state, width);
        }

        foreach (var (theme, width) in Looks)
        {
            await page.SetViewportSizeAsync(width, 900);
            await page.EmulateMediaAsync(new PageEmulateMediaOptions { ColorScheme = theme });
            await CheckAsync(page, state, width);
        }
    }

    /// <summary>Asserts that axe finds nothing and that nothing sticks out as the page is now, which has this width.</summary>
    public static async Task CheckAsync(IPage page, string state, int width)
    {
        if (!await page.EvaluateAsync<bool>("() => 'axe' in window"))
        {
            await page.EvaluateAsync(Script);
        }

        await FitsAsync(page, state, width);
        var found = await page.EvaluateAsync<string[]>(Look);
        Assert.True(found.Length == 0, $"{state} at {width}:\n{string.Join('\n', found)}");
    }

    private static async Task FitsAsync(IPage page, string state, int width)
    {
        var beyond = await page.EvaluateAsync<int>("() => document.documentElement.scrollWidth - document.documentElement.clientWidth");
        Assert.True(beyond <= 0, $"{state} at {width}: {beyond} pixels have to be scrolled to sideways");
    }
}
