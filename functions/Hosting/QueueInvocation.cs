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

    /// <summary>Failures in a row after which a message is given up: about two days. Waiting is no failure.</summary>
    private const int MaxFailures = 200;

    public async Task<IResult> RunAsync<TMessage>(
        string function, string queue, JsonElement envelope, IQueueFunction<TMessage> handler, CancellationToken cancellationToken)
        where TMessage : QueueMessage
    {
        var message = InvocationEnvelope.Read<TMessage>(envelope);
        if (message is null || message.Version != QueueMessage.CurrentVersion)
        {
            return Refuse(function, "The message is not one that this version understands.");
        }

        using var activity = MessageSpans.Process(function, queue, message);
        using var scope = Invocation.About(logger, message.TenantId, message.UserId, message.OperationId);
        if (message.DueAt is { } due)
        {
            Measures.Delay(queue, time.GetUtcNow() - due);
        }

        return await RunAsync(function, message, handler, cancellationToken) switch
        {
            Outcome.Later later => await SendAgainAsync(function, queue, Next(message, later), later.When, cancellationToken),
            Outcome.Reject reject => Refuse(function, reject.Reason),
            _ => Completed(),
        };
    }

    /// <summary>Runs the function. A message is only given up when that is recorded, where an administrator sees it.</summary>
    private async Task<Outcome> RunAsync<TMessage>(
        string function, TMessage message, IQueueFunction<TMessage> handler, CancellationToken cancellationToken)
        where TMessage : QueueMessage
    {
        var outcome = await RunSafelyAsync(
            () => handler.HandleAsync(message, cancellationToken),
            exception => Failed(function, message, exception),
            cancellationToken);
        if (outcome is not Outcome.Reject reject)
        {
            Measures.Message(function, outcome switch
            {
                Outcome.Later { HasFailed: true } => "failed",
                Outcome.Later => "later",
                _ => "done",
            });
            return outcome;
        }

        return await RunSafelyAsync(
            async () =>
            {
                await handler.GiveUpAsync(message, reject.Reason, cancellationToken);
                return reject;
            },
            exception => ComesAgain(function, message, exception),
            cancellationToken);
    }

    private static IResult Completed() => Results.Json(new { });

    private static async Task<Outcome> RunSafelyAsync(
        Func<Task<Outcome>> run, Func<Exception, Outcome> whenFailed, CancellationToken cancellationToken)
    {
        try
        {
            return await run();
        }
        catch (Exception exception) when (!cancellationToken.IsCancellationRequested)
        {
            Activity.Current?.SetStatus(ActivityStatusCode.Error, exception.GetType().Name);
            return whenFailed(exception);
        }
    }

    private Outcome Failed(string function, QueueMessage message, Exception exception)
    {
        if (message.Failures < MaxFailures || exception is QueueUnavailableException)
        {
            return ComesAgain(function, message, exception);
        }

        Log.GivenUp(logger, exception, function, message.Failures);
        return new Outcome.Reject($"It failed {message.Failures} times, last with {exception.GetType().Name}.");
    }

    private Outcome.Later ComesAgain(string function, QueueMessage message, Exception exception)
    {
        var when = time.GetUtcNow() + BackOff(message.Failures);
        Log.Failed(logger, exception, function, message.Attempt, when);
        return new Outcome.Later(when) { HasFailed = true };
    }

    private static TMessage Next<TMessage>(TMessage message, Outcome.Later later)
        where TMessage : QueueMessage =>
        message with { Attempt = message.Attempt + 1, Failures = later.HasFailed ? message.Failures + 1 : 0 };

    private static TimeSpan BackOff(int failures)
    {
        var longest = Math.Min(LongestBackOff.TotalSeconds, Math.Pow(2, Math.Min(failures, 10)));
        return TimeSpan.FromSeconds(longest * (0.5 + (Random.Shared.NextDouble() / 2)));
    }

    private async Task<IResult> SendAgainAsync<TMessage>(
        string function, string queue, TMessage message, DateTimeOffset when, CancellationToken cancellationToken)
        where TMessage : QueueMessage
    {
        try
        {
            await queues.SendAsync(queue, message, when, cancellationToken);
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
        Activity.Current?.SetStatus(ActivityStatusCode.Error, reason);
        return Results.Json(new { }, statusCode: StatusCodes.Status422UnprocessableEntity);
    }

    private static partial class Log
    {
        [LoggerMessage(1, LogLevel.Warning, "{Function} failed at attempt {Attempt}; its message comes again at {When}.")]
        public static partial void Failed(ILogger logger, Exception exception, string function, int attempt, DateTimeOffset when);

        [LoggerMessage(2, LogLevel.Error, "{Function} rejected its message: {Reason}")]
        public static partial void Rejected(ILogger logger, string function, string reason);

        [LoggerMessage(4, LogLevel.Error, "{Function} is given up after {Failures} failures.")]
        public static partial void GivenUp(ILogger logger, Exception exception, string function, int failures);

        [LoggerMessage(3, LogLevel.Error, "{Function} could not send its message again; the host will redeliver it.")]
        public static partial void BusRefused(ILogger logger, Exception exception, string function);
    }
}
