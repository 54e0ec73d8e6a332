using System.Diagnostics;
using System.Text.Json;
using BlokSec.Functions.Messaging;

namespace BlokSec.Benchmarks.Bus;

/// <summary>
/// The child process that sends: the stand-in is in another process, so that processor time is the sender's alone. It is started again
/// for each sample, because only a new process has a first send.
/// </summary>
internal static class BusSending
{
    private const int WarmUp = 300;
    private const int Messages = 2_000;
    private const int FanOuts = 50;
    private const int Devices = 30;

    /// <summary>Measures, and prints the sample.</summary>
    /// <param name="isOurs">Whether the app's own sender sends, or Microsoft's client bare.</param>
    /// <param name="isReady">Whether the process had a second to connect before its first send, as an app has that was started for a request.</param>
    public static async Task RunAsync(bool isOurs, bool isReady)
    {
        var cpu = Environment.CpuUsage.TotalTime;
        await using var sending = isOurs ? await OurSending.StartAsync() : (ISending)await BareSending.StartAsync(isReady);
        if (isReady)
        {
            await Task.Delay(TimeSpan.FromSeconds(1));
        }

        var watch = Stopwatch.StartNew();
        await sending.SendAsync(Message($"operation-{Environment.ProcessId}-first", "device"));
        var first = watch.Elapsed.TotalMilliseconds;
        var firstCpu = (Environment.CpuUsage.TotalTime - cpu).TotalMilliseconds;

        await MeasureAsync(WarmUp, number => sending.SendAsync(Message($"operation-{Environment.ProcessId}-warm-up-{number}", "device")));
        var warm = await MeasureAsync(Messages, number => sending.SendAsync(Message($"operation-{Environment.ProcessId}-{number}", "device")));
        await MeasureAsync(FanOuts, number => sending.SendAllAsync(FanOut($"warm-up-{number}")));
        var fanOut = await MeasureAsync(FanOuts, number => sending.SendAllAsync(FanOut($"{number}")));
        Console.WriteLine(JsonSerializer.Serialize(
            new BusSample(first, firstCpu, warm.Median.TotalMicroseconds, warm.Cpu.TotalMicroseconds, fanOut.Median.TotalMilliseconds, fanOut.Cpu.TotalMicroseconds)));
    }

    private static async Task<(TimeSpan Median, TimeSpan Cpu)> MeasureAsync(int times, Func<int, Task> act)
    {
        GC.Collect();
        var elapsed = new TimeSpan[times];
        var cpu = Environment.CpuUsage.TotalTime;
        for (var number = 0; number < times; number++)
        {
            var watch = Stopwatch.StartNew();
            await act(number);
            elapsed[number] = watch.Elapsed;
        }

        return (elapsed.Order().ElementAt(times / 2), (Environment.CpuUsage.TotalTime - cpu) / times);
    }

    private static RevokePushMessage[] FanOut(string name) =>
        [.. Enumerable.Range(0, Devices).Select(device => Message($"fan-out-{Environment.ProcessId}-{name}", $"device-{device}"))];

    private static RevokePushMessage Message(string operationId, string deviceId) =>
        new() { TenantId = "contoso", UserId = "user", OperationId = operationId, DeviceId = deviceId };
}
