using Azure.Core;
using BlokSec.Functions.Identities;
using BlokSec.Local;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Mvc.Testing;
using Microsoft.AspNetCore.TestHost;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Console;

namespace BlokSec.Functions.Tests.Infrastructure;

/// <summary>The whole function app inside the test process, on a real socket, with the settings of a local system.</summary>
internal sealed class AppFactory : WebApplicationFactory<IdentityStore>
{
    private readonly LocalCloud cloud;
    private readonly TimeProvider time;
    private readonly Action<IServiceCollection>? configure;

    public AppFactory(LocalCloud cloud, TimeProvider time, Action<IServiceCollection>? configure)
    {
        this.cloud = cloud;
        this.time = time;
        this.configure = configure;
        // The port is a setting below: told here, the factory would write it while the app may have started already.
        UseKestrel();
        StartServer();
    }

    /// <summary>Where the app listens: what the Functions host calls.</summary>
    public Uri Address => new(Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.First());

    /// <summary>Everything the app logged.</summary>
    public CapturedLogs Logs { get; } = new();

    protected override void ConfigureWebHost(IWebHostBuilder builder)
    {
        builder.UseEnvironment("Production");
        builder.UseUrls("http://127.0.0.1:0");
        foreach (var (name, value) in cloud.Settings)
        {
            builder.UseSetting(name.Replace("__", ":", StringComparison.Ordinal), value);
        }

        builder.ConfigureLogging(logging => logging.AddFilter<ConsoleLoggerProvider>(null, LogLevel.None).AddProvider(Logs));
        builder.ConfigureTestServices(services =>
        {
            services.AddSingleton(time);
            services.AddSingleton<TokenCredential>(new LocalCredential(cloud.SignIn));
            configure?.Invoke(services);
        });
    }
}
