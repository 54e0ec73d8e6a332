using BlokSec.Contracts;

namespace BlokSec.Portal.Events;

/// <summary>Streams of events and their deliveries, in words.</summary>
internal static class EventWords
{
    /// <summary>An event's type as people read it.</summary>
    public static string Of(string type) => type[(type.LastIndexOf('/') + 1)..] switch
    {
        "session-revoked" => "Sessions ended",
        "credential-change" => "Phone added or removed",
        "credential-compromise" => "Phone lost or stolen",
        "account-disabled" => "User suspended",
        "account-enabled" => "User reactivated",
        "account-purged" => "User left",
        "identifier-changed" => "Address changed",
        "recovery-activated" => "User can register again",
        "verification" => "Test of the stream",
        "stream-updated" => "Status of the stream changed",
        var other => other,
    };

    /// <summary>A stream's status, and its tone.</summary>
    public static (string Text, string Tone) Status(EventStreamStatus status) => status switch
    {
        EventStreamStatus.Enabled => ("Enabled", "good"),
        EventStreamStatus.Paused => ("Paused", "warn"),
        _ => ("Disabled", ""),
    };

    /// <summary>How far an event is, and its tone.</summary>
    public static (string Text, string Tone) State(EventDeliveryDetails delivery, EventStreamDetails? stream) => delivery.State switch
    {
        EventDeliveryState.Delivered => ("Delivered", "good"),
        EventDeliveryState.Refused => ("Refused", "danger"),
        EventDeliveryState.GivenUp => ("Not delivered", "danger"),
        EventDeliveryState.Dropped => ("Not sent", ""),
        _ when stream is { Status: EventStreamStatus.Paused } => ("Held", "warn"),
        _ when stream is { Pushed: false } => ("Waits to be fetched", ""),
        _ when delivery.Attempts > 0 => ("Being retried", "warn"),
        _ => ("On its way", ""),
    };

    /// <summary>How events reach the receiver.</summary>
    public static string Delivery(EventStreamDetails stream) => stream.Pushed ? "Pushed" : "Fetched by the receiver";
}
