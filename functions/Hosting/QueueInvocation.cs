using System.Diagnostics;
using System.Net;
using BlokSec.Functions.Identities;
using BlokSec.Functions.Messaging;
using BlokSec.Functions.Telemetry;
using Microsoft.Azure.Cosmos;

namespace BlokSec.Functions.Hosting;

/// <summary>
/// Carries one message to its function and the function's outcome back to the host. The host redelivers a failed message at once, up to
/// <c>maxDeliveryCount</c> times, so waiting is done here: the same message is sent again with a scheduled time.
/// </summary>
internal sealed partial class QueueInvocation(Rescheduling rescheduling, TimeProvider time, ILogger<QueueInvocation> logger)
{
    /// <summary>How long work waits that only an instance of a later version can do.</summary>
    private static readonly TimeSpan UpdateWait = TimeSpan.FromMinutes(5);

    private readonly RejectedMessages rejected = new();

    /// <summary>Runs the function.</summary>
    /// <exception cref="RejectedException">The message can never be carried out, which is recorded.</exception>
    /// <exception cref="QueueUnavailableException">It could neither be carried out nor be sent again.</exception>
    public async Task RunAsync<TMessage>(
        string function, string queue, Delivery delivery, IQueueFunction<TMessage> handler, CancellationToken cancellationToken)
        where TMessage : QueueMessage
    {
        var holdUntil = time.GetUtcNow() + Redelivery.LongestHold;
        if (rejected.Contains(queue, delivery))
        {
            throw new RejectedException("It was rejected before.");
        }

        if (delivery.Read<TMessage>() is not { IsUnderstood: true } message)
        {
            throw Reject(function, queue, delivery, "The message is not one that this version understands.");
        }

        using var activity = MessageSpans.Process(function, queue, message, delivery.TraceParent);
        using var scope = Invocation.About(logger, message.TenantId, message.UserId, message.Operation);
        if (message.DueAt is { } due)
        {
            Measures.Delay(queue, time.GetUtcNow() - due);
        }

        switch (await RunAsync(function, message, delivery, handler, cancellationToken))
        {
            case Outcome.Later later:
                await rescheduling.SendAsync(function, new Rescheduled<TMessage>(queue, Next(message, later), later, delivery.SentBy), holdUntil, cancellationToken);
                break;
            case Outcome.Reject reject:
                throw Reject(function, queue, delivery, reject.Reason);
        }
    }

    /// <summary>Runs the function. A message is only given up when that is recorded, where an administrator sees it.</summary>
    private async Task<Outcome> RunAsync<TMessage>(
        string function, TMessage message, Delivery delivery, IQueueFunction<TMessage> handler, CancellationToken cancellationToken)
        where TMessage : QueueMessage
    {
        var outcome = await RunSafelyAsync(
            () => delivery.Count > Redelivery.MostDeliveries
                ? throw new TimeoutException($"The message was delivered {delivery.Count} times without an outcome.")
                : handler.HandleAsync(message, cancellationToken),
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
        if (exception is NewerDocumentException)
        {
            Log.WaitsForUpdate(logger, exception, function);
            return new Outcome.Later(time.GetUtcNow() + UpdateWait);
        }

        if (exception is BatchTooLargeException or UnreadableDocumentException)
        {
            Log.GivenUp(logger, exception, function, message.Failures);
            return new Outcome.Reject($"It can never be carried out: {exception.Message}");
        }

        if (IsOutage(exception) || !Redelivery.IsOver(message, time.GetUtcNow()))
        {
            return ComesAgain(function, message, exception);
        }

        Log.GivenUp(logger, exception, function, message.Failures);
        return new Outcome.Reject($"It failed {message.Failures} times, last with {exception.GetType().Name}.");
    }

    /// <summary>However long the database or the bus is out, what waits for it can still be carried out.</summary>
    private static bool IsOutage(Exception exception) => exception is QueueUnavailableException or HttpRequestException
        or CosmosException { StatusCode: HttpStatusCode.RequestTimeout or HttpStatusCode.TooManyRequests or HttpStatusCode.ServiceUnavailable or (HttpStatusCode)449 };

    private Outcome.Later ComesAgain(string function, QueueMessage message, Exception exception)
    {
        var when = time.GetUtcNow() + Redelivery.BackOff(message, time.GetUtcNow());
        Log.Failed(logger, exception, function, message.Attempt, when);
        return new Outcome.Later(when) { HasFailed = true };
    }

    private TMessage Next<TMessage>(TMessage message, Outcome.Later later)
        where TMessage : QueueMessage => message with
        {
            Attempt = message.Attempt + 1,
            Failures = later.HasFailed ? message.Failures + 1 : 0,
            FailingSince = later.HasFailed ? message.FailingSince ?? time.GetUtcNow() : null,
        };

    private RejectedException Reject(string function, string queue, Delivery delivery, string reason)
    {
        rejected.Add(queue, delivery);
        Log.Rejected(logger, function, reason);
        Measures.Message(function, "rejected");
        Activity.Current?.SetStatus(ActivityStatusCode.Error, reason);
        return new RejectedException(reason);
    }

    private static partial class Log
    {
        [LoggerMessage(1, LogLevel.Warning, "{Function} failed at attempt {Attempt}; its message is retried at {When}.")]
        public static partial void Failed(ILogger logger, Exception exception, string function, int attempt, DateTimeOffset when);

        [LoggerMessage(2, LogLevel.Error, "{Function} rejected its message: {Reason}")]
        public static partial void Rejected(ILogger logger, string function, string reason);

        [LoggerMessage(3, LogLevel.Error, "{Function} is given up after {Failures} failures.")]
        public static partial void GivenUp(ILogger logger, Exception exception, string function, int failures);

        [LoggerMessage(4, LogLevel.Warning, "{Function} waits for a later version of the service.")]
        public static partial void WaitsForUpdate(ILogger logger, Exception exception, string function);
    }
}
