using System.Globalization;
using System.Text.Json;
using BlokSec.Local.Apns;
using BlokSec.Local.DemoApp;
using BlokSec.Local.Fcm;
using BlokSec.Local.Mail;
using BlokSec.Local.Portal;
using BlokSec.Local.SignIn;

namespace BlokSec.Local;

/// <summary>How the parts of a local system are set up, and what the function app is told of them.</summary>
internal static class LocalSettings
{
    /// <summary>What the Service Bus clients ask the managed identity for.</summary>
    public const string ServiceBusResource = "https://servicebus.azure.net";

    /// <summary>The policy that every Service Bus namespace is made with.</summary>
    public const string ServiceBusPolicy = "RootManageSharedAccessKey";

    /// <summary>What Cosmos clients ask the managed identity for: the account's address, in .NET without its port, or the service's.</summary>
    public static IReadOnlyList<string> CosmosResources { get; } = ["https://127.0.0.1", "https://cosmos.azure.com"];

    /// <summary>The console, as the sign-in service knows it.</summary>
    public const string ConsoleClientId = "bloksec-admin-console";

    private const string ConsoleScope = $"openid profile {SignInStandInOptions.ApiScope}";
    private const string ApiAudience = "bloksec-api";

    // Where the console is returned to after signing in and out
    private static readonly string[] ConsoleReturns = ["/authentication/login-callback", "/authentication/logout-callback"];

    private const string Topic = "io.bloksec.app";
    private const string TeamId = "LOCALTEAM1";
    private const string KeyId = "LOCALKEY01";
    private const string Project = "bloksec-local";
    private const string ServiceAccount = "push@bloksec-local.iam.gserviceaccount.com";

    public static SignInStandInOptions SignIn(LocalCloud cloud, LocalCloudOptions options) => new()
    {
        Port = options.Ports.SignIn,
        KeyPath = Path.Combine(options.Folder, "signin-keys.json"),
        Audience = ApiAudience,
        IdentityHeader = cloud.Keys.IdentityHeader,
        ClientId = ConsoleClientId,
        Origins = options.Ports.ConsoleOrigins(),
        RedirectUris = [.. options.Ports.ConsoleOrigins().SelectMany(origin => ConsoleReturns.Select(path => new Uri(origin + path)))],
    };

    public static FcmStandInOptions Fcm(LocalCloud cloud, LocalCloudOptions options) => new()
    {
        Port = options.Ports.Fcm,
        TokenPort = options.Ports.FcmToken,
        ProjectId = Project,
        ClientEmail = ServiceAccount,
        PublicKey = cloud.Keys.FcmPublicKey(),
    };

    public static ApnsStandInOptions Apns(LocalCloud cloud, LocalCloudOptions options) => new()
    {
        ProductionPort = options.Ports.Apns,
        SandboxPort = options.Ports.ApnsSandbox,
        TeamId = TeamId,
        KeyId = KeyId,
        PublicKey = cloud.Keys.ApnsPublicKey(),
        Topic = Topic,
    };

    /// <summary>The console's settings, and where it is published.</summary>
    public static PortalServerOptions Portal(LocalCloud cloud, LocalCloudOptions options) => new()
    {
        Folder = options.PortalFolder,
        Port = options.Ports.Console,
        Settings = new PortalSettings(
            $"{Text(cloud.ApiAddress)}/api",
            new PortalAuthSettings(cloud.SignIn.Address.AbsoluteUri, ConsoleClientId, ConsoleScope)),
    };

    /// <summary>The demo application, and where its services are.</summary>
    public static DemoAppOptions DemoApp(LocalCloud cloud, LocalCloudOptions options, Uri phones) => new()
    {
        Port = options.Ports.DemoApp,
        Application = DemoApplication.Defaults[0],
        Api = cloud.ApiAddress,
        SignIn = cloud.SignIn.Address,
        Phones = phones,
        Time = options.Time,
    };

    /// <summary>The settings of the function app, as environment variables.</summary>
    public static IReadOnlyDictionary<string, string> Of(LocalCloud cloud, LocalCloudOptions options)
    {
        var settings = new Dictionary<string, string>
        {
            ["Api__PublicUrl"] = Text(cloud.ApiAddress),
            ["Auth__Authority"] = Text(cloud.SignIn.Address),
            ["Auth__Audience"] = ApiAudience,
            ["Cosmos__Endpoint"] = cloud.Cosmos.Address.AbsoluteUri,
            ["ServiceBus"] = cloud.ServiceBus.ConnectionString,
            ["Push__Apns__TeamId"] = TeamId,
            ["Push__Apns__KeyId"] = KeyId,
            ["Push__Apns__PrivateKey"] = cloud.Keys.ApnsKey,
            ["Push__Apns__Topic"] = Topic,
            ["Push__Apns__ProductionEndpoint"] = Text(cloud.Apns.Production),
            ["Push__Apns__SandboxEndpoint"] = Text(cloud.Apns.Sandbox),
            ["Push__Fcm__Endpoint"] = Text(cloud.Fcm.Address),
            ["Push__Fcm__ServiceAccount"] = GoogleCredential(cloud),
            ["Security__Statements__SigningKey"] = cloud.Keys.StatementKey,
            ["Security__Events__SigningKey"] = cloud.Keys.EventKey,
            ["Security__Claims__Key"] = cloud.Keys.ClaimKey,
            ["AuditRoots__Folder"] = Path.GetFullPath(Path.Combine(options.Folder, StateFolder.RootsName)),
            // Receivers are on this machine.
            ["Signals__AllowLoopback"] = "true",
            // No front end stands before the local host, so nobody's word about addresses is taken.
            ["RateLimits__ForwardedHops"] = "0",
            // App Service's protocol for managed identities.
            ["IDENTITY_ENDPOINT"] = cloud.SignIn.IdentityEndpointAddress.AbsoluteUri,
            ["IDENTITY_HEADER"] = cloud.Keys.IdentityHeader,
        };
        foreach (var (name, value) in (options.MailEnabled ? Mail(cloud) : []).Concat(options.AuditStreamEnabled ? Stream(cloud) : []).Concat(options.Settings))
        {
            settings[name] = value;
        }

        return settings;
    }

    /// <summary>No TLS, which is allowed on loopback only.</summary>
    private static Dictionary<string, string> Mail(LocalCloud cloud) => new()
    {
        ["Mail__Host"] = MailStandIn.Host,
        ["Mail__Port"] = cloud.Mail.Port.ToString(CultureInfo.InvariantCulture),
        ["Mail__Tls"] = "None",
        ["Mail__User"] = MailStandIn.User,
        ["Mail__Password"] = cloud.Mail.Password,
        ["Mail__From"] = "no-reply@bloksec.example",
        ["Mail__HelpDesk"] = "the help desk, phone extension 4242",
    };

    /// <summary>No TLS, and so the key: a token goes over TLS only.</summary>
    private static Dictionary<string, string> Stream(LocalCloud cloud) => new()
    {
        ["AuditStream__EventGridEndpoint"] = cloud.EventGrid.Endpoint.AbsoluteUri,
        ["AuditStream__EventGridKey"] = cloud.Keys.EventGridKey,
    };

    private static string Text(Uri address) => address.AbsoluteUri.TrimEnd('/');

    private static string GoogleCredential(LocalCloud cloud) => JsonSerializer.Serialize(new
    {
        type = "service_account",
        project_id = Project,
        private_key_id = "local",
        private_key = cloud.Keys.FcmKey,
        client_email = ServiceAccount,
        client_id = "1",
        token_uri = cloud.Fcm.TokenAddress.AbsoluteUri,
    });
}
