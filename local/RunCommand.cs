using System.Diagnostics;
using BlokSec.Local.Control;
using BlokSec.Local.FunctionsHost;
using BlokSec.Local.Live;

namespace BlokSec.Local;

/// <summary>Starts everything and serves until Ctrl-C.</summary>
internal static class RunCommand
{
    /// <summary>Runs until the end is asked for.</summary>
    /// <param name="options">What is asked for.</param>
    /// <param name="errors">Takes the sentence that says why it cannot start.</param>
    /// <returns>The exit code.</returns>
    public static async Task<int> RunAsync(RunOptions options, TextWriter errors)
    {
        using var shutdown = new Shutdown();
        var log = LiveLog.OfProcess(options.Quiet);
        try
        {
            using var folder = StateFolder.Take(options.Folder);
            options.Ports.CheckFree(options.WithoutHost);
            if (options.Fresh)
            {
                folder.Clear();
            }

            folder.CheckWritable();
            await RunAsync(options, log, shutdown);
            return 0;
        }
        catch (OperationCanceledException) when (shutdown.Token.IsCancellationRequested)
        {
            return 0;
        }
        catch (Exception exception) when (exception is InvalidDataException or IOException or UnauthorizedAccessException)
        {
            await errors.WriteLineAsync($"Cannot start: {exception.Message}");
            return 1;
        }
        catch (WorkerLostException exception)
        {
            await errors.WriteLineAsync($"Cannot start: {exception.Message} What it printed stands above, and whole in {Path.Combine(options.Folder, AppOutput.FileName)}.");
            return 1;
        }
    }

    private static async Task RunAsync(RunOptions options, LiveLog log, Shutdown shutdown)
    {
        var clock = Stopwatch.StartNew();
        var telemetry = LocalTelemetry.OfShell();
        using var output = new AppOutput(options.Folder, log);
        log.Print("Starting the stand-ins: sign-in, Cosmos DB, Service Bus, FCM, APNs, mail.");
        await using var cloud = await LocalCloud.StartAsync(new LocalCloudOptions
        {
            Folder = options.Folder,
            Ports = options.Ports,
            Output = output.Take,
            Watch = log.Show,
            Settings = telemetry,
            MailEnabled = true,
            AuditStreamEnabled = true,
            WithoutApp = options.WithoutApp,
        });
        log.Print("Filling the database, where it is empty.");
        await cloud.SeedAsync(shutdown.Token);
        var portal = await cloud.StartPortalAsync();
        await using var control = await ControlServer.StartAsync(cloud, options.Ports.Control);
        var application = await cloud.StartDemoAppAsync(control.Address);
        if (options.WithoutHost)
        {
            log.Print($"Wrote {HostSettingsFile.Write(LocalFolders.FunctionProject, cloud.Settings, options.Ports)}.");
        }
        else
        {
            await StartHostAsync(options, cloud, log, shutdown);
        }

        new Welcome(options, cloud, portal.Address, control.Address, application.Address).Print(log, telemetry, clock.Elapsed);
        cloud.Traffic.Watch = log.Show;
        await shutdown.WaitAsync();

        // Connections that break from now on are ours.
        cloud.Traffic.Watch = null;
        log.Print("Stopping.");
    }

    private static async Task StartHostAsync(RunOptions options, LocalCloud cloud, LiveLog log, Shutdown shutdown)
    {
        log.Print(options.WithoutApp ? "Starting the Functions host, without the function app." : "Starting the Functions host and the function app.");
        var host = await cloud.StartHostAsync();
        if (!options.WithoutApp)
        {
            await host.WaitUntilReadyAsync(shutdown.Token);
            await cloud.ResumePhonesAsync(shutdown.Token);
        }
    }
}
