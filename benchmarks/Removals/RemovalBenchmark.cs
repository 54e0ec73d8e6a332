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
/// What the answer to a removal costs, beside the query, the transaction and the message that it makes, made with the SDKs alone by another process.
/// Nothing is taken from the queue meanwhile, so that the rest of the work is not in it.
/// </summary>
internal static class RemovalBenchmark
{
    private const int WarmUp = 200;
    private const int Count = 400;

    public static Task RunAsync()
    {
        var over = new TaskCompletionSource();
        return MeasuredCloud.RunAsync("removals", [], cloud => cloud.Traffic.Hook = HoldAsync, async (cloud, admin, app) =>
        {
            await RunAsync(cloud, admin, app);
            over.SetResult();
        });

        Task HoldAsync(SeenRequest request, FaultStage stage) =>
            stage == FaultStage.After && request is { StandIn: "servicebus", Operation: "receive" }
            && (request.Path.Contains(Queues.Revocations, StringComparison.Ordinal) || request.Path.Contains(Queues.Signals, StringComparison.Ordinal))
                ? over.Task
                : Task.CompletedTask;
    }

    private static async Task RunAsync(LocalCloud cloud, AdminClient admin, AppProcess app)
    {
        var (ours, bare) = (await SeedAsync(cloud, "ours"), await SeedAsync(cloud, "bare"));

        var (times, cpu) = (new Times(), TimeSpan.Zero);
        for (var number = 0; number < WarmUp + Count; number++)
        {
            if (number == WarmUp)
            {
                cpu = app.Cpu;
            }

            var start = Stopwatch.GetTimestamp();
            await admin.RemoveAsync(ours[number].UserId, ours[number].DeviceId, "Lost", CancellationToken.None);
            if (number >= WarmUp)
            {
                times.Since(start);
            }
        }

        var ourCpu = (app.Cpu - cpu).TotalMilliseconds / Count;
        var alone = await BareAsync(cloud, ours[0].UserId, bare);
        Console.WriteLine(MeasuredCloud.Machine);
        Console.WriteLine("                       p50 ms  CPU ms");
        Console.WriteLine($"removal, answered     {times.At(0.5),7:F2} {ourCpu,7:F2}");
        Console.WriteLine($"its calls alone       {alone.Milliseconds,7:F2} {alone.Cpu,7:F2}");
        Console.WriteLine($"multiple              {times.At(0.5) / alone.Milliseconds,7:F2} {ourCpu / alone.Cpu,7:F2}");
    }

    private static async Task<BareSample> BareAsync(LocalCloud cloud, string model, IReadOnlyList<(string UserId, string DeviceId)> users)
    {
        var description = new ProcessStartInfo(Environment.ProcessPath!, ["bare-removals", model, $"{WarmUp}"]) { RedirectStandardInput = true, RedirectStandardOutput = true };
        foreach (var (name, value) in cloud.Settings)
        {
            description.Environment[name] = value;
        }

        using var process = Process.Start(description)!;
        await process.StandardInput.WriteAsync(string.Join('\n', users.Select(user => $"{user.UserId} {user.DeviceId}")));
        process.StandardInput.Close();
        var output = await process.StandardOutput.ReadToEndAsync();
        await process.WaitForExitAsync();
        return process.ExitCode == 0
            ? JsonSerializer.Deserialize<BareSample>(output.Split('\n', StringSplitOptions.RemoveEmptyEntries)[^1])!
            : throw new InvalidOperationException("The bare process failed.");
    }

    private static async Task<IReadOnlyList<(string UserId, string DeviceId)>> SeedAsync(LocalCloud cloud, string name)
    {
        var data = new DemoData(cloud.Container, cloud.Owners, cloud.Phones, TimeProvider.System);
        var users = new (string UserId, string DeviceId)[WarmUp + Count];
        await Parallel.ForAsync(0, users.Length, async (number, stop) =>
        {
            var userId = $"{name}-{number:D5}";
            var phones = await data.WriteAsync(new DemoPerson(DemoPeople.Contoso, userId, "Test", "Person", Phones: 2, Accounts: 1), stop);
            users[number] = (userId, phones[0].DeviceId);
        });
        return users;
    }
}
