using System.Net;

namespace BlokSec.Functions.Hosting;

/// <summary>Where a call comes from.</summary>
internal static class ClientAddress
{
    private const string Header = "X-Forwarded-For";

    /// <summary>
    /// The last address in <c>X-Forwarded-For</c>: the front end of Azure appends the one it sees; whatever stands before is the caller's
    /// word. Without the header, the address of the connection. Null when there is neither.
    /// </summary>
    public static IPAddress? Of(HttpContext context)
    {
        var told = context.Request.Headers[Header] is [.., { Length: > 0 } line] ? line.AsSpan(line.LastIndexOf(',') + 1).Trim() : [];
        var address = IPEndPoint.TryParse(told, out var end) ? end.Address : context.Connection.RemoteIpAddress;
        return address is { IsIPv4MappedToIPv6: true } ? address.MapToIPv4() : address;
    }
}
