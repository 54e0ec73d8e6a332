using System.Diagnostics;
using System.Globalization;
using BlokSec.Functions.Identities;
using BlokSec.Functions.Mail;
using BlokSec.Functions.Messaging;
using BlokSec.Functions.Telemetry;
using Microsoft.Azure.Cosmos;
using Microsoft.Extensions.Options;

namespace BlokSec.Functions.Signals;

/// <summary>
/// Finds signals that were not published, events and mails that are overdue and streams that were not worked through, because a message was never sent or was
/// lost, and queues them again. Safe at any time, because the work converges.
/// </summary>
internal sealed partial class ResumeSignals(
    IdentityStore identities,
    SignalDispatch dispatch,
    MailDispatch mails,
    QueueSender queues,
    IOptions<SignalOptions> options,
    TimeProvider time,
    ILogger<ResumeSignals> logger)
{
    public const string Schedule = "30 * * * * *";

    private const int AtOnce = 16;

    /// <summary>How long a run may work on each kind; the next run continues.</summary>
    private static readonly TimeSpan Longest = TimeSpan.FromMinutes(1);

    [Function(nameof(ResumeSignals))]
    public async Task HandleAsync([TimerTrigger(Schedule, UseMonitor = true)] TimerInfo timer, CancellationToken cancellationToken)
    {
        await ForEachAsync<SignalDocument>(SignalDocument.DocumentType, ResumeAsync, cancellationToken);
        await ForEachAsync<EventDocument>(EventDocument.DocumentType, ResumeAsync, cancellationToken);
        await ForEachAsync<StreamDocument>(StreamDocument.DocumentType, ResumeAsync, cancellationToken);
        if (mails.IsOn)
        {
            await ForEachAsync<MailDocument>(MailDocument.DocumentType, ResumeAsync, cancellationToken);
        }
    }

    private async Task ForEachAsync<T>(string type, Func<T, CancellationToken, Task> resumeAsync, CancellationToken cancellationToken)
        where T : IdentityDocument
    {
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        patience.CancelAfter(Longest);
        var overdue = identities.EverywhereAsync<T>(
            $"SELECT * FROM c WHERE c.type = '{type}' AND c.nextAttemptAt <= @overdue",
            [("@overdue", time.GetUtcNow().AddSeconds(-options.Value.OverdueSeconds))],
            patience.Token);
        try
        {
            await Parallel.ForEachAsync(
                overdue,
                new ParallelOptions { MaxDegreeOfParallelism = AtOnce, CancellationToken = patience.Token },
                async (document, stop) => await TryAsync(document, resumeAsync, stop));
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            Log.Unfinished(logger);
        }
    }

    /// <summary>One that cannot be queued holds up no other.</summary>
    private async Task TryAsync<T>(T document, Func<T, CancellationToken, Task> resumeAsync, CancellationToken cancellationToken)
        where T : IdentityDocument
    {
        try
        {
            await resumeAsync(document, cancellationToken);
            Log.Resumed(logger, document.Id);
        }
        catch (Exception exception) when (exception is QueueUnavailableException or CosmosException)
        {
            Log.Refused(logger, exception, document.Id);
        }
    }

    /// <summary>Queued, then written that it was: a message that is sent twice does no harm.</summary>
    private async Task ResumeAsync(SignalDocument signal, CancellationToken cancellationToken)
    {
        using var activity = Sources.Activities.StartActivity("resume signal", ActivityKind.Internal, signal.TraceParent);
        await dispatch.SendAsync(signal.TenantId, signal.UserId, signal.SignalId, MarkOf(signal.NextAttemptAt), cancellationToken);
        await identities.Begin(signal.Key).Replace(signal with { NextAttemptAt = time.GetUtcNow() }).CommitAsync(cancellationToken);
    }

    private async Task ResumeAsync(EventDocument waiting, CancellationToken cancellationToken)
    {
        var streamId = waiting.EventId[(waiting.EventId.LastIndexOf('.') + 1)..];
        var message = new EventDeliveryMessage
        {
            TenantId = waiting.TenantId,
            UserId = waiting.Subject ?? waiting.UserId,
            StreamId = streamId,
            Subject = waiting.Subject ?? EventDeliveryMessage.StreamItself,
            Mark = waiting.EventId[..44],
            Resumed = MarkOf(waiting.NextAttemptAt),
        };
        await queues.SendAsync(Queues.EventDeliveries, message, due: null, cancellationToken);
        await identities.Begin(waiting.Key).Replace(waiting with { NextAttemptAt = time.GetUtcNow() }).CommitAsync(cancellationToken);
    }

    private async Task ResumeAsync(StreamDocument stream, CancellationToken cancellationToken)
    {
        await queues.SendAsync(
            Queues.EventDeliveries, SignalDispatch.DeliveryOf(stream, subject: null, MarkOf(stream.NextAttemptAt)), due: null, cancellationToken);
        await identities.Begin(stream.Key).Replace(stream with { NextAttemptAt = time.GetUtcNow() }).CommitAsync(cancellationToken);
    }

    private async Task ResumeAsync(MailDocument mail, CancellationToken cancellationToken)
    {
        using var activity = Sources.Activities.StartActivity("resume mail", ActivityKind.Internal, mail.TraceParent);
        await mails.SendAsync(mail, MarkOf(mail.NextAttemptAt), cancellationToken);
        await identities.Begin(mail.Key).Replace(mail with { NextAttemptAt = time.GetUtcNow() }).CommitAsync(cancellationToken);
    }

    /// <summary>The mark of messages that are sent again because nothing moved since a time, which is written again after each such sending.</summary>
    private static string MarkOf(DateTimeOffset? unmovedSince) => (unmovedSince?.UtcTicks ?? 0).ToString("x", CultureInfo.InvariantCulture);

    private static partial class Log
    {
        [LoggerMessage(1, LogLevel.Warning, "{DocumentId} made no progress; its work is queued again.")]
        public static partial void Resumed(ILogger logger, string documentId);

        [LoggerMessage(2, LogLevel.Warning, "The work of {DocumentId}, which makes no progress, cannot be queued now; the next run retries it.")]
        public static partial void Refused(ILogger logger, Exception exception, string documentId);

        [LoggerMessage(3, LogLevel.Warning, "Not all signals and events without progress could be queued again in time; the next run continues.")]
        public static partial void Unfinished(ILogger logger);
    }
}
