using System.Diagnostics;
using System.Net;
using BlokSec.Contracts;
using BlokSec.Functions.Push;
using BlokSec.Functions.Push.Apns;
using BlokSec.Functions.Push.Fcm;
using Microsoft.Extensions.DependencyInjection;

namespace BlokSec.Benchmarks.Push;

/// <summary>
/// Our senders against a plain <see cref="HttpClient"/> that repeats a prebuilt payload, in turns in one process, with the server in
/// another one, so that processor time is the sender's alone. Read the ratios: rates differ from run to run and from machine to machine.
/// </summary>
internal static class PushBenchmark
{
    /// <summary>The default of <see cref="PushOptions.InFlight"/>.</summary>
    private const int InFlight = 20;
    private const int Pushes = 20_000;
    private const int Rounds = 21;

    /// <summary>Rounds until all code is compiled as far as it ever will be.</summary>
    private const int WarmUp = 5;

    public static async Task RunAsync()
    {
        using var server = PushServerProcess.Start();
        await using var app = PushApp.Start(server, InFlight);
        using var client = new HttpClient(new SocketsHttpHandler { EnableMultipleHttp2Connections = false });
        var senders = app.GetRequiredService<PushSenders>();
        var apple = Push(PushHandleKind.Apns);
        var android = Push(PushHandleKind.FcmToken);

        await CompareAsync(
            "APNs", () => OursAsync(senders, apple), Plain(client, server, "/3/device/" + apple.Handle.Value, ApnsPayload.Build(apple).Bytes, Apple));
        await CompareAsync(
            "FCM",
            () => OursAsync(senders, android),
            Plain(client, server, "/v1/projects/benchmark/messages:send", FcmPayload.Build(android).Bytes, Google));
    }

    private static async Task CompareAsync(string provider, Func<Task> ours, Func<Task> plain)
    {
        var (first, second) = (new List<Sample>(), new List<Sample>());
        for (var round = -WarmUp; round < Rounds; round++)
        {
            var (us, them) = (await MeasureAsync(ours), await MeasureAsync(plain));
            if (round >= 0)
            {
                first.Add(us);
                second.Add(them);
            }
        }

        Print(provider, Sample.Median(first), Sample.Median(second));
    }

    private static void Print(string provider, Sample us, Sample them)
    {
        Console.WriteLine($"{provider,-5} {InFlight} in flight   pushes/s   CPU us/push   bytes/push");
        Console.WriteLine($"  ours               {us}");
        Console.WriteLine($"  plain HttpClient   {them}");
        Console.WriteLine(
            $"  ratio              {us.Rate / them.Rate,8:F2}   {us.Cpu / them.Cpu,11:F2}   {us.Bytes / them.Bytes,10:F2}");
    }

    private static async Task<Sample> MeasureAsync(Func<Task> send)
    {
        var left = Pushes;
        var bytes = GC.GetTotalAllocatedBytes();
        var cpu = Environment.CpuUsage.TotalTime;
        var watch = Stopwatch.StartNew();
        await Task.WhenAll(Enumerable.Range(0, InFlight).Select(_ => Task.Run(async () =>
        {
            while (Interlocked.Decrement(ref left) >= 0)
            {
                await send();
            }
        })));
        return new Sample(
            Pushes / watch.Elapsed.TotalSeconds,
            (Environment.CpuUsage.TotalTime - cpu).TotalMicroseconds / Pushes,
            (double)(GC.GetTotalAllocatedBytes() - bytes) / Pushes);
    }

    private static async Task OursAsync(PushSenders senders, RevokePush push)
    {
        var result = await senders.SendAsync(push, CancellationToken.None);
        if (result is not PushResult.Accepted)
        {
            throw new InvalidOperationException(result.ToString());
        }
    }

    private static Func<Task> Plain(HttpClient client, PushServerProcess server, string path, ReadOnlyMemory<byte> payload, Action<HttpRequestMessage> headers)
    {
        // Each phone has an address of its own at Apple; at Google all have the same.
        var constant = path.StartsWith("/3/", StringComparison.Ordinal) ? null : new Uri(server.Address, path);
        var authorization = "bearer " + new string('t', 200);
        return async () =>
        {
            using var request = new HttpRequestMessage(HttpMethod.Post, constant ?? new Uri(server.Address, path))
            {
                Version = HttpVersion.Version20,
                VersionPolicy = HttpVersionPolicy.RequestVersionExact,
                Content = new ReadOnlyMemoryContent(payload),
            };
            request.Headers.TryAddWithoutValidation("authorization", authorization);
            headers(request);
            using var response = await client.SendAsync(request);
            response.EnsureSuccessStatusCode();
        };
    }

    private static void Google(HttpRequestMessage request) =>
        request.Content!.Headers.TryAddWithoutValidation("Content-Type", "application/json");

    private static void Apple(HttpRequestMessage request)
    {
        var headers = request.Headers;
        headers.TryAddWithoutValidation("apns-topic", "io.bloksec.app");
        headers.TryAddWithoutValidation("apns-push-type", "alert");
        headers.TryAddWithoutValidation("apns-priority", "10");
        headers.TryAddWithoutValidation("apns-id", "8f14e45f-ceea-467f-ab4b-1b5d9c1d2e3f");
        headers.TryAddWithoutValidation("apns-expiration", "1774958400");
        headers.TryAddWithoutValidation("apns-collapse-id", "revoke-device");
    }

    private static RevokePush Push(PushHandleKind kind) => new(
        new PushHandle(kind, new string('a', 64), PushEnvironment.Production, DateTimeOffset.UnixEpoch),
        kind == PushHandleKind.Apns ? DevicePlatform.Ios : DevicePlatform.Android,
        "8f14e45f-ceea-467f-ab4b-1b5d9c1d2e3f",
        "tenant",
        "user",
        new string('d', 43),
        1,
        new string('s', 800),
        DateTimeOffset.UnixEpoch.AddYears(60));

    private sealed record Sample(double Rate, double Cpu, double Bytes)
    {
        public static Sample Median(List<Sample> samples) => new(
            Middle(samples, sample => sample.Rate), Middle(samples, sample => sample.Cpu), Middle(samples, sample => sample.Bytes));

        public override string ToString() => $"{Rate,8:F0}   {Cpu,11:F1}   {Bytes,10:F0}";

        private static double Middle(List<Sample> samples, Func<Sample, double> value) =>
            samples.Select(value).Order().ElementAt(samples.Count / 2);
    }
}
