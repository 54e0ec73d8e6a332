using BlokSec.Contracts;

namespace BlokSec.Portal.Requests;

/// <summary>Sign-in requests in plain words.</summary>
internal static class RequestWords
{
    public static (string Text, string Tone) Status(AuthenticationRequestStatus status) => status switch
    {
        AuthenticationRequestStatus.Pending => ("Pending", "busy"),
        AuthenticationRequestStatus.Accepted => ("Accepted", "good"),
        AuthenticationRequestStatus.Denied => ("Denied", "bad"),
        AuthenticationRequestStatus.Expired => ("Expired", ""),
        AuthenticationRequestStatus.Passcode => ("Passcode", "good"),
        AuthenticationRequestStatus.BlokBadge => ("BlokBadge", "good"),
        _ => ("Superseded", ""),
    };

    /// <summary>Such as <c>Toronto, Canada</c>; null when nothing is known.</summary>
    public static string? Place(AuthenticationRequestDetails request) =>
        string.Join(", ", new[] { request.City, request.Country }.Where(part => !string.IsNullOrEmpty(part))) is { Length: > 0 } place ? place : null;
}
