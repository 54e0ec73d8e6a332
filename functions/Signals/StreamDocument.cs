using System.Text.Json.Serialization;
using BlokSec.Contracts;
using BlokSec.Functions.Identities;

namespace BlokSec.Functions.Signals;

/// <summary>A change of the status by the transmitter, which the receiver is told.</summary>
/// <param name="At">When.</param>
/// <param name="Status">The new status.</param>
/// <param name="Reason">Why.</param>
internal sealed record StreamNotice(DateTimeOffset At, EventStreamStatus Status, string? Reason);

/// <summary>A stream of events to one receiver. All streams of a tenant stand in one partition, see <see cref="TenantStreams"/>.</summary>
internal sealed record StreamDocument : IdentityDocument
{
    public const string DocumentType = "stream";

    public override string Type => DocumentType;

    /// <summary>32 hexadecimal digits.</summary>
    public required string StreamId { get; init; }

    /// <summary>The OAuth client that made it, which alone may see and change it; its audience too.</summary>
    public required string ClientId { get; init; }

    /// <summary>Where events are pushed; null when the receiver polls.</summary>
    public string? EndpointUrl { get; init; }

    /// <summary>What the receiver gave us to authenticate with, sealed by <see cref="Security.ReceiverSecrets"/>.</summary>
    public string? SealedAuthorization { get; init; }

    /// <summary>The events that the receiver asked for; null for all.</summary>
    public IReadOnlyList<string>? EventsRequested { get; init; }

    public string? Description { get; init; }

    /// <summary>The format of subjects: <c>email</c> or <c>iss_sub</c>.</summary>
    public string SubjectFormat { get; init; } = SubjectFormats.Email;

    public EventStreamStatus Status { get; init; }

    public string? StatusReason { get; init; }

    /// <summary>Events that were made before are not sent any more: the stream was disabled then.</summary>
    public DateTimeOffset? DroppedBefore { get; init; }

    public required DateTimeOffset CreatedAt { get; init; }

    public DateTimeOffset? VerifiedAt { get; init; }

    /// <summary>When the receiver polled last, within a minute.</summary>
    public DateTimeOffset? PolledAt { get; init; }

    /// <summary>Subjects that the receiver took out.</summary>
    public int RemovedSubjects { get; init; }

    /// <summary>What the receiver has to be told of the status.</summary>
    public StreamNotice? Notice { get; init; }

    /// <summary>When the waiting events have to be worked through; null when that is done. Overdue ones are found by the timer.</summary>
    public DateTimeOffset? NextAttemptAt { get; init; }

    [JsonIgnore]
    public bool IsPushed => EndpointUrl is not null;

    /// <summary>The events that are sent: those asked for that are supported.</summary>
    [JsonIgnore]
    public IEnumerable<string> EventsDelivered => EventTypes.Supported.Where(type => EventsRequested?.Contains(type) != false);

    public static string IdOf(string streamId) => $"stream:{streamId}";
}

/// <summary>How many streams a tenant has: every creation and deletion writes it, so that the bound holds.</summary>
internal sealed record StreamCountDocument : IdentityDocument
{
    public const string DocumentId = "streams";

    public const string DocumentType = "streamCount";

    public override string Type => DocumentType;

    public int Count { get; init; }
}

/// <summary>A subject that the receiver took out of a stream.</summary>
internal sealed record RemovedSubjectDocument : IdentityDocument
{
    public const string DocumentType = "removedSubject";

    public override string Type => DocumentType;
}
