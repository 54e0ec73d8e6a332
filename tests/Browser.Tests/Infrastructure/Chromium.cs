namespace BlokSec.Browser.Tests.Infrastructure;

/// <summary>The browser of the tests: the one named by <c>BLOKSEC_CHROMIUM</c>, the system's, or one that Playwright installs.</summary>
internal static class Chromium
{
    private static readonly string[] Installed = ["/usr/bin/chromium", "/usr/bin/chromium-browser", "/usr/bin/google-chrome"];

    private static readonly string[] Quiet =
    [
        "--disable-gpu", "--disable-dev-shm-usage", "--disable-background-networking", "--disable-component-update", "--disable-sync", "--no-first-run",
    ];

    public static Task<IBrowser> LaunchAsync(IPlaywright playwright) => playwright.Chromium.LaunchAsync(new BrowserTypeLaunchOptions
    {
        ExecutablePath = Find() ?? Install(),
        // Chromium refuses to run as root with its sandbox.
        Args = Environment.IsPrivilegedProcess ? [.. Quiet, "--no-sandbox"] : Quiet,
    });

    private static string? Find() =>
        Environment.GetEnvironmentVariable("BLOKSEC_CHROMIUM") is { Length: > 0 } told ? told : Array.Find(Installed, File.Exists);

    /// <summary>Null: Playwright knows where it put its own.</summary>
    private static string? Install() => Microsoft.Playwright.Program.Main(["install", "chromium"]) == 0
        ? null
        : throw new InvalidOperationException(
            "The browser tests need Chromium, and none could be installed. Install one (on Debian: apt-get install chromium), or name one in BLOKSEC_CHROMIUM.");
}
