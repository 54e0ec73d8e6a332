using System.Text.Json;
using Microsoft.Azure.Functions.Worker;

namespace BlokSec.EchoWorker;

/// <summary>What a queue and a timer set off.</summary>
public static class TriggeredFunctions
{
    [Function("SbFn")]
    public static Task HandleAsync(
        [ServiceBusTrigger("work", Connection = "ServiceBus")] string message, FunctionContext context, CancellationToken cancellationToken)
    {
        Console.Error.WriteLine($"SbFn got {message} {JsonSerializer.Serialize(context.BindingContext.BindingData["MessageId"])}");
        return message switch
        {
            "fail" => throw new InvalidOperationException("Failed as asked for."),
            "hang" => Task.Delay(Timeout.InfiniteTimeSpan, cancellationToken),
            _ => Task.CompletedTask,
        };
    }

    [Function("TimerFn")]
    public static void Tick([TimerTrigger("0 0 0 1 1 *")] TimerInfo timer) => Console.Error.WriteLine($"TimerFn past due: {timer.IsPastDue}");
}
