using BlokSec.Local.Seed;

namespace BlokSec.Local.Demo;

/// <summary>Starts a system of its own, plays the whole story in the terminal, and ends with 0 only if every step was verified.</summary>
internal static class DemoCommand
{
    private const int OutputLinesShown = 60;

    /// <param name="withoutHost">Whether somebody else starts the Functions host, at the ports that the README names.</param>
    public static async Task<int> RunAsync(bool withoutHost = false)
    {
        using var shutdown = new Shutdown();
        var folder = Directory.CreateTempSubdirectory("bloksec-demo-").FullName;
        var output = new System.Collections.Concurrent.ConcurrentQueue<string>();
        try
        {
            await using var cloud = await LocalCloud.StartAsync(new LocalCloudOptions
            {
                Folder = folder,
                Output = output.Enqueue,
                MailEnabled = true,
                Ports = withoutHost ? LocalPorts.Fixed : LocalPorts.Free(),
            });
            await new DemoData(cloud.Container, cloud.Owners, cloud.Phones, TimeProvider.System).WriteAsync(
                DemoPeople.All().Where(person => person.UserId == DemoPeople.ThreePhones || person.TenantId == DemoPeople.Fabrikam),
                shutdown.Token);
            await (withoutHost ? WaitForHostAsync(cloud, shutdown.Token) : (await cloud.StartHostAsync()).WaitUntilReadyAsync(shutdown.Token));
            var story = new Story("A lost phone, from the click to the confirmation", DemoStory.Steps(cloud));
            var result = await story.TellAsync(Terminal.OfProcess(), TimeProvider.System, shutdown.Token);
            if (result == Story.Broken)
            {
                await Console.Error.WriteLineAsync($"The last lines of the function app:\n{string.Join('\n', output.TakeLast(OutputLinesShown))}");
            }

            return result;
        }
        catch (OperationCanceledException) when (shutdown.Token.IsCancellationRequested)
        {
            return Story.Interrupted;
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    private static async Task WaitForHostAsync(LocalCloud cloud, CancellationToken cancellationToken)
    {
        HostSettingsFile.Write(LocalFolders.FunctionProject, cloud.Settings, LocalPorts.Fixed);
        Console.WriteLine(HostSettingsFile.HowToStart(cloud.ApiAddress));
        using var http = new HttpClient { BaseAddress = cloud.ApiAddress };
        while (!await AnswersAsync(http, cancellationToken))
        {
            await Task.Delay(TimeSpan.FromMilliseconds(250), cancellationToken);
        }
    }

    private static async Task<bool> AnswersAsync(HttpClient http, CancellationToken cancellationToken)
    {
        try
        {
            using var answer = await http.GetAsync(new Uri("api/health/ready", UriKind.Relative), cancellationToken);
            return answer.IsSuccessStatusCode;
        }
        catch (HttpRequestException)
        {
            return false;
        }
    }
}
