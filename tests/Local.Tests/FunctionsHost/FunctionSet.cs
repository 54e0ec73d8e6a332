using System.Text.Json;
using BlokSec.Local.FunctionsHost.Protocol;

namespace BlokSec.Local.Tests.FunctionsHost;

/// <summary>The functions that a worker says it has.</summary>
internal sealed class FunctionSet
{
    public List<RpcFunctionMetadata> All { get; } = [];

    public FunctionSet WithHttp(string name, string route, params string[] methods) => With(
        name,
        new { name = "request", direction = "In", type = "httpTrigger", authLevel = "Anonymous", methods, route, properties = new { } },
        new { name = "$return", type = "http", direction = "Out" });

    public FunctionSet WithQueue(string name, string queueName, string binding = "message") => With(
        name,
        new { name = binding, direction = "In", type = "serviceBusTrigger", dataType = "String", queueName, connection = "ServiceBus", properties = new { } });

    public FunctionSet WithTimer(string name, string schedule, string binding = "timer", bool runOnStartup = false) =>
        With(name, new { name = binding, direction = "In", type = "timerTrigger", schedule, runOnStartup, useMonitor = true, properties = new { } });

    public FunctionSet With(string name, params object[] bindings)
    {
        var metadata = new RpcFunctionMetadata
        {
            Name = name,
            FunctionId = $"id of {name}",
            EntryPoint = $"App.{name}",
            ScriptFile = "App.dll",
            Language = "dotnet-isolated",
        };
        metadata.RawBindings.Add(bindings.Select(binding => JsonSerializer.Serialize(binding)));
        All.Add(metadata);
        return this;
    }
}
