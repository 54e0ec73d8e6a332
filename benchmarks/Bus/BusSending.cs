using System.Diagnostics;
using System.Text.Json;
using BlokSec.Functions.Messaging;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

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
    /// <param name="isReady">Whether the process had a second to connect before its first send, as an app has that was started for a request.</param>
    public static async Task RunAsync(bool isReady)
    {
        var cpu = Environment.CpuUsage.TotalTime;
        var builder = Host.CreateApplicationBuilder();
        builder.AddMessaging();
        builder.Services.AddSingleton(TimeProvider.System);
        using var host = builder.Build();
        await host.StartAsync();
        var queues = host.Services.GetRequiredService<QueueSender>();
        if (isReady)
        {
            await Task.Delay(TimeSpan.FromSeconds(1));
        }

        var watch = Stopwatch.StartNew();
        await SendAsync(queues, 0);
        var first = watch.Elapsed.TotalMilliseconds;
        var firstCpu = (Environment.CpuUsage.TotalTime - cpu).TotalMilliseconds;

        await MeasureAsync(WarmUp, number => SendAsync(queues, -1 - number));
        var warm = await MeasureAsync(Messages, number => SendAsync(queues, 1 + number));
        var fanOut = await MeasureAsync(FanOuts, number => FanOutAsync(queues, number));
        await host.StopAsync();
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

    private static Task SendAsync(QueueSender queues, int number) =>
        queues.SendAsync(Queues.RevokePushes, Message($"operation-{Environment.ProcessId}-{number}", "device"), due: null, CancellationToken.None);

    private static Task FanOutAsync(QueueSender queues, int number) => queues.SendAllAsync(
        Queues.DeviceDeletions,
        [.. Enumerable.Range(0, Devices).Select(device => Message($"fan-out-{Environment.ProcessId}-{number}", $"device-{device}"))],
        CancellationToken.None);

    private static RevokePushMessage Message(string operationId, string deviceId) =>
        new() { TenantId = "contoso", UserId = "user", OperationId = operationId, DeviceId = deviceId };
}
