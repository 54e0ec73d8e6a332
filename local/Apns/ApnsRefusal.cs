namespace BlokSec.Local.Apns;

/// <summary>An answer other than 200.</summary>
/// <param name="Status">The HTTP status.</param>
/// <param name="Reason">Apple's word for it.</param>
/// <param name="Since">For 410: when the token stopped being valid.</param>
internal sealed record ApnsRefusal(int Status, string Reason, DateTimeOffset? Since = null);
