using System.Text.Json.Serialization;

namespace BlokSec.Functions.Signals;

/// <summary>How events are delivered, as receivers see it.</summary>
/// <param name="Method"><c>urn:ietf:rfc:8935</c> for push, <c>urn:ietf:rfc:8936</c> for poll.</param>
/// <param name="EndpointUrl">Where events are pushed, or where the receiver polls.</param>
internal sealed record StreamDeliveryAnswer(
    [property: JsonPropertyName("method")] string Method, [property: JsonPropertyName("endpoint_url")] string EndpointUrl);

/// <summary>The configuration of a stream, as receivers see it (Shared Signals Framework 1.0, section 8.1.1). Never the authorization header.</summary>
/// <param name="StreamId">Its id.</param>
/// <param name="Iss">The issuer of its events.</param>
/// <param name="Aud">The audience of its events: the receiver's client id.</param>
/// <param name="EventsSupported">The events that there are.</param>
/// <param name="EventsRequested">The events that the receiver asked for; missing for all.</param>
/// <param name="EventsDelivered">The events that are sent.</param>
/// <param name="Delivery">How.</param>
/// <param name="Description">What the receiver says about it.</param>
/// <param name="MinVerificationInterval">Seconds between two verification requests.</param>
/// <param name="Format">The format of subjects: <c>email</c> or <c>iss_sub</c>.</param>
internal sealed record StreamAnswer(
    [property: JsonPropertyName("stream_id")] string StreamId,
    [property: JsonPropertyName("iss")] string Iss,
    [property: JsonPropertyName("aud")] string Aud,
    [property: JsonPropertyName("events_supported")] IReadOnlyList<string> EventsSupported,
    [property: JsonPropertyName("events_requested")] IReadOnlyList<string>? EventsRequested,
    [property: JsonPropertyName("events_delivered")] IReadOnlyList<string> EventsDelivered,
    [property: JsonPropertyName("delivery")] StreamDeliveryAnswer Delivery,
    [property: JsonPropertyName("description")] string? Description,
    [property: JsonPropertyName("min_verification_interval")] int MinVerificationInterval,
    [property: JsonPropertyName("format")] string Format);

/// <summary>The status of a stream, as receivers see it (Shared Signals Framework 1.0, section 8.1.2.1).</summary>
/// <param name="StreamId">Which stream.</param>
/// <param name="Status"><c>enabled</c>, <c>paused</c> or <c>disabled</c>.</param>
/// <param name="Reason">Why.</param>
internal sealed record StreamStatusAnswer(
    [property: JsonPropertyName("stream_id")] string StreamId,
    [property: JsonPropertyName("status")] string Status,
    [property: JsonPropertyName("reason")] string? Reason);

/// <summary>What a receiver gets for a poll (RFC 8936, section 2.3).</summary>
/// <param name="Sets">Security Event Tokens by their <c>jti</c>.</param>
/// <param name="MoreAvailable">Whether more wait.</param>
internal sealed record PollAnswer(
    [property: JsonPropertyName("sets")] IReadOnlyDictionary<string, string> Sets, [property: JsonPropertyName("moreAvailable")] bool MoreAvailable);
