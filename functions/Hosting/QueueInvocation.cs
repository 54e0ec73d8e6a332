using System.Diagnostics;
using System.Text.Json;
using BlokSec.Functions.Messaging;
using BlokSec.Functions.Telemetry;

namespace BlokSec.Functions.Hosting;

/// <summary>
/// Carries one message from the host to its function and the function's outcome back. The host redelivers a failed message at once
/// and without end of patience, so waiting is done here: the same message is sent again with a scheduled time.
/// </summary>
internal sealed partial class QueueInvocation(QueueSender queues, TimeProvider time, ILogger<QueueInvocation> logger)
{
    /// <summary>How long a call is held when even the bus refuses, so that redelivery does not spin.</summary>
    private static readonly TimeSpan Hold = TimeSpan.FromSeconds(2);

    private static readonly TimeSpan LongestBackOff = TimeSpan.FromMinutes(15);

    /// <summary>Failures after which a message is given up: about two days.</summary>
    private const int MaxAttempts = 200;

    public async Task<IResult> RunAsync<TMessage>(
        string function, string queue, JsonElement envelope, IQueueFunction<TMessage> handler, CancellationToken cancellationToken)
        where TMessage : QueueMessage
    {
        var message = InvocationEnvelope.Read<TMessage>(envelope);
        if (message is null || message.Version != QueueMessage.CurrentVersion)
        {
            return Refuse(function, "The message is not one that this version understands.");
        }

        using var activity = Sources.Activities.StartActivity(function, ActivityKind.Consumer, message.TraceParent);
        using var scope = logger.BeginScope(new Dictionary<string, object>
        {
            ["tenantId"] = message.TenantId,
            ["userId"] = message.UserId,
            ["operationId"] = message.OperationId,
        });
        if (message.DueAt is { } due)
        {
            Measures.Delay(queue, time.GetUtcNow() - due);
        }

        var outcome = await RunSafelyAsync(function, message, handler, cancellationToken);
        return outcome switch
        {
            Outcome.Later later => await SendAgainAsync(function, queue, message, later.When, cancellationToken),
            Outcome.Reject reject => await GiveUpAsync(function, message, handler, reject.Reason, cancellationToken),
            _ => Completed(),
        };
    }

    private async Task<IResult> GiveUpAsync<TMessage>(
        string function, TMessage message, IQueueFunction<TMessage> handler, string reason, CancellationToken cancellationToken)
        where TMessage : QueueMessage
    {
        await handler.GiveUpAsync(message, reason, cancellationToken);
        return Refuse(function, reason);
    }

    private static IResult Completed() => Results.Json(new { });

    private async Task<Outcome> RunSafelyAsync<TMessage>(
        string function, TMessage message, IQueueFunction<TMessage> handler, CancellationToken cancellationToken)
        where TMessage : QueueMessage
    {
        try
        {
            var outcome = await handler.HandleAsync(message, cancellationToken);
            if (outcome is not Outcome.Reject)
            {
                Measures.Message(function, outcome is Outcome.Later ? "later" : "done");
            }

            return outcome;
        }
        catch (Exception exception) when (!cancellationToken.IsCancellationRequested)
        {
            if (message.Attempt >= MaxAttempts && exception is not QueueUnavailableException)
            {
                Log.GivenUp(logger, exception, function, message.Attempt);
                return new Outcome.Reject($"It failed {message.Attempt} times, last with {exception.GetType().Name}.");
            }

            var when = time.GetUtcNow() + BackOff(message.Attempt);
            Log.Failed(logger, exception, function, message.Attempt, when);
            Measures.Message(function, "failed");
            return new Outcome.Later(when);
        }
    }

    private static TimeSpan BackOff(int attempt)
    {
        var longest = Math.Min(LongestBackOff.TotalSeconds, Math.Pow(2, Math.Min(attempt, 10)));
        return TimeSpan.FromSeconds(longest * (0.5 + (Random.Shared.NextDouble() / 2)));
    }

    private async Task<IResult> SendAgainAsync<TMessage>(
        string function, string queue, TMessage message, DateTimeOffset when, CancellationToken cancellationToken)
        where TMessage : QueueMessage
    {
        try
        {
            await queues.SendAsync(queue, message with { Attempt = message.Attempt + 1 }, when, cancellationToken);
            return Completed();
        }
        catch (QueueUnavailableException exception)
        {
            Log.BusRefused(logger, exception, function);
            await Task.Delay(Hold, time, cancellationToken);
            return Results.Json(new { }, statusCode: StatusCodes.Status503ServiceUnavailable);
        }
    }

    private IResult Refuse(string function, string reason)
    {
        Log.Rejected(logger, function, reason);
        Measures.Message(function, "rejected");
        return Results.Json(new { }, statusCode: StatusCodes.Status422UnprocessableEntity);
    }

    private static partial class Log
    {
        [LoggerMessage(1, LogLevel.Warning, "{Function} failed at attempt {Attempt}; its message comes again at {When}.")]
        public static partial void Failed(ILogger logger, Exception exception, string function, int attempt, DateTimeOffset when);

        [LoggerMessage(2, LogLevel.Error, "{Function} rejected its message: {Reason}")]
        public static partial void Rejected(ILogger logger, string function, string reason);

        [LoggerMessage(4, LogLevel.Error, "{Function} is given up after {Attempt} attempts.")]
        public static partial void GivenUp(ILogger logger, Exception exception, string function, int attempt);

        [LoggerMessage(3, LogLevel.Error, "{Function} could not send its message again; the host will redeliver it.")]
        public static partial void BusRefused(ILogger logger, Exception exception, string function);
    }
}
