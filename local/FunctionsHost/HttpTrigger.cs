using System.Globalization;
using BlokSec.Local.FunctionsHost.Protocol;
using Microsoft.Net.Http.Headers;

namespace BlokSec.Local.FunctionsHost;

/// <summary>What a worker that listens for HTTP itself is told of a request: everything but the request, which it gets by HTTP.</summary>
internal static class HttpTrigger
{
    /// <summary>The header that says which invocation a request belongs to.</summary>
    public const string InvocationHeader = "x-ms-invocation-id";

    public static InvocationRequest Invoke(HttpFunction function, HttpRequest request)
    {
        var trace = TraceContext.From(request.Headers.TraceParent, request.Headers.TraceState);
        var invocation = Invocation.Of(function, new TypedData { Http = new RpcHttp() }, trace);
        var metadata = invocation.TriggerMetadata;
        metadata["Headers"] = Invocation.Json(request.Headers.ToDictionary(header => header.Key, header => header.Value.ToString()));
        metadata["Query"] = Invocation.Json(request.Query.ToDictionary(pair => pair.Key, pair => pair.Value.ToString()));
        foreach (var (name, values) in request.Query)
        {
            metadata[name] = Invocation.Text(values.ToString());
        }

        foreach (var (name, value) in request.RouteValues)
        {
            metadata[name] = Invocation.Text(Convert.ToString(value, CultureInfo.InvariantCulture) ?? "");
        }

        return invocation;
    }

    /// <summary>Marks the request that goes to the worker.</summary>
    public static void Mark(HttpRequest request, InvocationRequest invocation)
    {
        request.Headers[InvocationHeader] = invocation.InvocationId;
        request.Headers[HeaderNames.TraceParent] = invocation.TraceContext.TraceParent;
    }
}
