using System.Text;
using BlokSec.Contracts;

namespace BlokSec.Functions.Push;

/// <summary>What to tell one device: that it was removed.</summary>
/// <param name="Handle">Where its app can be reached.</param>
/// <param name="Platform">The phone's system, which decides what shows a notification.</param>
/// <param name="PushId">A lower-case UUID, the same for every attempt: Apple returns it, and a repeated push can be told from a new one.</param>
/// <param name="TenantId">The tenant.</param>
/// <param name="UserId">The user.</param>
/// <param name="DeviceId">The removed device.</param>
/// <param name="Epoch">The registration epoch that ended; an app of a later one ignores the push.</param>
/// <param name="Statement">The signed revocation statement (compact JWS), the only thing the app acts on.</param>
/// <param name="ExpiresAt">Until when Apple keeps it for a phone that is offline; 30 days after the removal.</param>
/// <param name="TraceParent">W3C trace context, which the app sends back with what it calls because of the push; null for none.</param>
internal sealed record RevokePush(
    PushHandle Handle,
    DevicePlatform Platform,
    string PushId,
    string TenantId,
    string UserId,
    string DeviceId,
    long Epoch,
    string Statement,
    DateTimeOffset ExpiresAt,
    string? TraceParent = null)
{
    /// <summary>Title of the notification.</summary>
    public const string Title = "Device Revoked";

    /// <summary>Text of the notification.</summary>
    public const string Body = "This device has been removed from your account.";

    /// <summary>The <c>type</c> that tells the app what the push is.</summary>
    public const string Type = "device-revoked";

    private bool PrintMembers(StringBuilder builder)
    {
        builder.Append("PushId = ").Append(PushId).Append(", DeviceId = ").Append(DeviceId).Append(", Epoch = ").Append(Epoch);
        return true;
    }
}
