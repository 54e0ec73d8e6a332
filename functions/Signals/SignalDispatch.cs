using BlokSec.Functions.Identities;
using BlokSec.Functions.Mail;
using BlokSec.Functions.Messaging;

namespace BlokSec.Functions.Signals;

/// <summary>Queues the work of signals and streams. While the bus is out, the timer finds what is overdue.</summary>
internal sealed partial class SignalDispatch(QueueSender queues, TenantStreams streams, MailDispatch mails, ILogger<SignalDispatch> logger)
{
    /// <summary>Writes a signal in the transaction of the change that it tells of.</summary>
    /// <returns>What to dispatch once the transaction is committed; null when nobody is to be told.</returns>
    public SignalDocument? Add(PartitionBatch batch, SignalDocument signal)
    {
        var told = mails.IsOn ? signal : signal with { Notice = null };
        if (told.Notice is null && (told.Events.Count == 0 || streams.KnowsNone(told.TenantId)))
        {
            return null;
        }

        batch.Create(told);
        return told;
    }

    /// <summary>Queues the publication of a signal that was just committed, also when the caller has hung up.</summary>
    /// <param name="signal">What <see cref="Add"/> gave.</param>
    public async Task TryAsync(SignalDocument? signal)
    {
        if (signal is null)
        {
            return;
        }

        try
        {
            await SendAsync(signal.TenantId, signal.UserId, signal.SignalId, resumed: null, CancellationToken.None);
        }
        catch (QueueUnavailableException exception)
        {
            Log.Postponed(logger, exception, signal.SignalId);
        }
    }

    /// <summary>Queues the publication of the signal of an operation, unless nobody is to be told.</summary>
    /// <exception cref="QueueUnavailableException">The bus is out.</exception>
    public Task SendAsync(OperationMessage message, CancellationToken cancellationToken) => !mails.IsOn && streams.KnowsNone(message.TenantId)
        ? Task.CompletedTask
        : SendAsync(message.TenantId, message.UserId, message.OperationId, message.Resumed, cancellationToken);

    /// <summary>Queues the publication of a signal.</summary>
    /// <param name="tenantId">The tenant.</param>
    /// <param name="userId">The user.</param>
    /// <param name="signalId">The signal.</param>
    /// <param name="resumed">Marks a message that is sent again.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <exception cref="QueueUnavailableException">The bus is out.</exception>
    public Task SendAsync(string tenantId, string userId, string signalId, string? resumed, CancellationToken cancellationToken) => queues.SendAsync(
        Queues.Signals,
        new SignalMessage { TenantId = tenantId, UserId = userId, SignalId = signalId, Resumed = resumed },
        due: null,
        cancellationToken);

    /// <summary>Queues what waits in a stream.</summary>
    /// <param name="stream">The stream.</param>
    /// <param name="subject">About which user; null for all, <see cref="EventDeliveryMessage.StreamItself"/> for what is about the stream.</param>
    /// <param name="mark">Tells this work from earlier work on the stream.</param>
    public async Task TryAsync(StreamDocument stream, string? subject, string mark)
    {
        try
        {
            await queues.SendAsync(Queues.EventDeliveries, DeliveryOf(stream, subject, mark), due: null, CancellationToken.None);
        }
        catch (QueueUnavailableException exception)
        {
            Log.StreamPostponed(logger, exception, stream.StreamId);
        }
    }

    /// <summary>The message that has events delivered.</summary>
    /// <param name="stream">Of which stream.</param>
    /// <param name="subject">About which user; null for all, <see cref="EventDeliveryMessage.StreamItself"/> for what is about the stream.</param>
    /// <param name="mark">Tells this work from other work.</param>
    public static EventDeliveryMessage DeliveryOf(StreamDocument stream, string? subject, string mark) => new()
    {
        TenantId = stream.TenantId,
        UserId = subject is null or EventDeliveryMessage.StreamItself ? stream.UserId : subject,
        StreamId = stream.StreamId,
        Subject = subject,
        Mark = mark,
    };

    private static partial class Log
    {
        [LoggerMessage(1, LogLevel.Warning, "Signal {SignalId} is committed, but the bus is out; it is published later.")]
        public static partial void Postponed(ILogger logger, Exception exception, string signalId);

        [LoggerMessage(2, LogLevel.Warning, "What waits in stream {StreamId} is queued later: the bus is out.")]
        public static partial void StreamPostponed(ILogger logger, Exception exception, string streamId);
    }
}
