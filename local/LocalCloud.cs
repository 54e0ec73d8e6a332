using BlokSec.Local.Apns;
using BlokSec.Local.Cosmos;
using BlokSec.Local.DemoApp;
using BlokSec.Local.EventGrid;
using BlokSec.Local.Faults;
using BlokSec.Local.Fcm;
using BlokSec.Local.FunctionsHost;
using BlokSec.Local.Mail;
using BlokSec.Local.Phones;
using BlokSec.Local.Phones.Push;
using BlokSec.Local.Portal;
using BlokSec.Local.Seed;
using BlokSec.Local.ServiceBus;
using BlokSec.Local.ServiceBus.Amqp;
using BlokSec.Local.SignIn;
using Microsoft.Azure.Cosmos;

namespace BlokSec.Local;

/// <summary>Azure, Apple and Google on one laptop: the stand-ins, wired to each other, and the virtual phones.</summary>
internal sealed class LocalCloud : IAsyncDisposable
{
    private readonly List<IAsyncDisposable> parts = [];
    private readonly LocalCloudOptions options;
    private LocalFunctionsHost? host;

    private LocalCloud(LocalCloudOptions options)
    {
        this.options = options;
        Directory.CreateDirectory(options.Folder);
        Keys = LocalKeys.LoadOrCreate(options.Folder);
        ApiAddress = new Uri($"http://127.0.0.1:{options.Ports.Functions}");
    }

    /// <summary>All requests to the stand-ins, and their fault switches.</summary>
    public Traffic Traffic { get; } = new();

    /// <summary>The secrets of this system.</summary>
    public LocalKeys Keys { get; }

    /// <summary>Where the Functions host listens, or will.</summary>
    public Uri ApiAddress { get; }

    public SignInStandIn SignIn { get; private set; } = null!;

    public CosmosStandIn Cosmos { get; private set; } = null!;

    public ServiceBusStandIn ServiceBus { get; private set; } = null!;

    public FcmStandIn Fcm { get; private set; } = null!;

    public ApnsStandIn Apns { get; private set; } = null!;

    public MailStandIn Mail { get; private set; } = null!;

    public EventGridStandIn EventGrid { get; private set; } = null!;

    public PhoneBook Phones { get; private set; } = null!;

    /// <summary>The database, past all faults and counters' interest: for seeding and for looking.</summary>
    public Container Container { get; private set; } = null!;

    /// <summary>The registry of keys, in the same way.</summary>
    public Container Owners { get; private set; } = null!;

    public LocalFunctionsHost Host => host ?? throw new InvalidOperationException("The Functions host was not started.");

    /// <summary>The function app's settings that point it to this system.</summary>
    public IReadOnlyDictionary<string, string> Settings { get; private set; } = new Dictionary<string, string>();

    /// <summary>Starts the stand-ins and makes database, container and queues, as a deployment would.</summary>
    public static async Task<LocalCloud> StartAsync(LocalCloudOptions options)
    {
        var cloud = new LocalCloud(options);
        try
        {
            await cloud.StartStandInsAsync();
            await cloud.DeployAsync();
            cloud.Settings = LocalSettings.Of(cloud, options);
            return cloud;
        }
        catch
        {
            await cloud.DisposeAsync();
            throw;
        }
    }

    /// <summary>Starts the Functions host with the built app.</summary>
    /// <param name="attach">Whether the app is started by somebody else, and connects to the host.</param>
    public async Task<LocalFunctionsHost> StartHostAsync(bool attach = false) =>
        host = Keep(await LocalFunctionsHost.StartAsync(HostOptions(options.Ports.Functions) with
        {
            Attach = attach || options.WithoutApp,
            WorkerPort = options.WithoutApp ? options.Ports.App : 0,
            NoTimeout = options.WithoutApp,
        }));

    /// <summary>Starts another host in front of another instance of the app. It only takes calls: queues and timers are the first one's.</summary>
    public Task<LocalFunctionsHost> StartAnotherHostAsync() => LocalFunctionsHost.StartAsync(
        HostOptions(port: 0) with { Attach = true, QueuesEnabled = false, TimersEnabled = false });

    /// <summary>Starts the admin console.</summary>
    public async Task<PortalServer> StartPortalAsync() => Keep(await PortalServer.StartAsync(LocalSettings.Portal(this, options)));

    /// <summary>Starts the demo application.</summary>
    /// <param name="phones">Where the phones are that its page points to.</param>
    public async Task<DemoAppServer> StartDemoAppAsync(Uri phones) => Keep(await DemoAppServer.StartAsync(LocalSettings.DemoApp(this, options, phones)));

    /// <summary>Fills an empty database with the demo's people and phones.</summary>
    public async Task SeedAsync(CancellationToken cancellationToken)
    {
        var demo = new DemoData(Container, Owners, Phones, options.Time);
        if (!await demo.IsThereAsync(cancellationToken))
        {
            await Phones.ClearAsync(cancellationToken);
            await demo.WriteAsync(DemoPeople.All(), cancellationToken);
        }
    }

    /// <summary>Phones that had something left to tell the server tell it now.</summary>
    public Task ResumePhonesAsync(CancellationToken cancellationToken) =>
        Task.WhenAll(Phones.Phones.Select(phone => phone.ResumeAsync(cancellationToken)));

    public async ValueTask DisposeAsync()
    {
        foreach (var part in Enumerable.Reverse(parts))
        {
            await part.DisposeAsync();
        }

        Phones?.Dispose();
        parts.Clear();
    }

    private FunctionsHostOptions HostOptions(int port) => new()
    {
        AppFolder = options.AppFolder,
        Port = port,
        Environment = Settings,
        Output = options.Output,
        Watch = options.Watch,
        TimersEnabled = options.TimersEnabled,
        AllowedOrigins = options.Ports.ConsoleOrigins(),
        Time = options.Time,
    };

    private async Task StartStandInsAsync()
    {
        SignIn = Keep(await SignInStandIn.StartAsync(LocalSettings.SignIn(this, options), Traffic));
        Cosmos = Keep(await CosmosStandIn.StartAsync(
            new CosmosStandInOptions
            {
                Port = options.Ports.Cosmos,
                DatabasePath = Path.Combine(options.Folder, "cosmos.db"),
                ValidateToken = token => SignIn.ValidateAccessTokenAsync(token, [.. LocalSettings.CosmosResources]),
                Time = options.Time,
            },
            Traffic));
        ServiceBus = Keep(await ServiceBusStandIn.StartAsync(
            new ServiceBusOptions
            {
                Queues = Topology.Read().ServiceBus.Queues,
                Port = options.Ports.ServiceBus,
                DatabasePath = Path.Combine(options.Folder, "servicebus.db"),
                IsTokenAccepted = token => SignIn.ValidateAccessTokenAsync(token, LocalSettings.ServiceBusResource),
                Key = new SharedAccessKey(LocalSettings.ServiceBusPolicy, Keys.ServiceBusKey),
                Time = options.Time,
            },
            Traffic));
        Fcm = Keep(await FcmStandIn.StartAsync(LocalSettings.Fcm(this, options), Traffic, options.Time));
        Apns = Keep(await ApnsStandIn.StartAsync(LocalSettings.Apns(this, options), Traffic, options.Time));
        Mail = Keep(MailStandIn.Start(options.Ports.Smtp, Traffic, options.Time));
        EventGrid = Keep(await EventGridStandIn.StartAsync(
            options.Ports.EventGrid, Keys.EventGridKey, token => SignIn.ValidateAccessTokenAsync(token, EventGridStandIn.Resource), Traffic));
        Phones = new PhoneBook(
            Path.Combine(options.Folder, "phones"),
            PhoneBook.CreateHttpClient(),
            new StandInPushInbox(Fcm, Apns),
            new PhoneOptions { PublicAddress = ApiAddress },
            options.Time);
    }

    private async Task DeployAsync()
    {
        var topology = Topology.Read().Cosmos;
        var client = new CosmosClient(
            Cosmos.Address.AbsoluteUri,
            CosmosStandInOptions.EmulatorKey,
            new CosmosClientOptions { ConnectionMode = ConnectionMode.Gateway, LimitToEndpoint = true });
        parts.Add(new Disposing(client));
        Database database = await client.CreateDatabaseIfNotExistsAsync(topology.Database);
        var indexing = Topology.ReadIndexing();
        foreach (var container in topology.Containers)
        {
            var properties = new ContainerProperties(container.Name, container.PartitionKey) { DefaultTimeToLive = container.DefaultTtlSeconds };
            foreach (var index in indexing[container.Name].CompositeIndexes ?? [])
            {
                properties.IndexingPolicy.CompositeIndexes.Add([.. index.Select(path => new CompositePath
                {
                    Path = path.Path,
                    Order = Enum.Parse<CompositePathSortOrder>(path.Order, ignoreCase: true),
                })]);
            }

            // What an earlier version created may be indexed otherwise.
            await database.CreateContainerIfNotExistsAsync(properties);
            await database.GetContainer(container.Name).ReplaceContainerAsync(properties);
        }

        Container = database.GetContainer("identities");
        Owners = database.GetContainer("owners");
    }

    private T Keep<T>(T part)
        where T : IAsyncDisposable
    {
        parts.Add(part);
        return part;
    }

    private sealed class Disposing(IDisposable part) : IAsyncDisposable
    {
        public ValueTask DisposeAsync()
        {
            part.Dispose();
            return ValueTask.CompletedTask;
        }
    }
}
