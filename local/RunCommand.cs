using System.Diagnostics;
using BlokSec.Local.Control;
using BlokSec.Local.Seed;

namespace BlokSec.Local;

/// <summary>Starts everything and serves until Ctrl-C.</summary>
internal static class RunCommand
{
    public static async Task<int> RunAsync(bool fresh)
    {
        using var shutdown = new Shutdown();
        var clock = Stopwatch.StartNew();
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
            });
            await cloud.SeedAsync(shutdown.Token);
            await using var control = await ControlServer.StartAsync(cloud, LocalPorts.Fixed.Control);
            await cloud.StartHostAsync(attachTo: null, shutdown.Token);
            await cloud.ResumePhonesAsync(shutdown.Token);
            Print(cloud, control, clock.Elapsed);
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

    private static void Print(LocalCloud cloud, ControlServer control, TimeSpan elapsed)
    {
        var user = $"{cloud.ApiAddress}api/users/{DemoPeople.ThreePhones}";
        Console.WriteLine(FormattableString.Invariant(
            $"""

            BlokSec runs on this machine (started in {elapsed.TotalSeconds:0.0} s). Ctrl-C stops it; its data stays in {LocalFolders.State}.

              API               {cloud.ApiAddress}api
              API description   {cloud.ApiAddress}api/openapi.json
              Sign-in           {cloud.SignIn.Address}
              Phones            {control.Address}phones
              Fault switches    {control.Address}faults
              Requests seen     {control.Address}traffic
              Cosmos DB         {cloud.Cosmos.Address}
              Service Bus       {cloud.ServiceBus.Address}
              FCM, APNs         {cloud.Fcm.Address} {cloud.Apns.Production}

            Try this next:

              TOKEN=$(curl -s {cloud.SignIn.Address}connect/token -d grant_type=password -d client_id=bloksec-admin-console -d username=alice@contoso.example -d password=local | sed -n 's/.*"access_token": *"\([^"]*\)".*/\1/p')
              curl -s {user} -H "Authorization: Bearer $TOKEN"
              curl -s {user}/unregistration -H "Authorization: Bearer $TOKEN" -H "Content-Type: application/json" -d '{"{"}"confirmation":"unregister all devices"{"}"}'
              curl -s {user}/claim -H "Authorization: Bearer $TOKEN"
            """));
    }
}
