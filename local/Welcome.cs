using BlokSec.Local.Live;
using BlokSec.Local.Mail;
using BlokSec.Local.Seed;
using BlokSec.Local.SignIn;

namespace BlokSec.Local;

/// <summary>What is printed when everything runs: where it is, who can sign in, and what to try.</summary>
internal sealed class Welcome(RunOptions options, LocalCloud cloud, Uri console, Uri control, Uri application)
{
    private static string Administrators => string.Join(
        $"{Environment.NewLine}                    ",
        DemoAdministrator.Defaults.Select(administrator =>
            $"{administrator.Name,-15} {administrator.TenantId,-9} {(administrator.Roles.Count == 0 ? "no roles" : string.Join(", ", administrator.Roles))}"));

    public void Print(LiveLog log, IReadOnlyDictionary<string, string> telemetry, TimeSpan elapsed)
    {
        log.Print(FormattableString.Invariant(
            $"""

            BlokSec runs on this machine (started in {elapsed.TotalSeconds:0.0} s). Ctrl-C stops it; its data stays in {options.Folder}.

              Admin console     {console}
              Virtual phones    {control}
              Demo application  {application}
              Mailbox           {control}mailbox

            Sign in as          {Administrators}

            Try this:
              1. Open both addresses side by side. In the console sign in as Alice Adams and open Maria Lopez;
                 {console}users/{DemoPeople.ThreePhones} is her page.
              2. Remove one of her phones, and look at it: "Device Revoked", and it is back at its welcome screen.
              3. Switch a phone to "Lose pushes", remove it, then press "Open the app": "This account is no longer accessible."
              4. Unregister all devices. Make a "New phone", and let it scan the claim QR code.
              5. Sign in by push: in the demo application enter maria.lopez@contoso.example, and type the number on the phone that
                 shows the request.

            For scripts
              API               {cloud.ApiAddress}api ({cloud.ApiAddress}api/openapi.json)
              Sign-in           {cloud.SignIn.Address}
              Phones            {control}phones
              Fault switches    {control}faults
              Requests seen     {control}traffic
              Cosmos DB         {cloud.Cosmos.Address}
              Service Bus       {cloud.ServiceBus.AmqpAddress}
              FCM, APNs         {cloud.Fcm.Address} {cloud.Apns.Production}
              SMTP              {MailStandIn.Host}:{cloud.Mail.Port}
              Telemetry         {telemetry.GetValueOrDefault(LocalTelemetry.Endpoint, $"sent nowhere; set {LocalTelemetry.Endpoint}")}

            """));
        if (options.WithoutHost)
        {
            log.Print(HostSettingsFile.HowToStart(cloud.ApiAddress));
        }
        else if (options.WithoutApp)
        {
            PrintHowToStartTheApp(log);
        }
        else if (!options.Quiet)
        {
            log.Print($"Requests, messages, retries and pushes follow (--quiet leaves them out); all that the function app prints is in {Path.Combine(options.Folder, AppOutput.FileName)}.");
        }
    }

    private void PrintHowToStartTheApp(LiveLog log)
    {
        var file = AppEnvironment.Write(options.Folder, cloud.Settings, options.Ports.App);
        log.Print(
            $"""
            The function app is not started. Start it in a debugger with the environment in {file}
            (VS Code: F5, "Function app"), or in another terminal:

              (set -a; . {file}; exec dotnet functions/bin/Debug/net10.0/BlokSec.Functions.dll)

            Until it connects to http://127.0.0.1:{options.Ports.App}, requests and messages wait for it.
            """);
    }
}
