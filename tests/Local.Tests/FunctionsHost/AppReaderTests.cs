using BlokSec.Local.FunctionsHost;

namespace BlokSec.Local.Tests.FunctionsHost;

public sealed class AppReaderTests
{
    [Fact]
    public void Host_json_is_read()
    {
        using var folder = new AppFolder();
        var host = AppReader.ReadHost(folder.FullName);
        Assert.Equal((TimeSpan.FromMinutes(5), 16, TimeSpan.FromMinutes(5), "api"), (host.FunctionTimeout!.Value, host.MaxConcurrentCalls, host.MaxAutoLockRenewal, host.RoutePrefix));
    }

    [Fact]
    public void Host_json_that_says_nothing_means_what_it_means_to_the_real_host()
    {
        using var folder = new AppFolder(new { version = "2.0", functionTimeout = "-1" });
        var host = AppReader.ReadHost(folder.FullName);
        Assert.Equal((null, 16, TimeSpan.FromMinutes(5), "api"), (host.FunctionTimeout, host.MaxConcurrentCalls, host.MaxAutoLockRenewal, host.RoutePrefix));
    }

    [Fact]
    public void The_worker_is_what_the_sdk_wrote()
    {
        var worker = AppReader.ReadWorker(AppFolder.EchoWorker);
        Assert.Equal(
            new WorkerDescription("dotnet", Path.Combine(AppFolder.EchoWorker, "BlokSec.EchoWorker.dll"), AppFolder.EchoWorker),
            worker);
    }

    [Fact]
    public void A_worker_that_is_an_executable_is_looked_for_in_the_apps_folder()
    {
        using var folder = new AppFolder();
        folder.Write("worker.config.json", new { description = new { language = "dotnet-isolated", defaultExecutablePath = "{WorkerRoot}App" } });
        var executable = Path.Combine(folder.FullName, OperatingSystem.IsWindows() ? "App.exe" : "App");
        File.WriteAllText(executable, "");
        Assert.Equal(new WorkerDescription(executable, null, folder.FullName), AppReader.ReadWorker(folder.FullName));
    }

    [Theory]
    [InlineData("""{"version":"2.0","customHandler":{"description":{}}}""", "customHandler")]
    [InlineData("""{"version":"2.0","retry":{"strategy":"fixedDelay"}}""", "retry")]
    [InlineData("""{"version":"2.0","extensions":{"serviceBus":{"prefetchCount":10}}}""", "extensions.serviceBus.prefetchCount = 10")]
    [InlineData("""{"version":"2.0","extensions":{"serviceBus":{"autoCompleteMessages":false}}}""", "autoCompleteMessages = false")]
    [InlineData("""{"version":"1.0"}""", "version")]
    [InlineData("nothing", "is no JSON")]
    public void What_the_local_host_does_not_do_is_refused(string hostJson, string expected)
    {
        using var folder = new AppFolder();
        File.WriteAllText(Path.Combine(folder.FullName, "host.json"), hostJson);
        Assert.Contains(expected, Assert.Throws<InvalidDataException>(() => AppReader.ReadHost(folder.FullName)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Settings_that_say_what_is_done_anyway_are_accepted()
    {
        using var folder = new AppFolder(new
        {
            version = "2.0",
            telemetryMode = "OpenTelemetry",
            extensions = new { serviceBus = new { prefetchCount = 0, autoCompleteMessages = true }, http = new { dynamicThrottlesEnabled = false } },
        });
        Assert.Equal("api", AppReader.ReadHost(folder.FullName).RoutePrefix);
    }

    [Theory]
    [InlineData("host.json")]
    [InlineData("worker.config.json")]
    public void A_file_that_is_missing_is_named(string file)
    {
        using var folder = new AppFolder();
        File.Delete(Path.Combine(folder.FullName, "host.json"));
        var refusal = Assert.Throws<InvalidDataException>(() => file == "host.json" ? (object)AppReader.ReadHost(folder.FullName) : AppReader.ReadWorker(folder.FullName));
        Assert.Contains($"{file} is missing", refusal.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_worker_of_another_language_is_refused()
    {
        using var folder = new AppFolder();
        folder.Write("worker.config.json", new { description = new { language = "node", defaultExecutablePath = "node" } });
        Assert.Contains("dotnet-isolated", Assert.Throws<InvalidDataException>(() => AppReader.ReadWorker(folder.FullName)).Message, StringComparison.Ordinal);
    }
}
