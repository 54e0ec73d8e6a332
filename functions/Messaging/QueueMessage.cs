using System.Text.Json.Serialization;

namespace BlokSec.Functions.Messaging;

/// <summary>
/// A message of durable work. It only says where to look: what is done is decided by the documents. It never carries a secret: handles,
/// statements and codes stay in the database.
/// </summary>
internal abstract record QueueMessage
{
    public const int CurrentVersion = 1;

    /// <summary>More than any message is sent in the month that work is tried.</summary>
    private const int MaxCount = 1_000_000;

    public int Version { get; init; } = CurrentVersion;

    public required string TenantId { get; init; }

    public required string UserId { get; init; }

    /// <summary>How often the same work was sent again, from 0.</summary>
    public int Attempt { get; init; }

    /// <summary>How often it failed in a row.</summary>
    public int Failures { get; init; }

    /// <summary>When the first of these failures was; null when the last try did not fail.</summary>
    public DateTimeOffset? FailingSince { get; init; }

    /// <summary>Tells a message that the timer sent again from the first one, which duplicate detection would swallow it for.</summary>
    public string? Resumed { get; init; }

    /// <summary>From when on it may be handled: when it was sent, or the time it was scheduled for.</summary>
    public DateTimeOffset? DueAt { get; init; }

    /// <summary>The operation that the work belongs to; null for work that belongs to none.</summary>
    [JsonIgnore]
    public virtual string? Operation => null;

    /// <summary>Whether this version understands the message.</summary>
    [JsonIgnore]
    public virtual bool IsUnderstood =>
        Version == CurrentVersion && Attempt is >= 0 and < MaxCount && Failures is >= 0 and < MaxCount;

    /// <summary>The same for the same work, so that the bus drops what was sent twice.</summary>
    public string MessageId() => Resumed is null ? $"{WorkId()}:{Attempt}" : $"{WorkId()}:{Attempt}:{Resumed}";

    /// <summary>Names the work.</summary>
    protected abstract string WorkId();

    /// <summary>Whether a text is an id of 32 hexadecimal digits.</summary>
    protected static bool IsHexadecimal(string? id) => id is { Length: 32 } && id.All(char.IsAsciiHexDigitLower);
}

/// <summary>A message of work that an administrator decided on.</summary>
internal abstract record OperationMessage : QueueMessage
{
    public required string OperationId { get; init; }

    public override string? Operation => OperationId;
}

/// <summary>Begin the work of an operation.</summary>
internal sealed record RevocationMessage : OperationMessage
{
    protected override string WorkId() => $"{OperationId}:fan-out";
}

/// <summary>Send the revoke push of one device.</summary>
internal sealed record RevokePushMessage : OperationMessage
{
    public required string DeviceId { get; init; }

    protected override string WorkId() => $"{OperationId}:push:{DeviceId}";
}

/// <summary>Delete the documents of the user's revoked devices.</summary>
internal sealed record DeviceDeletionMessage : OperationMessage
{
    protected override string WorkId() => $"{OperationId}:delete";
}

/// <summary>Make DID and epoch of the user's accounts equal to the user's.</summary>
internal sealed record DidResetMessage : OperationMessage
{
    /// <summary>Counts the messages that share the work of many accounts, from 0.</summary>
    public int Part { get; init; }

    public override bool IsUnderstood => base.IsUnderstood && Part is >= 0 and < int.MaxValue;

    protected override string WorkId() => $"{OperationId}:did:{Part}";
}

/// <summary>Remove accounts of the user.</summary>
internal sealed record AccountRemovalMessage : OperationMessage
{
    /// <summary>Counts the messages that share the work of many accounts, from 0.</summary>
    public int Part { get; init; }

    public override bool IsUnderstood => base.IsUnderstood && Part is >= 0 and < int.MaxValue;

    protected override string WorkId() => $"{OperationId}:accounts:{Part}";
}

/// <summary>Make users of the rows of a file.</summary>
internal sealed record UserImportMessage : OperationMessage
{
    /// <summary>Counts the messages that share the work of many rows, from 0.</summary>
    public int Part { get; init; }

    public override bool IsUnderstood => base.IsUnderstood && Part is >= 0 and < int.MaxValue;

    protected override string WorkId() => $"{OperationId}:import:{Part}";
}

/// <summary>Send the push of a sign-in request to the device that it was made for.</summary>
internal sealed record SignInPushMessage : QueueMessage
{
    public required string RequestId { get; init; }

    public required string DeviceId { get; init; }

    protected override string WorkId() => $"{RequestId}:sign-in";
}

/// <summary>Make the events of a signal for the streams of its tenant.</summary>
internal sealed record SignalMessage : QueueMessage
{
    public required string SignalId { get; init; }

    public override bool IsUnderstood => base.IsUnderstood && IsHexadecimal(SignalId);

    protected override string WorkId() => $"{SignalId}:signal";
}

/// <summary>Push what waits in a stream.</summary>
internal sealed record EventDeliveryMessage : QueueMessage
{
    /// <summary>No user's id.</summary>
    public const string StreamItself = "~";

    public required string StreamId { get; init; }

    /// <summary>Of which user; null for all, <see cref="StreamItself"/> for what is about the stream.</summary>
    public string? Subject { get; init; }

    /// <summary>Tells this work from other work on the same events.</summary>
    public required string Mark { get; init; }

    public override bool IsUnderstood => base.IsUnderstood && IsHexadecimal(StreamId);

    protected override string WorkId() => $"{StreamId}:{Mark}:event";
}

/// <summary>Send a mail to a user.</summary>
internal sealed record MailMessage : QueueMessage
{
    public required string MailId { get; init; }

    public override bool IsUnderstood => base.IsUnderstood && IsHexadecimal(MailId);

    protected override string WorkId() => $"{MailId}:mail";
}

/// <summary>Continue a bulk operation: make its plan, or carry it out.</summary>
internal sealed record BulkMessage : OperationMessage
{
    /// <summary>Which start or resumption of it the message drives.</summary>
    public required int Run { get; init; }

    /// <summary>Counts the messages that share the work, from 0.</summary>
    public int Part { get; init; }

    public override bool IsUnderstood => base.IsUnderstood && IsHexadecimal(OperationId) && Run is >= 0 and < int.MaxValue && Part is >= 0 and < int.MaxValue;

    protected override string WorkId() => $"{OperationId}:bulk:{Run}:{Part}";
}
