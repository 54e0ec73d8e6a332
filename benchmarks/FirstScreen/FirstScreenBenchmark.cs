using System.Globalization;
using BlokSec.Browser.Tests.Infrastructure;
using BlokSec.Local;

namespace BlokSec.Benchmarks.FirstScreen;

/// <summary>
/// How long an administrator waits for the list of users, and for how many bytes: with the published console, in a browser that has never
/// seen it, and in one that has. Over loopback, so the wire costs nothing: what counts is the bytes, and the time of the processor.
/// </summary>
internal static class FirstScreenBenchmark
{
    private const int Rounds = 3;

    public static async Task RunAsync()
    {
        var folder = Directory.CreateTempSubdirectory("bloksec-first-screen-").FullName;
        try
        {
            await using var cloud = await LocalCloud.StartAsync(new LocalCloudOptions { Folder = folder });
            await cloud.SeedAsync(CancellationToken.None);
            var console = (await cloud.StartPortalAsync()).Address;
            await (await cloud.StartHostAsync()).WaitUntilReadyAsync(CancellationToken.None);
            using var playwright = await Playwright.CreateAsync();
            await using var browser = await Chromium.LaunchAsync(playwright);
            Console.WriteLine($"The best of {Rounds} rounds each, {browser.BrowserType.Name} {browser.Version}, {Environment.ProcessorCount} cores");
            foreach (var slowness in new[] { 1, 4 })
            {
                var visits = new List<FirstScreen>();
                for (var round = 0; round < Rounds; round++)
                {
                    visits.Add(await FirstScreen.MeasureAsync(browser, new Uri(console, "users"), slowness));
                }

                Console.WriteLine(string.Create(
                    CultureInfo.InvariantCulture,
                    $"""
                    {(slowness == 1 ? "As it is" : $"Processor slowed down {slowness} times")}
                      never seen before, to the sign-in page   {visits.Min(visit => visit.ToSignIn.TotalSeconds),6:0.00} s   {visits[0].ColdBytes / 1024.0,6:0} KiB, all of it
                      from signing in to the list of users     {visits.Min(visit => visit.ToUsers.TotalSeconds),6:0.00} s
                      the next day, to the list of users       {visits.Min(visit => visit.Again.TotalSeconds),6:0.00} s   {visits[0].WarmBytes / 1024.0,6:0} KiB
                    """));
            }
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }
}
