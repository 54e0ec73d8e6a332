using System.Diagnostics;
using System.Text.Json;
using BlokSec.Benchmarks.SignIns;
using BlokSec.Functions.Messaging;
using BlokSec.Local;
using BlokSec.Local.Demo;
using BlokSec.Local.Faults;
using BlokSec.Local.Seed;

namespace BlokSec.Benchmarks.Removals;

/// <summary>
/// What a removal costs, beside the requests, messages and pushes that it makes, made with the SDKs alone by another process: until it is answered,
/// while nothing is taken from the queues, and from the call to its last message. The phones lose their pushes, so that none calls back.
/// </summary>
internal static class RemovalBenchmark
{
    /// <summary>Removals before any is measured: until then, compiling is most of what both processes do.</summary>
    private const int WarmUp = 2000;
    private const int Count = 500;

    private static readonly string[] Held = [Queues.Revocations, Queues.RevokePushes, Queues.DeviceDeletions, Queues.Signals];

    public static Task RunAsync() => MeasuredCloud.RunAsync("removals", [], _ => { }, RunAsync);

    private static async Task RunAsync(LocalCloud cloud, AdminClient admin, AppProcess app)
    {
        var (ours, bare) = (await SeedAsync(cloud, "ours", Count), await SeedAsync(cloud, "bare", Count));
        var (oursWhole, bareWhole) = (await SeedAsync(cloud, "ours-whole", WarmUp + Count), await SeedAsync(cloud, "bare-whole", WarmUp + Count));
        await Task.WhenAll(cloud.Phones.Phones.Select(phone => phone.SetLosePushesAsync(true, CancellationToken.None)));

        var whole = await WholeAsync(cloud, admin, app, oursWhole);
        cloud.Traffic.Hook = HoldAsync;
        var answered = await AnsweredAsync(admin, app, ours);
        var alone = await BareAsync(cloud, new BareWork(
            cloud.Settings["Cosmos__Endpoint"],
            cloud.Settings["ServiceBus"],
            await BareDatabase.ReadAsync(
                BareDatabase.Open(cloud.Settings["Cosmos__Endpoint"]), DemoPeople.Contoso, ours[0].UserId, "c.type IN ('operation', 'revocation', 'audit', 'signal')"),
            await RepeatedPush.AcceptedAsync(cloud),
            WarmUp,
            bareWhole,
            bare));
        Console.WriteLine(MeasuredCloud.Machine);
        Console.WriteLine("                               CPU ms   alone   multiple");
        Print("removal, answered", answered.Cpu, alone.Answered.Cpu);
        Print("removal, to its last message", whole, alone.Whole.Cpu);
        Console.WriteLine("                               p50 ms   alone   multiple");
        Print("removal, answered", answered.Milliseconds, alone.Answered.Milliseconds);

        static Task HoldAsync(SeenRequest request, FaultStage stage) =>
            stage == FaultStage.After && request is { StandIn: "servicebus", Operation: "receive" }
            && Array.Exists(Held, queue => request.Path.Contains(queue, StringComparison.Ordinal))
                ? Task.Delay(Timeout.Infinite)
                : Task.CompletedTask;

        static void Print(string what, double ours, double bare) => Console.WriteLine($"{what,-28} {ours,9:F2} {bare,7:F2} {ours / bare,10:F2}");
    }

    /// <summary>Until the answer: removals one after the other.</summary>
    private static async Task<BareSample> AnsweredAsync(AdminClient admin, AppProcess app, IReadOnlyList<RemovedPhone> phones)
    {
        var (times, cpu) = (new Times(), app.Cpu);
        foreach (var phone in phones)
        {
            var start = Stopwatch.GetTimestamp();
            await admin.RemoveAsync(phone.UserId, phone.DeviceId, "Lost", CancellationToken.None);
            times.Since(start);
        }

        return new BareSample(times.At(0.5), (app.Cpu - cpu).TotalMilliseconds / Count);
    }

    /// <summary>To the last message: the next removal begins while the work of those before goes on.</summary>
    /// <returns>Milliseconds of processor time.</returns>
    private static async Task<double> WholeAsync(LocalCloud cloud, AdminClient admin, AppProcess app, IReadOnlyList<RemovedPhone> phones)
    {
        var cpu = TimeSpan.Zero;
        foreach (var part in (RemovedPhone[][])[[.. phones.Take(WarmUp)], [.. phones.Skip(WarmUp)]])
        {
            cpu = app.Cpu;
            foreach (var phone in part)
            {
                await admin.RemoveAsync(phone.UserId, phone.DeviceId, "Lost", CancellationToken.None);
            }

            await cloud.ServiceBus.WaitUntilIdleAsync(CancellationToken.None);
        }

        return (app.Cpu - cpu).TotalMilliseconds / Count;
    }

    private static async Task<BareSamples> BareAsync(LocalCloud cloud, BareWork work)
    {
        using var process = Process.Start(
            new ProcessStartInfo(Environment.ProcessPath!, ["bare-removals"]) { RedirectStandardInput = true, RedirectStandardOutput = true })!;
        await process.StandardInput.WriteAsync(JsonSerializer.Serialize(work));
        process.StandardInput.Close();
        var output = await process.StandardOutput.ReadToEndAsync();
        await process.WaitForExitAsync();
        return process.ExitCode == 0
            ? JsonSerializer.Deserialize<BareSamples>(output.Split('\n', StringSplitOptions.RemoveEmptyEntries)[^1])!
            : throw new InvalidOperationException("The bare process failed.");
    }

    private static async Task<IReadOnlyList<RemovedPhone>> SeedAsync(LocalCloud cloud, string name, int count)
    {
        var data = new DemoData(cloud.Container, cloud.Owners, cloud.Phones, TimeProvider.System);
        var users = new RemovedPhone[count];
        await Parallel.ForAsync(0, users.Length, async (number, stop) =>
        {
            var userId = $"{name}-{number:D5}";
            var phones = await data.WriteAsync(new DemoPerson(DemoPeople.Contoso, userId, "Test", "Person", Phones: 2, Accounts: 1), stop);

            // The first is an iPhone, the second an Android phone.
            users[number] = new RemovedPhone(userId, phones[number % 2].DeviceId);
        });
        return users;
    }
}
