namespace BlokSec.Local.FunctionsHost;

/// <summary>What the platform does to answers before they leave.</summary>
internal static class HostPipeline
{
    /// <summary>
    /// What the worker says of CORS has no effect beside the platform's
    /// (https://learn.microsoft.com/azure/app-service/app-service-web-tutorial-rest-api#app-service-cors-vs-your-cors).
    /// </summary>
    public static Task DropCorsOfWorkerAsync(HttpContext context, RequestDelegate next)
    {
        // Of these callbacks the last one registered runs first, so this one runs before the platform's own headers are added.
        context.Response.OnStarting(() =>
        {
            var headers = context.Response.Headers;
            foreach (var name in headers.Keys.Where(name => name.StartsWith("Access-Control-", StringComparison.OrdinalIgnoreCase)).ToList())
            {
                headers.Remove(name);
            }

            return Task.CompletedTask;
        });
        return next(context);
    }

    /// <summary>The real host knows routes with their methods only: another method is another, unknown route.</summary>
    public static async Task AnswerWrongMethodsAsUnknownAsync(HttpContext context, RequestDelegate next)
    {
        await next(context);
        if (context.Response is { StatusCode: StatusCodes.Status405MethodNotAllowed, HasStarted: false }
            && !context.Items.ContainsKey(typeof(HttpProxy)))
        {
            context.Response.Clear();
            context.Response.StatusCode = StatusCodes.Status404NotFound;
        }
    }
}
