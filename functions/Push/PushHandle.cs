using System.Text;
using BlokSec.Contracts;

namespace BlokSec.Functions.Push;

/// <summary>
/// Where a device's app can be reached. The value is a secret (whoever has it can disturb the phone): it is in no log, message, trace
/// or answer, and <see cref="ToString"/> leaves it out.
/// </summary>
/// <param name="Kind">What kind of address it is.</param>
/// <param name="Value">The address itself; opaque.</param>
/// <param name="Environment">For APNs: which service gave it out.</param>
/// <param name="RegisteredAt">When the app last told us this handle: an older report that it is dead does not count.</param>
internal sealed record PushHandle(PushHandleKind Kind, string Value, PushEnvironment Environment, DateTimeOffset RegisteredAt)
{
    private bool PrintMembers(StringBuilder builder)
    {
        builder.Append("Kind = ").Append(Kind).Append(", RegisteredAt = ").Append(RegisteredAt.ToString("O"));
        return true;
    }
}
