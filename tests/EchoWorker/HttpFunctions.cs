using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Mvc;
using Microsoft.Azure.Functions.Worker;
using Microsoft.Extensions.Logging;

namespace BlokSec.EchoWorker;

/// <summary>What tests ask of the process.</summary>
public sealed partial class HttpFunctions(ILogger<HttpFunctions> logger)
{
    [Function("Process")]
    public static IActionResult Process([HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "process")] HttpRequest request) =>
        Text($"{Environment.ProcessId}");

    [Function("Setting")]
    public static IActionResult Setting([HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "setting/{name}")] HttpRequest request, string name) =>
        Text(Environment.GetEnvironmentVariable(name) ?? "");

    [Function("Folder")]
    public static IActionResult Folder([HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "folder")] HttpRequest request) =>
        Text(Environment.CurrentDirectory);

    [Function("Exit")]
    public static IActionResult Exit([HttpTrigger(AuthorizationLevel.Anonymous, "post", Route = "exit")] HttpRequest request)
    {
        Environment.Exit(int.Parse(request.Query["code"].ToString(), System.Globalization.CultureInfo.InvariantCulture));
        return Text("");
    }

    [Function("Hang")]
    public static async Task<IActionResult> HangAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "post", Route = "hang")] HttpRequest request, CancellationToken cancellationToken)
    {
        await Task.Delay(Timeout.InfiniteTimeSpan, cancellationToken);
        return Text("");
    }

    [Function("Throw")]
    public IActionResult Throw([HttpTrigger(AuthorizationLevel.Anonymous, "post", Route = "throw")] HttpRequest request)
    {
        LogThrow();
        throw new InvalidOperationException("Thrown as asked for.");
    }

    [Function("Trace")]
    public static IActionResult Trace(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "trace")] HttpRequest request, FunctionContext context) =>
        Text(context.TraceContext.TraceParent);

    private static ContentResult Text(string text) => new() { Content = text };

    [LoggerMessage(7, LogLevel.Warning, "About to throw")]
    private partial void LogThrow();
}
