using System.Collections.Concurrent;
using System.Diagnostics.Metrics;
using System.Security.Cryptography;
using System.Text.Json;
using BlokSec.Contracts;
using BlokSec.Functions.Push;
using BlokSec.Functions.Tests.Infrastructure;
using BlokSec.Local.Apns;
using BlokSec.Local.Faults;
using BlokSec.Local.Fcm;
using Microsoft.Azure.Cosmos;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Time.Testing;

namespace BlokSec.Functions.Tests.Push;

/// <summary>Both providers on loopback, one virtual phone each, and the app's push senders in front of them.</summary>
internal sealed class PushCloud : IAsyncDisposable
{
    public const string TeamId = "TEAM123456";
    public const string KeyId = "KEY1234567";
    public const string Topic = "io.bloksec.app";
    public const string ProjectId = "bloksec-test";
    public const string ClientEmail = "sender@bloksec-test.iam.gserviceaccount.com";
    public const string FcmToken = "dQw4w9WgXcQ-abcdefghij:APA91bH_secret_registration_token";
    public const string PushId = "8f14e45f-ceea-467f-ab4b-1b5d9c1d2e3f";

    public static readonly string ApnsToken = string.Concat(Enumerable.Repeat("5ecre70f", 8)).Replace('r', 'a').Replace('o', 'b');

    private static readonly ECDsa ApnsKey = ECDsa.Create(ECCurve.NamedCurves.nistP256);
    private static readonly RSA FcmKey = RSA.Create(2048);

    private readonly List<ServiceProvider> apps = [];
    private readonly ConcurrentDictionary<object, bool> meters = new();
    private readonly MeterListener listener = new();

    public FakeTimeProvider Time { get; } = new(new DateTimeOffset(2026, 3, 1, 12, 0, 0, TimeSpan.Zero));

    public Traffic Traffic { get; } = new();

    public MemoryContainer Database { get; } = new();

    public CapturedLogs Logs { get; } = new(LogLevel.Trace);

    /// <summary>Measurements as <c>name provider outcome</c>.</summary>
    public ConcurrentQueue<string> Metrics { get; } = new();

    public ApnsStandIn Apns { get; private set; } = null!;

    public FcmStandIn Fcm { get; private set; } = null!;

    public PushSenders Senders { get; private set; } = null!;

    public static async Task<PushCloud> StartAsync(Action<Dictionary<string, string?>>? configure = null, int? streams = null)
    {
        var cloud = new PushCloud();
        cloud.Apns = await ApnsStandIn.StartAsync(
            new ApnsStandInOptions
            {
                TeamId = TeamId,
                KeyId = KeyId,
                PublicKey = ApnsKey.ExportSubjectPublicKeyInfoPem(),
                Topic = Topic,
                Streams = streams,
            },
            cloud.Traffic,
            cloud.Time);
        cloud.Fcm = await FcmStandIn.StartAsync(
            new FcmStandInOptions
            {
                ProjectId = ProjectId,
                ClientEmail = ClientEmail,
                PublicKey = FcmKey.ExportSubjectPublicKeyInfoPem(),
                Streams = streams,
            },
            cloud.Traffic,
            cloud.Time);
        cloud.Apns.Register(ApnsToken, ApnsEnvironment.Production, _ => Task.CompletedTask);
        cloud.Fcm.Register(FcmToken, _ => Task.CompletedTask);
        cloud.Listen();
        cloud.Senders = cloud.StartApp(configure).GetRequiredService<PushSenders>();
        return cloud;
    }

    /// <summary>One more instance of the app.</summary>
    public ServiceProvider StartApp(Action<Dictionary<string, string?>>? configure = null)
    {
        var settings = Settings();
        configure?.Invoke(settings);
        var app = new ServiceCollection()
            .AddSingleton<IConfiguration>(new ConfigurationBuilder().AddInMemoryCollection(settings).Build())
            .AddSingleton<TimeProvider>(Time)
            .AddSingleton<Container>(Database.Object)
            .AddLogging(logging => logging.SetMinimumLevel(LogLevel.Trace).AddProvider(Logs))
            .AddPush()
            .BuildServiceProvider(validateScopes: true);
        apps.Add(app);
        meters[app.GetRequiredService<IMeterFactory>()] = true;
        return app;
    }

    public RevokePush ToApple(string? token = null, PushEnvironment environment = PushEnvironment.Production) =>
        Push(new PushHandle(PushHandleKind.Apns, token ?? ApnsToken, environment, Time.GetUtcNow().AddDays(-10)));

    public RevokePush ToAndroid(string? token = null, PushHandleKind kind = PushHandleKind.FcmToken) =>
        Push(new PushHandle(kind, token ?? FcmToken, PushEnvironment.Production, Time.GetUtcNow().AddDays(-10)));

    public Task<PushResult> SendAsync(RevokePush push) => Senders.SendAsync(push, TestContext.Current.CancellationToken);

    /// <summary>Pushes to Apple, one after the other, that get no answer in time.</summary>
    public async Task HangAsync(int pushes)
    {
        for (var count = 0; count < pushes; count++)
        {
            var arrived = new TaskCompletionSource();
            Traffic.Hook = (_, stage) =>
            {
                arrived.TrySetResult();
                return stage == FaultStage.Before ? Task.Delay(Timeout.Infinite, TestContext.Current.CancellationToken) : Task.CompletedTask;
            };
            var sending = SendAsync(ToApple());
            await arrived.Task;
            Time.Advance(TimeSpan.FromSeconds(10));
            Assert.Equal("TimedOut", Assert.IsType<PushResult.Unavailable>(await sending).Reason);
        }

        Traffic.Hook = null;
    }

    public int Sends(string standIn) => Traffic.Seen.Count(request => request.StandIn == standIn && request.Operation == "send");

    public async ValueTask DisposeAsync()
    {
        foreach (var app in apps)
        {
            await app.DisposeAsync();
        }

        listener.Dispose();
        await Apns.DisposeAsync();
        await Fcm.DisposeAsync();
    }

    public RevokePush ToIphoneByGoogle() => ToAndroid() with { Platform = DevicePlatform.Ios };

    /// <summary>A push to Apple or Google.</summary>
    public RevokePush To(string provider) => provider == "apns" ? ToApple() : ToAndroid();

    /// <summary>The connections that pushes came on, in the order of the pushes.</summary>
    public string[] Connections(string standIn) =>
        [.. Traffic.Seen.Where(request => request.StandIn == standIn && request.Operation == "send").Select(request => request.Connection)];

    private RevokePush Push(PushHandle handle) => new(
        handle, handle.Kind == PushHandleKind.Apns ? DevicePlatform.Ios : DevicePlatform.Android, PushId, "acme", "user-1", "ZGV2aWNlLXRodW1icHJpbnQtb2YtNDMtY2hhcmFjdGVy", 7, "eyJhbGciOiJFUzI1NiJ9.e30.c2ln",
        Time.GetUtcNow().AddDays(30));

    private Dictionary<string, string?> Settings() => new()
    {
        ["Push:Apns:KeyId"] = KeyId,
        ["Push:Apns:TeamId"] = TeamId,
        ["Push:Apns:PrivateKey"] = ApnsKey.ExportPkcs8PrivateKeyPem(),
        ["Push:Apns:Topic"] = Topic,
        ["Push:Apns:ProductionEndpoint"] = Apns.Production.AbsoluteUri,
        ["Push:Apns:SandboxEndpoint"] = Apns.Sandbox.AbsoluteUri,
        ["Push:Fcm:Endpoint"] = Fcm.Address.AbsoluteUri,
        ["Push:Fcm:ServiceAccount"] = JsonSerializer.Serialize(new
        {
            type = "service_account",
            project_id = ProjectId,
            private_key_id = "abc",
            private_key = FcmKey.ExportPkcs8PrivateKeyPem(),
            client_email = ClientEmail,
            token_uri = Fcm.TokenAddress.AbsoluteUri,
        }),
    };

    private void Listen()
    {
        listener.InstrumentPublished = (instrument, self) =>
        {
            if (instrument.Meter is { Name: "BlokSec.Functions", Scope: not null })
            {
                self.EnableMeasurementEvents(instrument);
            }
        };
        listener.SetMeasurementEventCallback<long>((instrument, _, tags, _) =>
        {
            // Other tests run their own apps in this process.
            if (meters.ContainsKey(instrument.Meter.Scope!))
            {
                var values = tags.ToArray().Select(tag => tag.Value);
                Metrics.Enqueue(string.Join(' ', [instrument.Name, .. values]));
            }
        });
        listener.Start();
    }
}
