using BlokSec.Contracts;

namespace BlokSec.Functions.Signals;

/// <summary>The status of a stream: how it changes, and how receivers see it.</summary>
internal static class StreamStatuses
{
    /// <summary>What receivers see (Shared Signals Framework 1.0, section 8.1.2.1).</summary>
    public static StreamStatusAnswer Show(StreamDocument stream) => new(
        stream.StreamId, EventFactory.WordOf(stream.Status), string.IsNullOrEmpty(stream.StatusReason) ? null : stream.StatusReason);

    /// <summary>The status that a text names; null for none.</summary>
    public static EventStreamStatus? Parse(string? word) => word switch
    {
        "enabled" => EventStreamStatus.Enabled,
        "paused" => EventStreamStatus.Paused,
        "disabled" => EventStreamStatus.Disabled,
        _ => null,
    };

    /// <summary>The stream with another status. What was held is sent once it is enabled; what waits while it is disabled never is.</summary>
    /// <param name="stream">The stream.</param>
    /// <param name="status">The new status.</param>
    /// <param name="reason">Why.</param>
    /// <param name="isTold">Whether the receiver has to be told, because it was not the receiver who changed it.</param>
    /// <param name="now">The time.</param>
    public static StreamDocument With(this StreamDocument stream, EventStreamStatus status, string? reason, bool isTold, DateTimeOffset now) =>
        stream.Status == status
            ? stream with { StatusReason = reason }
            : stream with
            {
                Status = status,
                StatusReason = reason,
                DroppedBefore = status == EventStreamStatus.Disabled ? now : stream.DroppedBefore,
                Notice = isTold ? new StreamNotice(now, status, reason) : stream.Notice,
                NextAttemptAt = now,
            };
}
