using System.Collections.Concurrent;
using System.Net;
using BlokSec.Contracts;
using BlokSec.Local;
using BlokSec.Local.Demo;
using BlokSec.Local.Faults;
using BlokSec.Local.FunctionsHost;
using BlokSec.Local.Phones;
using BlokSec.Local.Seed;
using Microsoft.Extensions.DependencyInjection;

namespace BlokSec.Functions.Tests.Infrastructure;

/// <summary>How a test's system differs from the usual one.</summary>
internal sealed record TestCloudOptions
{
    /// <summary>Whether the built app runs as a child process under the local Functions host, instead of inside the test process.</summary>
    public bool Published { get; init; }

    /// <summary>The folder of the published app; the build output when null.</summary>
    public string? AppFolder { get; init; }

    /// <summary>Whether the app is told nothing but what a deployment tells it, and where the stand-ins are.</summary>
    public bool AsDeployed { get; init; }

    /// <summary>Settings of the function app, as environment variables.</summary>
    public IReadOnlyDictionary<string, string> Settings { get; init; } = new Dictionary<string, string>();

    /// <summary>Whether the app sends mails.</summary>
    public bool MailEnabled { get; init; }

    /// <summary>Whether the app streams the audit to Event Grid.</summary>
    public bool AuditStreamEnabled { get; init; }

    /// <summary>Services to replace; only inside the test process.</summary>
    public Action<IServiceCollection>? Configure { get; init; }
}

/// <summary>
/// A whole system for tests: all stand-ins, the Functions host and the function app, over real sockets. Timers tick only when told
/// to. Each test makes users of its own.
/// </summary>
internal sealed class TestCloud : IAsyncDisposable
{
    public const string Alice = "alice@contoso.example";
    public const string Reader = "rob@contoso.example";
    public const string Neighbour = "felix@fabrikam.example";
    public const string Tenant = DemoPeople.Contoso;

    /// <summary>How long a test waits for what should happen in a moment: only what hangs takes so long.</summary>
    public static readonly TimeSpan Patience = TimeSpan.FromMinutes(2);

    /// <summary>Keys that all systems of a run share: to make RSA keys takes longer than to start a system.</summary>
    private static readonly Lazy<string> SharedKeys = new(() =>
    {
        var shared = Directory.CreateTempSubdirectory("bloksec-test-keys-").FullName;
        LocalKeys.LoadOrCreate(shared);
        return Path.Combine(shared, LocalKeys.FileName);
    });

    private readonly string folder = Directory.CreateTempSubdirectory("bloksec-test-").FullName;
    private readonly ConcurrentDictionary<string, AdminClient> clients = new();
    private readonly List<LocalFunctionsHost> otherHosts = [];
    private readonly List<AppInstance> others = [];
    private AppInstance? app;

    private TestCloud() => File.Copy(SharedKeys.Value, Path.Combine(folder, LocalKeys.FileName));

    public ShiftedTime Time { get; } = new();

    public LocalCloud Cloud { get; private set; } = null!;

    public Traffic Traffic => Cloud.Traffic;

    /// <summary>What the function app logged; only inside the test process.</summary>
    public CapturedLogs Logs => app!.Logs;

    public IServiceProvider Services => app!.Services;

    /// <summary>What the function app printed; only as a child process.</summary>
    public ConcurrentQueue<string> Output { get; } = new();

    public static async Task<TestCloud> StartAsync(TestCloudOptions? options = null)
    {
        options ??= new TestCloudOptions();
        var test = new TestCloud();
        var settings = new Dictionary<string, string>(options.Settings);
        if (!options.AsDeployed)
        {
            Hasten(settings);
        }

        test.Cloud = await LocalCloud.StartAsync(new LocalCloudOptions
        {
            Folder = test.folder,
            Time = test.Time,
            Settings = settings,
            TimersEnabled = false,
            MailEnabled = options.MailEnabled,
            AuditStreamEnabled = options.AuditStreamEnabled,
            Output = test.Output.Enqueue,
            AppFolder = options.AppFolder ?? LocalFolders.FunctionApp,
        });
        var host = await test.Cloud.StartHostAsync(attach: !options.Published);
        test.app = options.Published ? null : await AppInstance.StartAsync(test.Cloud, host, test.Time, options.Configure);
        await host.WaitUntilReadyAsync(TestContext.Current.CancellationToken);
        await test.UntilAsync(test.AnswersAsync, "the app answers, whose first call takes a slow machine longer than the app waits");
        return test;
    }

    /// <summary>The API as an administrator calls it.</summary>
    public AdminClient Admin(string username = Alice) =>
        clients.GetOrAdd(username, name => new AdminClient(Cloud.ApiAddress, Cloud.SignIn.Address, name));

    /// <summary>A user with phones and accounts, different from all others.</summary>
    public async Task<TestUser> NewUserAsync(int phones = 1, int accounts = 1, string tenantId = Tenant, bool invited = false)
    {
        var person = new DemoPerson(tenantId, $"user-{Guid.NewGuid():N}"[..20], "Test", "Person", phones, accounts) { IsInvited = invited };
        var enrolled = await new DemoData(Cloud.Container, Cloud.Owners, Cloud.Phones, Time).WriteAsync(person, TestContext.Current.CancellationToken);
        return new TestUser(person.TenantId, person.UserId, [.. enrolled.Select(phone => phone.Phone)], [.. enrolled.Select(phone => phone.DeviceId)]);
    }

    /// <summary>A phone at its welcome screen.</summary>
    public VirtualPhone NewPhone(DevicePlatform platform = DevicePlatform.Ios) => Cloud.Phones.Add(new PhoneFacts
    {
        Name = "New phone",
        Model = platform == DevicePlatform.Ios ? "iPhone 17" : "Pixel 10",
        Platform = platform,
        OsVersion = "1",
    });

    /// <summary>Waits until the condition holds; looks again after whatever any stand-in answers, and a few times a second.</summary>
    public async Task<T> UntilAsync<T>(Func<Task<T?>> ask, string what)
        where T : class
    {
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        patience.CancelAfter(Patience);
        while (true)
        {
            if (await AskAsync(ask) is { } answer)
            {
                return answer;
            }

            try
            {
                var mark = Traffic.Mark;
                await Task.WhenAny(
                    Traffic.WaitAsync(() => Traffic.Mark != mark, patience.Token), Task.Delay(TimeSpan.FromMilliseconds(50), patience.Token));
                patience.Token.ThrowIfCancellationRequested();
            }
            catch (OperationCanceledException cancelled) when (!TestContext.Current.CancellationToken.IsCancellationRequested)
            {
                throw new TimeoutException($"Not so within {Patience.TotalSeconds} s: {what}", cancelled);
            }
        }
    }

    /// <summary>Waits until the operation ended; runs the timer meanwhile if told to.</summary>
    public Task<OperationDetails> EndedAsync(TestUser user, string operationId) => UntilAsync(
        async () =>
        {
            var operation = await Admin(user.AdministratorName).OperationAsync(user.UserId, operationId, TestContext.Current.CancellationToken);
            return operation.Status is OperationStatus.Succeeded or OperationStatus.Failed ? operation : null;
        },
        $"operation {operationId} ended");

    /// <summary>Starts another instance of the app, which takes HTTP calls only, and tells its address.</summary>
    public async Task<Uri> StartAnotherAsync()
    {
        var host = await Cloud.StartAnotherHostAsync();
        otherHosts.Add(host);
        others.Add(await AppInstance.StartAsync(Cloud, host, Time));
        await host.WaitUntilReadyAsync(TestContext.Current.CancellationToken);
        return host.Address;
    }

    /// <summary>Runs the timer function.</summary>
    public Task<bool> ResumeAsync() => Cloud.Host.RunTimerAsync("ResumeOperations");

    public async ValueTask DisposeAsync()
    {
        foreach (var client in clients.Values)
        {
            client.Dispose();
        }

        Traffic.Clear();
        foreach (var host in otherHosts)
        {
            await host.DisposeAsync();
        }

        await Cloud.DisposeAsync();
        foreach (var other in others)
        {
            await other.DisposeAsync();
        }

        if (app is not null)
        {
            await app.DisposeAsync();
        }

        await DeleteAsync(folder);
    }

    /// <summary>A phone may still write down what it was doing when the system ended.</summary>
    private static async Task DeleteAsync(string folder)
    {
        using var patience = new CancellationTokenSource(Patience);
        while (true)
        {
            try
            {
                Directory.Delete(folder, recursive: true);
                return;
            }
            catch (IOException) when (!patience.IsCancellationRequested)
            {
                await Task.Delay(TimeSpan.FromMilliseconds(50), CancellationToken.None);
            }
        }
    }

    /// <summary>The answer; null when the app is too busy to give one, for which a caller waits and asks again.</summary>
    private static async Task<T?> AskAsync<T>(Func<Task<T?>> ask)
        where T : class
    {
        try
        {
            return await ask();
        }
        catch (HttpRequestException exception) when (exception.StatusCode == HttpStatusCode.ServiceUnavailable)
        {
            return null;
        }
    }

    /// <summary>Somebody who may look asks for nobody.</summary>
    private async Task<TestCloud?> AnswersAsync()
    {
        using var answer = await Admin(Reader).Http.GetAsync(new Uri("users/nobody", UriKind.Relative), TestContext.Current.CancellationToken);
        return answer.StatusCode == HttpStatusCode.ServiceUnavailable ? null : this;
    }

    private static void Hasten(Dictionary<string, string> settings)
    {
        // Tests run the timer by hand: work without progress is resumed at once.
        settings.TryAdd("Resume__NotStartedSeconds", "0");
        settings.TryAdd("Resume__RunningSeconds", "0");
        settings.TryAdd("Resume__PushOverdueSeconds", "0");
        settings.TryAdd("Signals__OverdueSeconds", "0");
        settings.TryAdd("Bulk__OverdueSeconds", "0");
        settings.TryAdd("Bulk__UsersPerSecond", "100");
        // Nor does looking take anything up, unless a test says so.
        settings.TryAdd("Resume__LookedAtSeconds", "86400");
        // They also look far more often than people do.
        settings.TryAdd("RateLimits__AdministratorPerMinute", "100000");
        settings.TryAdd("RateLimits__DevicePerMinute", "100000");
        settings.TryAdd("RateLimits__ForwardedHops", "1");
        settings.TryAdd("RateLimits__UserWritesPerMinute", "100000");
        settings.TryAdd("RateLimits__UserEnrollmentsPerMinute", "100000");
        settings.TryAdd("RateLimits__AddressPerMinute", "100000");
        settings.TryAdd("RateLimits__StrangersPerMinute", "100000");
        // What a call costs, and at which request it is killed, is counted: who called is not written beside it.
        settings.TryAdd("Administrators__RememberDays", "0");
        // A read now and then would be counted as well.
        settings.TryAdd("Policies__RememberSeconds", "86400");
        // A busy machine is no outage.
        settings.TryAdd("ServiceBus__SendTimeoutSeconds", "60");
        settings.TryAdd("Push__TimeoutSeconds", "60");
        settings.TryAdd("Signals__TimeoutSeconds", "60");
    }
}

/// <summary>A user of a test.</summary>
/// <param name="TenantId">The tenant.</param>
/// <param name="UserId">The id.</param>
/// <param name="Phones">The virtual phones.</param>
/// <param name="DeviceIds">The devices' ids, in the phones' order.</param>
internal sealed record TestUser(string TenantId, string UserId, IReadOnlyList<VirtualPhone> Phones, IReadOnlyList<string> DeviceIds)
{
    /// <summary>An administrator of the user's tenant who may do everything.</summary>
    public string AdministratorName => TenantId == TestCloud.Tenant ? TestCloud.Alice : TestCloud.Neighbour;
}
