using BlokSec.Local.Seed;

namespace BlokSec.Local.Demo;

/// <summary>Starts a system of its own, plays the whole story in the terminal, and ends with 0 only if every step was verified.</summary>
internal static class DemoCommand
{
    private const int OutputLinesShown = 60;

    public static async Task<int> RunAsync()
    {
        using var shutdown = new Shutdown();
        var folder = Directory.CreateTempSubdirectory("bloksec-demo-").FullName;
        var output = new System.Collections.Concurrent.ConcurrentQueue<string>();
        try
        {
            await using var cloud = await LocalCloud.StartAsync(new LocalCloudOptions { Folder = folder, Output = output.Enqueue });
            await new DemoData(cloud.Container, cloud.Owners, cloud.Phones, TimeProvider.System).WriteAsync(
                DemoPeople.All().Where(person => person.UserId == DemoPeople.ThreePhones || person.TenantId == DemoPeople.Fabrikam),
                shutdown.Token);
            await cloud.StartHostAsync(attachTo: null, shutdown.Token);
            var story = new Story("A lost phone, from the click to the confirmation", DemoStory.Steps(cloud));
            var result = await story.TellAsync(Terminal.OfProcess(), TimeProvider.System, shutdown.Token);
            if (result == Story.Broken)
            {
                Console.Error.WriteLine($"The last lines of the function app:\n{string.Join('\n', output.TakeLast(OutputLinesShown))}");
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
}
