using System.Net;
using BlokSec.Local;
using BlokSec.Local.Control;
using BlokSec.Local.Demo;
using BlokSec.Local.Seed;
using Microsoft.Azure.Cosmos;

namespace BlokSec.Browser.Tests.Infrastructure;

/// <summary>The whole local system with the demo's people, as one command starts it, and one browser.</summary>
public sealed class BrowserCloud : IAsyncLifetime
{
    // Only what hangs takes so long.
    private const float Patience = 120_000;

    private readonly string folder = Directory.CreateTempSubdirectory("bloksec-browser-").FullName;
    private IPlaywright playwright = null!;
    private ControlServer control = null!;
    private readonly Dictionary<VisitOptions, IBrowserContext> contexts = [];
    private readonly List<(VisitOptions Options, Tab Tab)> idle = [];
    private int users;

    internal LocalCloud Cloud { get; private set; } = null!;

    internal IBrowser Browser { get; private set; } = null!;

    internal Uri Console { get; private set; } = null!;

    internal Uri Phones => control.Address;

    internal Uri DemoApp { get; private set; } = null!;

    public async ValueTask InitializeAsync()
    {
        SetDefaultExpectTimeout(Patience);
        playwright = await Playwright.CreateAsync();
        Browser = await Chromium.LaunchAsync(playwright);
        Cloud = await LocalCloud.StartAsync(new LocalCloudOptions
        {
            Folder = folder,
            Settings = new Dictionary<string, string>
            {
                ["RateLimits__AdministratorPerMinute"] = "100000",
                // A busy machine is no outage.
                ["ServiceBus__SendTimeoutSeconds"] = "60",
                ["Push__TimeoutSeconds"] = "60",
            },
        });
        await Cloud.SeedAsync(CancellationToken.None);
        Console = (await Cloud.StartPortalAsync()).Address;
        control = await ControlServer.StartAsync(Cloud, port: 0);
        DemoApp = (await Cloud.StartDemoAppAsync(control.Address)).Address;
        await (await Cloud.StartHostAsync()).WaitUntilReadyAsync(CancellationToken.None);
        await AnswersAsync();
    }

    public async ValueTask DisposeAsync()
    {
        await Browser.DisposeAsync();
        playwright.Dispose();
        await control.DisposeAsync();
        await Cloud.DisposeAsync();
        try
        {
            Directory.Delete(folder, recursive: true);
        }
        catch (IOException)
        {
            // A phone wrote down at this moment what it was doing: it stays in the folder for temporary files.
        }
    }

    /// <summary>A browser of this look; the same one each time, as its cache of the console's files saves most of a test's time.</summary>
    internal async Task<IBrowserContext> ContextAsync(VisitOptions options)
    {
        if (!contexts.TryGetValue(options, out var context))
        {
            context = contexts[options] = await Browser.NewContextAsync(new BrowserNewContextOptions
            {
                ViewportSize = new ViewportSize { Width = options.Width, Height = options.Height },
                ColorScheme = options.Theme,
                ReducedMotion = ReducedMotion.Reduce,
                Permissions = ["clipboard-read", "clipboard-write"],
            });
            context.SetDefaultTimeout(Patience);
        }

        return context;
    }

    /// <summary>A console that somebody left signed in a moment ago; null when there is none.</summary>
    internal Tab? TakeIdle(VisitOptions options, string administrator)
    {
        var index = idle.FindIndex(left => left.Options == options && left.Tab.Administrator == administrator && left.Tab.IsFresh);
        if (index < 0)
        {
            return null;
        }

        var tab = idle[index].Tab;
        idle.RemoveAt(index);
        return tab;
    }

    /// <summary>Keeps a console for the next visitor; false when it cannot be used again.</summary>
    internal async Task<bool> KeepIdleAsync(VisitOptions options, Tab tab)
    {
        await tab.Page.UnrouteAllAsync();
        await tab.Page.SetViewportSizeAsync(options.Width, options.Height);
        await tab.Page.EmulateMediaAsync(new PageEmulateMediaOptions { ColorScheme = options.Theme });
        if (!await tab.RestAsync())
        {
            return false;
        }

        idle.Add((options, tab));
        return true;
    }

    /// <summary>Changes a stored document of a user, where waiting for it would take hours.</summary>
    internal async Task PatchAsync(BrowserUser user, string id, params IReadOnlyList<PatchOperation> changes)
    {
        var key = new PartitionKeyBuilder().Add(user.TenantId).Add(user.UserId).Build();
        using var response = await Cloud.Container.PatchItemStreamAsync(id, key, changes, cancellationToken: TestContext.Current.CancellationToken);
        response.EnsureSuccessStatusCode();
    }

    /// <summary>A user of one test alone. The first phone is an iPhone, the second an Android phone.</summary>
    internal async Task<BrowserUser> NewUserAsync(
        int phones, int accounts = 3, string tenantId = DemoPeople.Contoso, bool invited = false, string? department = null)
    {
        var number = Interlocked.Increment(ref users);
        var given = $"Vera{number}";
        var person = new DemoPerson(tenantId, $"vera-{number}", given, "Walker", phones, accounts) { IsInvited = invited, Department = department };
        var enrolled = await new DemoData(Cloud.Container, Cloud.Owners, Cloud.Phones, TimeProvider.System)
            .WriteAsync(person, TestContext.Current.CancellationToken);
        return new BrowserUser(
            tenantId,
            person.UserId,
            $"{given} Walker",
            [.. enrolled.Select(phone => phone.Phone.State.Facts.Name)],
            [.. enrolled.Select(phone => phone.DeviceId)]);
    }

    /// <summary>Waits for the app's first answer, which may take a slow machine longer than the app itself waits.</summary>
    private async Task AnswersAsync()
    {
        using var admin = new AdminClient(Cloud.ApiAddress, Cloud.SignIn.Address, "alice@contoso.example");
        while (true)
        {
            try
            {
                await admin.UsersAsync("", TestContext.Current.CancellationToken);
                return;
            }
            catch (HttpRequestException exception) when (exception.StatusCode == HttpStatusCode.ServiceUnavailable)
            {
                // It waited long enough for this to be no busy loop.
            }
        }
    }
}

/// <summary>A user of a test.</summary>
/// <param name="TenantId">The tenant.</param>
/// <param name="UserId">The id.</param>
/// <param name="Name">Full name.</param>
/// <param name="Phones">The names of the phones.</param>
/// <param name="DeviceIds">Their device ids, in the same order.</param>
internal sealed record BrowserUser(string TenantId, string UserId, string Name, IReadOnlyList<string> Phones, IReadOnlyList<string> DeviceIds);
