using BlokSec.Local.Portal;

namespace BlokSec.Local.Tests.Portal;

/// <summary>The console as it is published.</summary>
public sealed class PublishedPortalTests
{
    /// <summary><c>infra/staticwebapp.config.json</c> says so of these on Azure.</summary>
    [Theory]
    [InlineData("*.wasm")]
    [InlineData("*.dat")]
    public void What_browsers_are_told_to_keep_for_ever_changes_its_name_with_its_content(string pattern) =>
        Assert.All(
            Directory.GetFiles(Path.Combine(LocalFolders.Portal, "_framework"), pattern),
            file => Assert.True(PortalPaths.IsFingerprinted(Path.GetFileName(file)), file));
}
