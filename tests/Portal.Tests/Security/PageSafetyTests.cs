using System.Reflection;
using System.Text.RegularExpressions;

namespace BlokSec.Portal.Tests.Security;

/// <summary>The Content-Security-Policy holds only while nobody writes a script or a style into a page.</summary>
public sealed partial class PageSafetyTests
{
    private static readonly string Portal = typeof(PageSafetyTests).Assembly.GetCustomAttributes<AssemblyMetadataAttribute>()
        .Single(data => data.Key == "PortalFolder").Value!;

    [Fact]
    public void The_policy_allows_no_inline_script_no_inline_style_and_no_eval()
    {
        var policy = Policy().Match(Read("wwwroot/index.html")).Groups[1].Value;
        Assert.Contains("default-src 'none'", policy, StringComparison.Ordinal);
        Assert.Contains("script-src 'self' 'wasm-unsafe-eval';", policy, StringComparison.Ordinal);
        Assert.Contains("style-src 'self';", policy, StringComparison.Ordinal);
        Assert.DoesNotContain("unsafe-inline", policy, StringComparison.Ordinal);
        Assert.DoesNotContain("'unsafe-eval'", policy, StringComparison.Ordinal);
    }

    [Fact]
    public void No_page_has_a_script_a_style_or_a_handler_in_it()
    {
        foreach (var file in Files("*.razor").Append(Path.Combine(Portal, "wwwroot/index.html")))
        {
            Assert.False(Inline().IsMatch(File.ReadAllText(file)), $"{file} has a script, a style or a handler in it.");
        }
    }

    [Fact]
    public void Nothing_is_fetched_from_others()
    {
        foreach (var file in Files("*.css").Concat(Files("*.js")).Concat(Files("*.razor")))
        {
            Assert.False(Foreign().IsMatch(File.ReadAllText(file)), $"{file} names another host.");
        }
    }

    [GeneratedRegex("http-equiv=\"Content-Security-Policy\" content=\"([^\"]+)\"")]
    private static partial Regex Policy();

    [GeneratedRegex(@"<script(?![^>]*\ssrc=)|<style|\sstyle=""|\son[a-z]+=""")]
    private static partial Regex Inline();

    [GeneratedRegex(@"https?://(?!www\.w3\.org/2000/svg)")]
    private static partial Regex Foreign();

    private static string Read(string path) => File.ReadAllText(Path.Combine(Portal, path));

    private static IEnumerable<string> Files(string pattern) =>
        Directory.EnumerateFiles(Portal, pattern, SearchOption.AllDirectories)
            .Where(file => !file.Contains($"{Path.DirectorySeparatorChar}bin{Path.DirectorySeparatorChar}", StringComparison.Ordinal)
                && !file.Contains($"{Path.DirectorySeparatorChar}obj{Path.DirectorySeparatorChar}", StringComparison.Ordinal));
}
