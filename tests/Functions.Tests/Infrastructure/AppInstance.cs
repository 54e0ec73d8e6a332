using Azure.Core;
using BlokSec.Local;
using BlokSec.Local.FunctionsHost;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Azure.Functions.Worker;
using Microsoft.Azure.Functions.Worker.Builder;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Console;

namespace BlokSec.Functions.Tests.Infrastructure;

/// <summary>The whole function app inside the test process, as a worker of a Functions host, with the settings of a local system.</summary>
internal sealed class AppInstance : IAsyncDisposable
{
    private readonly IHost app;

    static AppInstance() =>
        // Of the process, not of one instance: the worker reads host.json there.
        Environment.SetEnvironmentVariable("FUNCTIONS_APPLICATION_DIRECTORY", LocalFolders.FunctionApp);

    private AppInstance(IHost app, CapturedLogs logs)
    {
        this.app = app;
        Logs = logs;
    }

    /// <summary>Everything the app logged.</summary>
    public CapturedLogs Logs { get; }

    public IServiceProvider Services => app.Services;

    /// <summary>Starts the app and connects it to the host.</summary>
    /// <param name="cloud">The local system.</param>
    /// <param name="host">A host that waits for a worker.</param>
    /// <param name="time">The clock.</param>
    /// <param name="configure">Replaces services.</param>
    public static async Task<AppInstance> StartAsync(
        LocalCloud cloud, LocalFunctionsHost host, TimeProvider time, Action<IServiceCollection>? configure = null)
    {
        var logs = new CapturedLogs();
        var builder = Program.CreateBuilder([.. SettingsOf(cloud, host).Select(setting => $"--{setting.Key}={setting.Value}")]);
        builder.Logging.AddFilter<ConsoleLoggerProvider>(null, LogLevel.None).AddProvider(logs);
        builder.Services.AddSingleton(time);
        builder.Services.AddSingleton<TokenCredential>(new LocalCredential(cloud.SignIn));
        ListenAlone(builder);
        configure?.Invoke(builder.Services);
        var instance = new AppInstance(builder.Build(), logs);
        await instance.app.StartAsync();
        return instance;
    }

    public async ValueTask DisposeAsync()
    {
        await app.StopAsync();
        if (app is IAsyncDisposable disposable)
        {
            await disposable.DisposeAsync();
        }
        else
        {
            app.Dispose();
        }
    }

    private static IEnumerable<KeyValuePair<string, string>> SettingsOf(LocalCloud cloud, LocalFunctionsHost host)
    {
        foreach (var (name, value) in cloud.Settings)
        {
            yield return new(name.Replace("__", ":", StringComparison.Ordinal), value);
        }

        yield return new("environment", Environments.Production);
        yield return new("Functions:Worker:HostEndpoint", host.WorkerEndpoint.AbsoluteUri);
        yield return new("Functions:Worker:WorkerId", Guid.NewGuid().ToString());
        yield return new("Functions:Worker:RequestId", Guid.NewGuid().ToString());
        yield return new("Functions:Worker:GrpcMaxMessageLength", $"{int.MaxValue}");
    }

    /// <summary>The worker chooses one address per process, which several instances cannot share.</summary>
    private static void ListenAlone(FunctionsApplicationBuilder builder)
    {
        var port = FreePorts.Next();
        builder.Services.Configure<KestrelServerOptions>(kestrel => kestrel.ListenLocalhost(port));
        builder.Services.PostConfigure<WorkerOptions>(worker => worker.Capabilities["HttpUri"] = $"http://127.0.0.1:{port}/");
    }
}
