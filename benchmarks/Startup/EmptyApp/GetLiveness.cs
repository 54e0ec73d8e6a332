using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Mvc;
using Microsoft.Azure.Functions.Worker;

namespace BlokSec.EmptyApp;

/// <summary>The process answers. Public, as functions are: the worker's SDK calls others by reflection, at many times the cost.</summary>
public static class GetLiveness
{
    [Function(nameof(GetLiveness))]
    public static IActionResult Run([HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "health/live")] HttpRequest request)
    {
        ArgumentNullException.ThrowIfNull(request);
        return new ContentResult { Content = $"live {request.Method}", ContentType = "text/plain" };
    }
}
