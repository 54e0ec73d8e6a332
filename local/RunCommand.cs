using System.Diagnostics;
using BlokSec.Local.Control;
using BlokSec.Local.Portal;
using BlokSec.Local.Seed;
using BlokSec.Local.SignIn;

namespace BlokSec.Local;

/// <summary>Starts everything and serves until Ctrl-C.</summary>
internal static class RunCommand
{
    public static async Task<int> RunAsync(bool fresh)
    {
        using var shutdown = new Shutdown();
        var clock = Stopwatch.StartNew();
        var telemetry = LocalTelemetry.OfShell();
        if (fresh && Directory.Exists(LocalFolders.State))
        {
            Directory.Delete(LocalFolders.State, recursive: true);
        }

        try
        {
            await using var cloud = await LocalCloud.StartAsync(new LocalCloudOptions
            {
                Folder = LocalFolders.State,
                Ports = LocalPorts.Fixed,
                Output = Console.WriteLine,
                Settings = telemetry,
            });
            await cloud.SeedAsync(shutdown.Token);
            var portal = await cloud.StartPortalAsync();
            await using var control = await ControlServer.StartAsync(cloud, LocalPorts.Fixed.Control);
            await cloud.StartHostAsync(attachTo: null, shutdown.Token);
            await cloud.ResumePhonesAsync(shutdown.Token);
            Print(cloud, portal, control, telemetry, clock.Elapsed);
            await shutdown.WaitAsync();
            Console.WriteLine("Stopping.");
            return 0;
        }
        catch (OperationCanceledException) when (shutdown.Token.IsCancellationRequested)
        {
            return 0;
        }
        catch (IOException exception)
        {
            Console.Error.WriteLine($"Cannot start: {exception.Message} Does another local system run?");
            return 1;
        }
    }

    private static string Administrators => string.Join(
        $"{Environment.NewLine}                    ",
        DemoAdministrator.Defaults.Select(administrator =>
            $"{administrator.Name,-15} {administrator.TenantId,-9} {(administrator.Roles.Count == 0 ? "no roles" : string.Join(", ", administrator.Roles))}"));

    private static void Print(
        LocalCloud cloud, PortalServer portal, ControlServer control, IReadOnlyDictionary<string, string> telemetry, TimeSpan elapsed)
    {
        Console.WriteLine(FormattableString.Invariant(
            $"""

            BlokSec runs on this machine (started in {elapsed.TotalSeconds:0.0} s). Ctrl-C stops it; its data stays in {LocalFolders.State}.

              Admin console     {portal.Address}
              Virtual phones    {control.Address}

            Sign in as          {Administrators}

            Try this:
              1. Open both addresses side by side. In the console sign in as Alice Adams and open Maria Lopez;
                 {portal.Address}users/{DemoPeople.ThreePhones} is her page.
              2. Remove one of her phones, and look at it: "Device Revoked", and it is back at its welcome screen.
              3. Switch a phone to "Lose pushes", remove it, then press "Open the app": "This account is no longer accessible."
              4. Unregister all devices. Make a "New phone", and let it scan the claim QR code.

            For scripts
              API               {cloud.ApiAddress}api ({cloud.ApiAddress}api/openapi.json)
              Sign-in           {cloud.SignIn.Address}
              Phones            {control.Address}phones
              Fault switches    {control.Address}faults
              Requests seen     {control.Address}traffic
              Cosmos DB         {cloud.Cosmos.Address}
              Service Bus       {cloud.ServiceBus.Address}
              FCM, APNs         {cloud.Fcm.Address} {cloud.Apns.Production}
              Telemetry         {telemetry.GetValueOrDefault(LocalTelemetry.Endpoint, $"sent nowhere; set {LocalTelemetry.Endpoint}")}
            """));
    }
}
