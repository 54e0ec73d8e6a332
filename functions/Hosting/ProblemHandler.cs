using BlokSec.Contracts;
using BlokSec.Functions.Http;
using BlokSec.Functions.Identities;
using BlokSec.Functions.Messaging;
using Microsoft.AspNetCore.Diagnostics;
using Microsoft.AspNetCore.Mvc;
using Microsoft.Azure.Cosmos;

namespace BlokSec.Functions.Hosting;

/// <summary>Tells every exception of an HTTP function as problem details: bad input says what and where, an outage says 503.</summary>
internal sealed partial class ProblemHandler(ILogger<ProblemHandler> logger) : IExceptionHandler
{
    /// <summary>Seconds after which an outage is worth another try.</summary>
    private const string RetryAfter = "5";

    /// <summary>Seconds after which an operator may have repaired a document.</summary>
    private const string RepairAfter = "300";

    public async ValueTask<bool> TryHandleAsync(HttpContext httpContext, Exception exception, CancellationToken cancellationToken)
    {
        var details = Explain(exception);
        using var scope = CallScope.Begin(httpContext);
        if (exception is UnreadableDocumentException)
        {
            Log.Unreadable(logger, exception, httpContext.Request.Path);
            httpContext.Response.Headers.RetryAfter = RepairAfter;
        }
        else if (details.Status == StatusCodes.Status500InternalServerError)
        {
            Log.Failed(logger, exception, httpContext.Request.Path);
        }
        else if (details.Status == StatusCodes.Status503ServiceUnavailable)
        {
            Log.Unavailable(logger, exception, httpContext.Request.Path);
            httpContext.Response.Headers.RetryAfter = RetryAfter;
        }

        await Results.Problem(details).ExecuteAsync(httpContext);
        return true;
    }

    /// <summary>The answer to a request that took too long.</summary>
    public static Task WriteUnavailableAsync(HttpContext context)
    {
        context.Response.Headers.RetryAfter = RetryAfter;
        return Results.Problem(Unavailable()).ExecuteAsync(context);
    }

    private static ProblemDetails Unavailable() => Problems.Details(
        ProblemCodes.Unavailable,
        "A dependency does not answer. Retry: the request is safe to repeat.");

    private static ProblemDetails Explain(Exception exception) => exception switch
    {
        BadHttpRequestException { StatusCode: StatusCodes.Status413PayloadTooLarge } => Problems.PayloadTooLarge().ProblemDetails,
        BadHttpRequestException { StatusCode: StatusCodes.Status415UnsupportedMediaType } => Problems.UnsupportedMediaType().ProblemDetails,
        BadHttpRequestException bad => BadInput.Explain(bad).ProblemDetails,
        NewerDocumentException => Problems.Details(
            ProblemCodes.ServiceUpdating,
            "A newer version of the service is being rolled out. Nothing was changed; try again in a moment."),
        OutOfScopeException => Problems.OutOfScope().ProblemDetails,
        UnreadableDocumentException => Problems.Details(
            ProblemCodes.DocumentUnreadable,
            "A stored document of this user cannot be read until an operator repairs it, which was logged. Nothing was changed."),
        CosmosException or QueueUnavailableException or HttpRequestException or OperationCanceledException or TimeoutException =>
            Unavailable(),
        _ => Problems.Details(
            ProblemCodes.InternalError, "This is our fault; it was recorded."),
    };

    private static partial class Log
    {
        [LoggerMessage(1, LogLevel.Error, "A request to {Path} failed.")]
        public static partial void Failed(ILogger logger, Exception exception, string path);

        [LoggerMessage(2, LogLevel.Error, "A request to {Path} could not be carried out because a document cannot be read.")]
        public static partial void Unreadable(ILogger logger, Exception exception, string path);

        [LoggerMessage(3, LogLevel.Warning, "A request to {Path} could not be carried out because of an outage.")]
        public static partial void Unavailable(ILogger logger, Exception exception, string path);
    }
}
