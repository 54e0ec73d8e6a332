using System.Runtime.InteropServices;
using BlokSec.Local;
using BlokSec.Local.Faults;
using BlokSec.Local.Seed;
using Microsoft.Azure.Cosmos;

namespace BlokSec.Benchmarks.SignIns;

/// <summary>
/// How long it takes from an application's request for a sign-in until the provider accepted the push: the function app in a process of its own,
/// under the local host; bus, database, providers and application in this one. The same rate over the bus and the providers alone, in the
/// same run, is what it is compared with. Read the multiple: times differ from run to run and from machine to machine.
/// </summary>
internal static class SignInBenchmark
{
    private const int PerSecond = 50;
    private const int Count = 20 * PerSecond;

    /// <summary>Requests until all code is compiled as far as it ever will be.</summary>
    private const int WarmUp = 10 * PerSecond;

    /// <summary>
    /// Each asks once before anything comes at a rate, as the app looks for a user by a hint once and the local database reads everything for that; then
    /// every ten seconds, three times. That is not yet too often for the app.
    /// </summary>
    private const int Users = 10 * PerSecond;

    public static async Task RunAsync()
    {
        var folder = Directory.CreateTempSubdirectory("bloksec-sign-ins-").FullName;
        try
        {
            await RunAsync(folder);
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    private static async Task RunAsync(string folder)
    {
        await using var cloud = await LocalCloud.StartAsync(new LocalCloudOptions { Folder = folder, TimersEnabled = false });
        var users = await SeedAsync(cloud);

        // What phones do with a push is another story.
        cloud.Traffic.Add(new FaultRule { StandIn = "apns", Lose = true });
        cloud.Traffic.Add(new FaultRule { StandIn = "fcm", Lose = true });
        using var application = new SignInApplication(cloud);
        await using (var host = await cloud.StartHostAsync())
        {
            await host.WaitUntilReadyAsync(CancellationToken.None);
            foreach (var user in users)
            {
                await application.AskAsync(user, counts: false);
            }

            await OpenLoop.RunAsync(PerSecond, WarmUp + Count, number => application.AskAsync(users[number % Users], number >= WarmUp));
            await cloud.ServiceBus.WaitUntilIdleAsync(CancellationToken.None);
        }

        await using var bare = await BareWay.StartAsync(cloud);
        await OpenLoop.RunAsync(PerSecond, WarmUp + Count, number => bare.GoAsync(number, number >= WarmUp));
        await PrintAsync(application, bare);
    }

    private static async Task PrintAsync(SignInApplication application, BareWay bare)
    {
        var load = (await File.ReadAllTextAsync("/proc/loadavg")).Split(' ')[0];
        Console.WriteLine(
            $"{PerSecond} requests a second; {Environment.ProcessorCount} processors, {RuntimeInformation.OSDescription}, {RuntimeInformation.FrameworkDescription}, load {load}");
        Console.WriteLine("                                     count    p50 ms    p99 ms    max ms");
        Console.WriteLine($"request to provider's yes           {application.Accepted}");
        foreach (var (provider, times) in application.AcceptedBy)
        {
            Console.WriteLine($"  {provider,-33} {times}");
        }

        Console.WriteLine($"request to its answer               {application.Answered}");
        Console.WriteLine($"bus and provider alone              {bare.Both}");
        Console.WriteLine($"  bus, from send to receive         {bare.Bus}");
        Console.WriteLine($"  provider, from push to answer     {bare.Provider}");
        Console.WriteLine(
            $"multiple                                     {application.Accepted.At(0.5) / bare.Both.At(0.5),7:F1}   {application.Accepted.At(0.99) / bare.Both.At(0.99),7:F1}");
    }

    /// <summary>Half of the users are reached through Apple, half through Google.</summary>
    private static async Task<string[]> SeedAsync(LocalCloud cloud)
    {
        var data = new DemoData(cloud.Container, cloud.Owners, cloud.Phones, TimeProvider.System);
        var users = Enumerable.Range(0, Users).Select(_ => $"user-{Guid.NewGuid():N}"[..20]).ToArray();
        await Parallel.ForAsync(0, users.Length, async (number, stop) =>
        {
            // The first phone is an iPhone, the second one runs Android.
            var phones = await data.WriteAsync(new DemoPerson(DemoPeople.Contoso, users[number], "Test", "Person", Phones: 2, Accounts: 1), stop);
            if (number % 2 == 1)
            {
                await cloud.Container.PatchItemAsync<object>(
                    "user",
                    new PartitionKeyBuilder().Add(DemoPeople.Contoso).Add(users[number]).Build(),
                    [PatchOperation.Set("/activeDeviceId", phones[1].DeviceId)],
                    cancellationToken: stop);
            }
        });
        return users;
    }
}
