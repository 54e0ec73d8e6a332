using System.Text;
using BlokSec.Contracts;

namespace BlokSec.Functions.Push;

/// <summary>
/// Where a device's app can be reached. The value is a secret (whoever has it can disturb the phone): it is in no log, message, trace
/// or answer, and <see cref="ToString"/> leaves it out.
/// </summary>
/// <param name="Kind">What kind of address it is.</param>
/// <param name="Value">The address itself, in its canonical form: Apple's tokens in lower case, as Apple tells no case apart; Google's as given.</param>
/// <param name="Environment">For APNs: which service gave it out.</param>
/// <param name="RegisteredAt">When the app last told us this handle: an older report that it is dead does not count.</param>
internal sealed record PushHandle(PushHandleKind Kind, string Value, PushEnvironment Environment, DateTimeOffset RegisteredAt)
{
    public string Value { get; init; } = Kind == PushHandleKind.Apns ? Value.ToLowerInvariant() : Value;

    /// <summary>
    /// Whether a push to one reaches the app that a push to the other does. A registration token of Firebase begins with the
    /// installation id, and a colon.
    /// </summary>
    public bool SameAs(PushHandle? other) => (Kind, other?.Kind) switch
    {
        (PushHandleKind.FcmFid, PushHandleKind.FcmToken) => other!.Value.StartsWith(Value + ':', StringComparison.Ordinal),
        (PushHandleKind.FcmToken, PushHandleKind.FcmFid) => other!.SameAs(this),
        _ => Kind == other?.Kind && Value == other.Value,
    };

    private bool PrintMembers(StringBuilder builder)
    {
        builder.Append("Kind = ").Append(Kind).Append(", RegisteredAt = ").Append(RegisteredAt.ToString("O"));
        return true;
    }
}
