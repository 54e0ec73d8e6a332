using Microsoft.Azure.Functions.Worker;
using Microsoft.Extensions.Logging;

namespace BlokSec.EchoWorker;

/// <summary>What a queue and a timer set off.</summary>
public sealed partial class TriggeredFunctions(ILogger<TriggeredFunctions> logger)
{
    [Function("SbFn")]
    public Task HandleAsync(
        [ServiceBusTrigger("work", Connection = "ServiceBus")] string message, FunctionContext context, CancellationToken cancellationToken)
    {
        LogMessage(message, context.BindingContext.BindingData["MessageId"]);
        return message switch
        {
            "fail" => throw new InvalidOperationException("Failed as asked for."),
            "hang" => Task.Delay(Timeout.InfiniteTimeSpan, cancellationToken),
            _ => Task.CompletedTask,
        };
    }

    [Function("TimerFn")]
    public void Tick([TimerTrigger("0 0 0 1 1 *")] TimerInfo timer) => LogTick(timer.IsPastDue);

    [LoggerMessage(1, LogLevel.Information, "SbFn got {Message} of id {MessageId}")]
    private partial void LogMessage(string message, object? messageId);

    [LoggerMessage(2, LogLevel.Information, "TimerFn past due: {IsPastDue}")]
    private partial void LogTick(bool isPastDue);
}
