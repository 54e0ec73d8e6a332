// A custom handler that does what it is told: the process under the hands of the local Functions host's tests.
using System.Globalization;

if (Environment.GetEnvironmentVariable("ECHO_EXIT_AT_START") is { Length: > 0 } code)
{
    return int.Parse(code, CultureInfo.InvariantCulture);
}

var builder = WebApplication.CreateSlimBuilder(args);
builder.Logging.ClearProviders();
builder.WebHost.UseUrls($"http://127.0.0.1:{Environment.GetEnvironmentVariable("FUNCTIONS_CUSTOMHANDLER_PORT")}");
var app = builder.Build();
var probe = "";
app.MapGet("/", (HttpRequest request) =>
{
    var headers = request.Headers.Select(header => $"{header.Key}: {header.Value}");
    probe = $"{request.Method} {request.Path} {request.Protocol}\n{string.Join('\n', headers)}\n\n";
});
app.MapGet("/api/probe", () => probe);
app.MapGet("/api/process", () => $"{Environment.ProcessId}");
app.MapGet("/api/setting", (string name) => Environment.GetEnvironmentVariable(name) ?? "");
app.MapGet("/api/folder", () => Environment.CurrentDirectory);
app.MapPost("/api/exit", (int code) => Environment.Exit(code));
app.MapPost("/api/hang", (CancellationToken cancellationToken) => Task.Delay(Timeout.InfiniteTimeSpan, cancellationToken));
app.MapPost("/{function}", (string function) =>
{
    Console.Error.WriteLine($"invoked {function}");
    return Results.Text("{}", "application/json");
});
app.Lifetime.ApplicationStarted.Register(() => Console.WriteLine("started"));
await app.RunAsync();
return 0;
