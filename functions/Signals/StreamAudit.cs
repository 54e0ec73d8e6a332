using BlokSec.Contracts;
using BlokSec.Functions.Audit;
using BlokSec.Functions.Identities;
using BlokSec.Functions.Security;

namespace BlokSec.Functions.Signals;

/// <summary>What the auditor reads of streams. Never an authorization header, nor the query of an address.</summary>
internal static class StreamAudit
{
    /// <summary>An entry about what a receiver did.</summary>
    public static AuditDocument Entry(StreamDocument stream, CallingApplication receiver, string action, DateTimeOffset at) =>
        Entry(stream, new AuditActor(AuditActorKinds.Application, receiver.ClientId, receiver.ClientId), action, at);

    /// <summary>An entry about what somebody did.</summary>
    public static AuditDocument Entry(StreamDocument stream, AuditActor actor, string action, DateTimeOffset at) =>
        stream.Key.Entry(at, actor, action, stream.StreamId) with
        {
            After = new Dictionary<string, string?>
            {
                ["endpoint"] = EndpointOf(stream),
                ["events"] = string.Join(' ', stream.EventsDelivered.Select(type => type[(type.LastIndexOf('/') + 1)..])),
                ["status"] = EventFactory.WordOf(stream.Status),
            },
        };

    /// <summary>Where events are pushed, without what may be a secret in it; null when the receiver polls.</summary>
    public static string? EndpointOf(StreamDocument stream) =>
        Uri.TryCreate(stream.EndpointUrl, UriKind.Absolute, out var address) ? address.GetLeftPart(UriPartial.Path) : null;
}
