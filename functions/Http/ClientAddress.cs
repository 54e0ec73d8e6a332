using System.Net;
using System.Net.Sockets;
using Microsoft.Extensions.Options;

namespace BlokSec.Functions.Http;

/// <summary>Where a call comes from.</summary>
internal static class ClientAddress
{
    public const string Header = "X-Forwarded-For";

    /// <summary>
    /// The address that the outermost proxy of ours saw: each appends the one it sees to <c>X-Forwarded-For</c>
    /// (<see cref="RateLimitOptions.ForwardedHops"/>). Whatever stands before is the caller's word. When no such proxy wrote it, the address of the
    /// connection; null when there is none.
    /// </summary>
    public static IPAddress? Of(HttpContext context) =>
        Of(context, context.RequestServices.GetRequiredService<IOptions<RateLimitOptions>>().Value.ForwardedHops);

    /// <summary>The same, with this many proxies in front.</summary>
    public static IPAddress? Of(HttpContext context, int hops)
    {
        var told = hops == 0 ? [] : string.Join(',', (IEnumerable<string?>)context.Request.Headers[Header]).Split(',', StringSplitOptions.TrimEntries);
        var address = told.Length >= hops && hops > 0 && IPEndPoint.TryParse(told[^hops], out var end) ? end.Address : context.Connection.RemoteIpAddress;
        return address is { IsIPv4MappedToIPv6: true } ? address.MapToIPv4() : address;
    }

    /// <summary>The address, or its /64 network: one customer of a provider has all of its IPv6 addresses.</summary>
    public static IPAddress NetworkOf(HttpContext context)
    {
        var address = Of(context) ?? IPAddress.None;
        if (address.AddressFamily != AddressFamily.InterNetworkV6)
        {
            return address;
        }

        var bytes = address.GetAddressBytes();
        bytes.AsSpan(8).Clear();
        return new IPAddress(bytes);
    }
}
