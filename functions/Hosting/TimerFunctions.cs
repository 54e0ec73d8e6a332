using System.Diagnostics;
using BlokSec.Functions.Telemetry;
using Microsoft.Azure.Functions.Worker.Middleware;

namespace BlokSec.Functions.Hosting;

/// <summary>Runs timer functions, each in a trace of its own.</summary>
internal sealed partial class TimerFunctions(ILogger<TimerFunctions> logger) : IFunctionsWorkerMiddleware
{
    public const string Binding = "timerTrigger";

    /// <inheritdoc/>
    public async Task Invoke(FunctionContext context, FunctionExecutionDelegate next)
    {
        var function = context.FunctionDefinition.Name;

        // The host's call is no part of anybody's trace.
        Activity.Current = null;
        using var activity = Sources.Activities.StartActivity(function)?.SetTag("faas.trigger", "timer");
        try
        {
            await next(context);
        }
        catch (Exception exception)
        {
            activity?.SetStatus(ActivityStatusCode.Error, exception.GetType().Name);
            Log.Failed(logger, exception, function);
            throw;
        }
    }

    private static partial class Log
    {
        [LoggerMessage(1, LogLevel.Error, "{Function} failed; the next run continues.")]
        public static partial void Failed(ILogger logger, Exception exception, string function);
    }
}
