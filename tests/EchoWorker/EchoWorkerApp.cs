using Microsoft.Azure.Functions.Worker.Builder;

namespace BlokSec.EchoWorker;

/// <summary>An isolated worker that does what it is told: the process under the hands of the local Functions host's tests.</summary>
public static class EchoWorkerApp
{
    /// <summary>The app, not built yet.</summary>
    /// <param name="args">The command line's arguments.</param>
    public static FunctionsApplicationBuilder Builder(string[] args)
    {
        var builder = FunctionsApplication.CreateBuilder(args);
        builder.ConfigureFunctionsWebApplication();
        return builder;
    }
}
