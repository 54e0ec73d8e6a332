using System.Text.Json.Nodes;
using BlokSec.Local.FunctionsHost.Protocol;

namespace BlokSec.Local.FunctionsHost;

/// <summary>Makes from a function's description the request to load it, as the real host does.</summary>
internal static class FunctionLoading
{
    public static FunctionLoadRequest Request(RpcFunctionMetadata described, IEnumerable<JsonObject> bindings)
    {
        var metadata = new RpcFunctionMetadata
        {
            Name = described.Name,
            Directory = described.Directory,
            EntryPoint = described.EntryPoint,
            ScriptFile = described.ScriptFile,
        };
        foreach (var binding in bindings)
        {
            metadata.Bindings[FunctionReader.Text(binding, "name") ?? ""] = new BindingInfo
            {
                Type = FunctionReader.Text(binding, "type") ?? "",
                Direction = Enum.TryParse<BindingInfo.Types.Direction>(FunctionReader.Text(binding, "direction"), ignoreCase: true, out var direction)
                    ? direction
                    : BindingInfo.Types.Direction.In,
                DataType = Enum.TryParse<BindingInfo.Types.DataType>(FunctionReader.Text(binding, "dataType"), ignoreCase: true, out var type)
                    ? type
                    : BindingInfo.Types.DataType.Undefined,
            };
        }

        return new FunctionLoadRequest { FunctionId = described.FunctionId, Metadata = metadata };
    }
}
