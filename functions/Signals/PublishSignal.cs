using BlokSec.Functions.Identities;
using BlokSec.Functions.Mail;
using BlokSec.Functions.Messaging;
using Microsoft.Azure.Cosmos;

namespace BlokSec.Functions.Signals;

/// <summary>
/// Makes the events of a signal for each stream of the tenant, and the mail to the user, and queues their delivery. Their ids follow from signal and
/// stream: published twice, they are made once.
/// </summary>
internal sealed class PublishSignal(
    IdentityStore identities, TenantStreams streams, EventFactory factory, MailDispatch mails, QueueSender queues, TimeProvider time)
    : IQueueFunction<SignalMessage>
{
    private const string IsUnpublished = "FROM c WHERE c.type = 'signal'";

    /// <inheritdoc cref="PublishSignal"/>
    /// <param name="message">Which signal.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    [Function(nameof(PublishSignal))]
    public async Task<Outcome> HandleAsync(
        [ServiceBusTrigger(Queues.Signals, Connection = QueueOptions.Section)] SignalMessage message, CancellationToken cancellationToken)
    {
        var key = new UserKey(message.TenantId, message.UserId);
        if (await identities.ReadAsync<SignalDocument>(key, SignalDocument.IdOf(message.SignalId), cancellationToken) is not { NextAttemptAt: not null } signal)
        {
            // Published before, or the operation of an earlier version, which made no signal.
            return Outcome.Done.Instance;
        }

        signal.EnsureWritable();
        if (signal.Notice is { } notice)
        {
            await mails.QueueAsync(key, signal.SignalId, notice, signal.At, signal.TraceParent, message.Resumed, cancellationToken);
        }

        var deliveries = new List<EventDeliveryMessage>();
        foreach (var stream in await StreamsAsync(signal, cancellationToken))
        {
            if (await PublishAsync(signal, stream, cancellationToken) && stream.IsPushed)
            {
                deliveries.Add(SignalDispatch.DeliveryOf(stream, signal.UserId, signal.SignalId) with { Resumed = message.Resumed });
            }
        }

        await queues.SendAllAsync(Queues.EventDeliveries, deliveries, cancellationToken);
        await SettleAsync(message, givenUp: null, cancellationToken);
        return Outcome.Done.Instance;
    }

    public Task GiveUpAsync(SignalMessage message, string reason, CancellationToken cancellationToken) => SettleAsync(message, reason, cancellationToken);

    /// <summary>The streams that may be told.</summary>
    private async Task<IEnumerable<StreamDocument>> StreamsAsync(SignalDocument signal, CancellationToken cancellationToken)
    {
        var all = signal.Events.Count == 0 ? [] : await streams.ToPublishAsync(signal.TenantId, cancellationToken);
        if (signal.ApplicationIds is not { } applicationIds || all.Count == 0)
        {
            return all;
        }

        var clients = await ClientsAsync(signal.TenantId, applicationIds, cancellationToken);
        return all.Where(stream => clients.Contains(stream.ClientId));
    }

    /// <summary>The client ids of applications. One that is not registered has its id as client id.</summary>
    private async Task<HashSet<string>> ClientsAsync(string tenantId, IReadOnlyList<string> applicationIds, CancellationToken cancellationToken)
    {
        var ids = applicationIds.ToDictionary(applicationId => applicationId, ApplicationDocument.IdOf);
        var snapshot = await identities.QueryAsync(ApplicationDocument.KeyOf(tenantId), [.. ids.Values], cancellationToken);
        foreach (var id in ids.Values)
        {
            snapshot.EnsureRead(id);
        }

        var registered = snapshot.Applications.ToDictionary(application => application.ApplicationId, application => application.ClientId);
        return [.. applicationIds.Select(applicationId => registered.GetValueOrDefault(applicationId, applicationId))];
    }

    /// <summary>Makes the events of one stream; false when it has none to make.</summary>
    private async Task<bool> PublishAsync(SignalDocument signal, StreamDocument stream, CancellationToken cancellationToken)
    {
        var events = stream.Status == Contracts.EventStreamStatus.Disabled ? [] : factory.Of(signal, stream).ToList();
        if (events.Count == 0 || await IsRemovedAsync(signal, stream, cancellationToken))
        {
            return false;
        }

        var made = await identities.UpdateAsync<HashSet<string>, bool>(
            events[0].Key,
            stop => MadeAsync(events, stop),
            (known, attempt) =>
            {
                foreach (var missing in events.Where(missing => !known.Contains(missing.Id)))
                {
                    attempt.Batch.Create(missing);
                }

                return true;
            },
            known: [],
            cancellationToken);
        return made.ValueOrTimeout("events of a stream");
    }

    /// <summary>Those that an earlier run has made.</summary>
    private async Task<HashSet<string>> MadeAsync(List<EventDocument> events, CancellationToken cancellationToken)
    {
        var snapshot = await identities.QueryAsync(events[0].Key, [.. events.Select(made => made.Id)], cancellationToken);
        return [.. events.Select(made => made.Id).Where(snapshot.Has)];
    }

    private async Task<bool> IsRemovedAsync(SignalDocument signal, StreamDocument stream, CancellationToken cancellationToken)
    {
        if (stream.RemovedSubjects == 0)
        {
            return false;
        }

        var ids = Subjects.ExclusionsOf(factory.IssuerOf(stream.TenantId), signal.UserId, signal.Email);
        var snapshot = await identities.QueryAsync(TenantStreams.EventsOf(stream.TenantId, stream.StreamId), ids, cancellationToken);
        return ids.Any(snapshot.Has);
    }

    private Task SettleAsync(SignalMessage message, string? givenUp, CancellationToken cancellationToken) => identities.TryPatchAsync(
        new UserKey(message.TenantId, message.UserId),
        SignalDocument.IdOf(message.SignalId),
        IsUnpublished,
        givenUp is null
            ? [PatchOperation.Set<DateTimeOffset?>("/nextAttemptAt", null)]
            : [PatchOperation.Set<DateTimeOffset?>("/nextAttemptAt", null), PatchOperation.Set("/givenUp", $"{time.GetUtcNow():u}: {givenUp}")],
        cancellationToken);
}
