using System.Net;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Azure.Functions.Worker;
using Microsoft.Azure.Functions.Worker.Builder;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace BlokSec.EchoWorker;

/// <summary>An isolated worker that does what it is told: the process under the hands of the local Functions host's tests.</summary>
public static class EchoWorkerApp
{
    /// <summary>The app as a process of its own runs it, not built yet.</summary>
    /// <param name="args">The command line's arguments.</param>
    public static FunctionsApplicationBuilder Builder(string[] args)
    {
        var builder = FunctionsApplication.CreateBuilder(args);
        builder.ConfigureFunctionsWebApplication();
        return builder;
    }

    /// <summary>The app inside somebody else's process, where several may run beside each other.</summary>
    /// <param name="functionsHost">Where the Functions host waits for workers.</param>
    /// <param name="workerId">How it names itself.</param>
    /// <param name="httpPort">Where it listens for HTTP, on 127.0.0.1.</param>
    public static IHost InProcess(Uri functionsHost, string workerId, int httpPort) => new HostBuilder()
        .ConfigureHostConfiguration(configuration => configuration.AddInMemoryCollection(new Dictionary<string, string?>
        {
            ["Functions:Worker:HostEndpoint"] = functionsHost.AbsoluteUri,
            ["Functions:Worker:WorkerId"] = workerId,
            ["Functions:Worker:RequestId"] = workerId,
            ["Functions:Worker:GrpcMaxMessageLength"] = "2147483647",
        }))
        .ConfigureFunctionsWebApplication()
        .ConfigureGeneratedFunctionMetadataProvider()
        .ConfigureGeneratedFunctionExecutor()
        .ConfigureServices(services => services
            .Configure<KestrelServerOptions>(kestrel => kestrel.Listen(IPAddress.Loopback, httpPort))
            .PostConfigure<WorkerOptions>(worker => worker.Capabilities["HttpUri"] = $"http://127.0.0.1:{httpPort}/"))
        .Build();
}
