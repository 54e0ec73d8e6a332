using System.Text.Json.Nodes;
using BlokSec.Contracts;
using BlokSec.Functions.Http;
using Microsoft.Extensions.Options;

namespace BlokSec.Functions.Signals;

/// <summary>Makes the events of a stream: documents with the payload of a Security Event Token. Without I/O.</summary>
internal sealed class EventFactory(PublicAddress address, IOptions<SignalOptions> options)
{
    private const string Language = "en";

    /// <summary>The issuer of a tenant's events. Each tenant has its own, so that an event of one is never taken for another's.</summary>
    public string IssuerOf(string tenantId) => $"{address.Url}/api/ssf/{tenantId}";

    /// <summary>The events of a signal that a stream delivers, in their order.</summary>
    public IEnumerable<EventDocument> Of(SignalDocument signal, StreamDocument stream)
    {
        var delivered = stream.EventsDelivered.ToHashSet();
        foreach (var (index, happened) in signal.Events.Index())
        {
            var type = EventTypes.Of(happened.Kind);
            if (delivered.Contains(type) && IsFor(stream, signal, happened))
            {
                var subject = Subjects.OfUser(stream.SubjectFormat, IssuerOf(stream.TenantId), signal.UserId, signal.Email);
                var id = EventDocument.NewId(signal.At, signal.SignalId, index, stream.StreamId);
                yield return Create(stream, id, type, signal.UserId, subject, Body(signal, happened), signal.SignalId, signal.At);
            }
        }
    }

    /// <summary>What a receiver asked for to see that the stream works.</summary>
    public EventDocument Verification(StreamDocument stream, string? state, DateTimeOffset at)
    {
        var cause = Guid.CreateVersion7(at).ToString("N");
        var body = state is null ? [] : new JsonObject { ["state"] = state };
        return Create(
            stream, EventDocument.NewId(at, cause, 0, stream.StreamId), EventTypes.Verification, null, Subjects.OfStream(stream.StreamId), body, cause, at);
    }

    /// <summary>What a receiver is told when somebody else changed the status. The same notice is the same event.</summary>
    public EventDocument StreamUpdated(StreamDocument stream, StreamNotice notice)
    {
        var cause = Identities.RequestIds.Fingerprint(stream.StreamId, $"{notice.At:O}", $"{notice.Status}")[..32];
        var body = new JsonObject { ["status"] = WordOf(notice.Status) };
        if (notice.Reason is not null)
        {
            body["reason"] = notice.Reason;
        }

        return Create(
            stream,
            EventDocument.NewId(notice.At, cause, 0, stream.StreamId),
            EventTypes.StreamUpdated,
            null,
            Subjects.OfStream(stream.StreamId),
            body,
            cause,
            notice.At);
    }

    /// <summary>A status as the protocol spells it.</summary>
    public static string WordOf(EventStreamStatus status) => status switch
    {
        EventStreamStatus.Enabled => "enabled",
        EventStreamStatus.Paused => "paused",
        _ => "disabled",
    };

    private EventDocument Create(
        StreamDocument stream, string id, string type, string? userId, JsonObject subject, JsonObject body, string txn, DateTimeOffset at)
    {
        var claims = new JsonObject
        {
            ["iss"] = IssuerOf(stream.TenantId),
            ["aud"] = stream.ClientId,
            ["iat"] = at.ToUnixTimeSeconds(),
            ["jti"] = id,
            ["txn"] = txn,
            ["sub_id"] = subject,
            ["events"] = new JsonObject { [type] = body },
        };
        var key = TenantStreams.EventsOf(stream.TenantId, stream.StreamId);
        return new EventDocument
        {
            Id = EventDocument.IdOf(id),
            TenantId = key.TenantId,
            UserId = key.UserId,
            EventId = id,
            EventType = type,
            Subject = userId,
            State = EventDeliveryState.Waiting,
            CreatedAt = at,
            Claims = claims.ToJsonString(),
            NextAttemptAt = stream.IsPushed ? at : null,
            RetryUntil = at.AddDays(options.Value.RetryDays),
            Ttl = options.Value.RetentionDays * 24 * 3600,
        };
    }

    /// <summary>A change of the address is told to those who know the user by the address of before (RISC 1.0, section 2.5).</summary>
    private static bool IsFor(StreamDocument stream, SignalDocument signal, SignalEvent happened) =>
        happened.Kind != SignalKind.IdentifierChanged || (stream.SubjectFormat == SubjectFormats.Email && signal.Email is not null);

    private static JsonObject Body(SignalDocument signal, SignalEvent happened) => happened.Kind switch
    {
        SignalKind.SessionRevoked => Common(signal, happened),
        SignalKind.CredentialCreated => Credential(Common(signal, happened), happened, "create"),
        SignalKind.CredentialRevoked => Credential(Common(signal, happened), happened, "revoke"),
        SignalKind.CredentialCompromised => new JsonObject
        {
            ["credential_type"] = "app",
            ["event_timestamp"] = (happened.Since ?? signal.At).ToUnixTimeSeconds(),
            ["reason_admin"] = new JsonObject { [Language] = happened.Reason },
        },
        SignalKind.IdentifierChanged when happened.NewEmail is { } address => new JsonObject { ["new-value"] = address },
        _ => [],
    };

    /// <summary>CAEP 1.0, section 2.</summary>
    private static JsonObject Common(SignalDocument signal, SignalEvent happened) => new()
    {
        ["event_timestamp"] = signal.At.ToUnixTimeSeconds(),
        ["initiating_entity"] = signal.InitiatingEntity,
        ["reason_admin"] = new JsonObject { [Language] = happened.Reason },
    };

    private static JsonObject Credential(JsonObject body, SignalEvent happened, string change)
    {
        body["credential_type"] = "app";
        body["change_type"] = change;
        if (happened.DeviceName is { } name)
        {
            body["friendly_name"] = name.Shown();
        }

        return body;
    }
}
