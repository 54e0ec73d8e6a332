namespace BlokSec.Local.Tests.LocalSystem;

public sealed class RunOptionsTests
{
    [Fact]
    public void Every_option_is_understood()
    {
        var options = RunOptions.Parse(["--fresh", "--quiet", "--port-base", "8000", "--without-app", "--without-host"], out _)!;

        Assert.True(options is { Fresh: true, Quiet: true, WithoutApp: true, WithoutHost: true });
        Assert.Equal((8000, 8011), (options.Ports.Functions, options.Ports.App));
    }

    [Fact]
    public void Systems_on_other_ports_have_data_of_their_own()
    {
        var first = RunOptions.Parse([], out _)!;
        var second = RunOptions.Parse(["--port-base", "8000"], out _)!;

        Assert.Equal(LocalPorts.Fixed, first.Ports);
        Assert.Equal(LocalFolders.State, first.Folder);
        Assert.Equal($"{LocalFolders.State}-8000", second.Folder);
    }

    [Theory]
    [InlineData("--bogus", "--bogus")]
    [InlineData("--port-base", "--port-base takes a number")]
    [InlineData("--port-base abc", "--port-base takes a number")]
    [InlineData("--port-base 80", "--port-base takes a number")]
    [InlineData("--port-base 65530", "--port-base takes a number")]
    [InlineData("demo --fresh", "demo")]
    public void What_is_not_understood_is_named(string arguments, string named)
    {
        Assert.Null(RunOptions.Parse(arguments.Split(' '), out var wrong));
        Assert.Contains(named, wrong, StringComparison.Ordinal);
    }

    [Fact]
    public void All_ports_differ()
    {
        var ports = typeof(LocalPorts).GetProperties()
            .Where(property => property.PropertyType == typeof(int))
            .Select(property => (int)property.GetValue(LocalPorts.Fixed)!)
            .ToArray();

        Assert.Equal(Enumerable.Range(LocalPorts.FixedBase, LocalPorts.Count), ports.Order());
    }
}
