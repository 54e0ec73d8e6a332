using System.Text.Encodings.Web;
using System.Text.Json;
using BlokSec.Local.FunctionsHost.Protocol;

namespace BlokSec.Local.FunctionsHost;

/// <summary>Makes what the worker is asked to run.</summary>
internal static class Invocation
{
    private static readonly JsonSerializerOptions Plain = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>An invocation with a new id.</summary>
    /// <param name="function">The function.</param>
    /// <param name="data">What triggered it.</param>
    /// <param name="trace">The trace that it belongs to.</param>
    public static InvocationRequest Of(Function function, TypedData data, RpcTraceContext trace) => new()
    {
        InvocationId = Guid.NewGuid().ToString(),
        FunctionId = function.Load.FunctionId,
        InputData = { new ParameterBinding { Name = function.Binding, Data = data } },
        TraceContext = trace,
    };

    /// <summary>Text, as it is.</summary>
    public static TypedData Text(string text) => new() { String = text };

    /// <summary>Anything but text, as JSON.</summary>
    public static TypedData Json<T>(T value) => new() { Json = JsonSerializer.Serialize(value, Plain) };
}
