using System.Collections.Immutable;
using BlokSec.Local.FunctionsHost.Protocol;
using Status = BlokSec.Local.FunctionsHost.Protocol.StatusResult.Types.Status;

namespace BlokSec.Local.FunctionsHost;

/// <summary>Makes a connected worker ready for invocations: initialize it, learn its functions, load them.</summary>
/// <param name="folder">The app's folder.</param>
/// <param name="reader">Reads its functions.</param>
internal sealed class WorkerHandshake(string folder, FunctionReader reader)
{
    /// <summary>The version of the real host whose ways are followed here.</summary>
    public const string HostVersion = "4.1037.0.0";

    /// <exception cref="InvalidDataException">It cannot start, or has functions that are not supported.</exception>
    /// <exception cref="WorkerGoneException">It left.</exception>
    public async Task RunAsync(WorkerConnection worker)
    {
        var started = await worker.RequestAsync(new StreamingMessage
        {
            WorkerInitRequest = new WorkerInitRequest { HostVersion = HostVersion, WorkerDirectory = folder, FunctionAppDirectory = folder },
        });
        Check(started.WorkerInitResponse?.Result, "The worker cannot be initialized");
        worker.Capabilities = started.WorkerInitResponse!.Capabilities.ToImmutableDictionary();

        var indexed = await worker.RequestAsync(new StreamingMessage
        {
            FunctionsMetadataRequest = new FunctionsMetadataRequest { FunctionAppDirectory = folder },
        });
        var metadata = indexed.FunctionMetadataResponse;
        Check(metadata?.Result, "The worker cannot index its functions");
        if (metadata!.UseDefaultMetadataIndexing)
        {
            throw new InvalidDataException("The worker leaves indexing to the host, which the local host does not do.");
        }

        worker.Functions =
        [
            .. metadata.FunctionMetadataResults.OrderBy(function => function.Name, StringComparer.Ordinal).Select(reader.Read),
        ];
        if (worker.HttpUri is null && worker.Functions.OfType<HttpFunction>().FirstOrDefault() is { } http)
        {
            throw new InvalidDataException(
                $"Function {http.Name}: the worker does not listen for HTTP; the local host needs the integration of ASP.NET Core.");
        }

        await LoadAsync(worker);
    }

    private static async Task LoadAsync(WorkerConnection worker)
    {
        IEnumerable<FunctionLoadResponse> loaded;
        if (worker.Capabilities.ContainsKey("AcceptsListOfFunctionLoadRequests"))
        {
            var all = new FunctionLoadRequestCollection();
            all.FunctionLoadRequests.AddRange(worker.Functions.Select(function => function.Load));
            var answer = await worker.RequestAsync(new StreamingMessage { FunctionLoadRequestCollection = all });
            loaded = answer.FunctionLoadResponseCollection.FunctionLoadResponses;
        }
        else
        {
            var answers = await Task.WhenAll(
                worker.Functions.Select(function => worker.RequestAsync(new StreamingMessage { FunctionLoadRequest = function.Load })));
            loaded = answers.Select(answer => answer.FunctionLoadResponse);
        }

        foreach (var function in loaded)
        {
            var name = worker.Functions.FirstOrDefault(known => known.Load.FunctionId == function.FunctionId)?.Name;
            Check(function.Result, $"Function {name}: the worker cannot load it");
        }
    }

    private static void Check(StatusResult? result, string otherwise)
    {
        if (result?.Status != Status.Success)
        {
            throw new InvalidDataException($"{otherwise}: {result?.Exception?.Message ?? "it does not say why"}");
        }
    }
}
