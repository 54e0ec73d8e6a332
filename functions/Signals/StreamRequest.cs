using System.Text;
using System.Text.Json;
using BlokSec.Functions.Http;

namespace BlokSec.Functions.Signals;

/// <summary>How a receiver wants its events.</summary>
/// <param name="Endpoint">Where they are pushed; null when it polls.</param>
/// <param name="Authorization">What we authenticate with; null for nothing.</param>
/// <param name="PollEndpoint">Where it believes to poll, if it says so.</param>
internal sealed record RequestedDelivery(string? Endpoint, string? Authorization, string? PollEndpoint);

/// <summary>A stream's configuration as a receiver sends it (Shared Signals Framework 1.0, section 8.1.1).</summary>
/// <param name="Body">All of it.</param>
/// <param name="Delivery">How events are delivered; null when it does not say.</param>
/// <param name="EventsRequested">Which events; null when it does not say.</param>
/// <param name="Description">What for; null when it does not say.</param>
/// <param name="Format">The format of subjects, a member of ours; null when it does not say.</param>
internal sealed record StreamRequest(
    JsonElement Body, RequestedDelivery? Delivery, IReadOnlyList<string>? EventsRequested, string? Description, string? Format)
{
    public const string Push = "urn:ietf:rfc:8935";

    public const string Poll = "urn:ietf:rfc:8936";

    private const int LongestDescription = 200;
    private const int LongestHeader = 4_000;

    /// <summary>Reads a configuration.</summary>
    /// <param name="body">The body.</param>
    /// <param name="allowLoopback">Whether this is development.</param>
    /// <exception cref="InvalidFieldException">A member is not as it has to be.</exception>
    public static StreamRequest Read(JsonElement body, bool allowLoopback) => new(
        body,
        body.Member("delivery") is { } delivery ? ReadDelivery(delivery, allowLoopback) : null,
        body.Texts("events_requested", most: 100, longest: 300)?.Where(type => EventTypes.Supported.Contains(type) || Uri.IsWellFormedUriString(type, UriKind.Absolute)).ToList(),
        body.Text("description", 5_000) is { } description ? DisplayTexts.Clean(description, LongestDescription) ?? "" : null,
        body.Text("format", 20) is not { } format || format is SubjectFormats.Email or SubjectFormats.IssuerAndSubject
            ? body.Text("format", 20)
            : throw new InvalidFieldException("format", $"is {SubjectFormats.Email} or {SubjectFormats.IssuerAndSubject}"));

    /// <summary>The first member that only the transmitter may set and that differs from what it set; null when there is none.</summary>
    /// <param name="current">The configuration as the receiver could read it.</param>
    /// <param name="body">What the receiver sends.</param>
    public static string? Contradiction(StreamAnswer current, JsonElement body) =>
        body.Member("iss") is { } iss && !IsList(iss, [current.Iss], isText: true) ? "iss"
        : body.Member("aud") is { } aud && !IsList(aud, [current.Aud], isText: null) ? "aud"
        : body.Member("events_supported") is { } supported && !IsList(supported, current.EventsSupported, isText: false) ? "events_supported"
        : body.Member("events_delivered") is { } delivered && !IsList(delivered, current.EventsDelivered, isText: false) ? "events_delivered"
        : body.Member("min_verification_interval") is { } interval
            && !(interval.ValueKind == JsonValueKind.Number && interval.TryGetInt32(out var seconds) && seconds == current.MinVerificationInterval)
            ? "min_verification_interval"
        : null;

    /// <summary>Whether a member has these values, in any order.</summary>
    private static bool IsList(JsonElement value, IReadOnlyList<string> known, bool? isText) => value.ValueKind switch
    {
        JsonValueKind.String => isText != false && known is [var only] && value.GetString() == only,
        JsonValueKind.Array => isText != true && known.ToHashSet().SetEquals(value.EnumerateArray().Select(item => item.ToString())),
        _ => false,
    };

    private static RequestedDelivery ReadDelivery(JsonElement delivery, bool allowLoopback)
    {
        if (delivery.ValueKind != JsonValueKind.Object)
        {
            throw new InvalidFieldException("delivery", "is a JSON object");
        }

        var endpoint = delivery.Text("endpoint_url", 2_000);
        return delivery.Text("method", 100) switch
        {
            Poll => new RequestedDelivery(null, null, endpoint),
            Push when endpoint is null => throw new InvalidFieldException("delivery.endpoint_url", "is missing"),
            Push when ReceiverAddresses.Fault(endpoint, allowLoopback) is { } fault => throw new InvalidFieldException("delivery.endpoint_url", fault),
            Push => new RequestedDelivery(endpoint, Header(delivery.Text("authorization_header", LongestHeader)), null),
            null => throw new InvalidFieldException("delivery.method", "is missing"),
            _ => throw new InvalidFieldException("delivery.method", $"is {Push} or {Poll}"),
        };
    }

    /// <summary>Visible ASCII only: it becomes a header of our requests.</summary>
    private static string? Header(string? header) => header is null || (header.Length > 0 && Ascii.IsValid(header) && !header.Any(char.IsControl))
        ? header
        : throw new InvalidFieldException("delivery.authorization_header", "is visible ASCII");
}
