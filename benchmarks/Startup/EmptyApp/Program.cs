// What any isolated worker with ASP.NET Core's integration costs: nothing but an address that answers.
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Mvc;
using Microsoft.Azure.Functions.Worker;
using Microsoft.Azure.Functions.Worker.Builder;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

var builder = FunctionsApplication.CreateBuilder(args);
builder.ConfigureFunctionsWebApplication();
builder.Logging.AddFilter("Microsoft", LogLevel.Warning);
builder.Build().Run();

/// <summary>The process answers.</summary>
internal static class GetLiveness
{
    [Function(nameof(GetLiveness))]
    public static IActionResult Run([HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "health/live")] HttpRequest request) =>
        new ContentResult { Content = $"live {request.Method}", ContentType = "text/plain" };
}
