using System.Net;
using System.Net.Sockets;

namespace BlokSec.Functions.Signals;

/// <summary>
/// Which addresses events may be sent to: public ones. Everything else would let a receiver reach what only we can reach, such as the platform's
/// metadata service. Judged is the address that is connected to, so that a name cannot change its meaning in between.
/// </summary>
internal static class ReceiverAddresses
{
    /// <summary>Special-purpose addresses of IPv4 (IANA, RFC 6890), multicast, and the virtual address of Azure's own services.</summary>
    private static readonly IPNetwork[] Refused4 =
    [
        .. new[]
        {
            "0.0.0.0/8", "10.0.0.0/8", "100.64.0.0/10", "127.0.0.0/8", "168.63.129.16/32", "169.254.0.0/16", "172.16.0.0/12", "192.0.0.0/24",
            "192.0.2.0/24", "192.31.196.0/24", "192.52.193.0/24", "192.88.99.0/24", "192.168.0.0/16", "192.175.48.0/24", "198.18.0.0/15",
            "198.51.100.0/24", "203.0.113.0/24", "224.0.0.0/4", "240.0.0.0/4",
        }.Select(network => IPNetwork.Parse(network)),
    ];

    /// <summary>What is not for the public inside of 2000::/3, and where addresses of IPv4 are wrapped: Teredo and 6to4.</summary>
    private static readonly IPNetwork[] Refused6 =
        [.. new[] { "2001::/23", "2001:db8::/32", "2002::/16", "2620:4f:8000::/48", "3fff::/20" }.Select(network => IPNetwork.Parse(network))];

    private static readonly IPNetwork Global6 = IPNetwork.Parse("2000::/3");

    /// <summary>Prefix of addresses of IPv4 behind a translator (RFC 6052).</summary>
    private static readonly IPNetwork Translated = IPNetwork.Parse("64:ff9b::/96");

    /// <summary>Whether events may be sent there.</summary>
    /// <param name="address">The address.</param>
    /// <param name="allowLoopback">Whether this is development, see <see cref="SignalOptions.AllowLoopback"/>.</param>
    public static bool IsAllowed(IPAddress address, bool allowLoopback)
    {
        if (address.IsIPv4MappedToIPv6)
        {
            return IsAllowed(address.MapToIPv4(), allowLoopback);
        }

        if (IPAddress.IsLoopback(address))
        {
            return allowLoopback;
        }

        if (address.AddressFamily == AddressFamily.InterNetwork)
        {
            return !Array.Exists(Refused4, network => network.Contains(address));
        }

        return Translated.Contains(address)
            ? IsAllowed(new IPAddress(address.GetAddressBytes().AsSpan(12)), allowLoopback: false)
            : address.AddressFamily == AddressFamily.InterNetworkV6
                && address.ScopeId == 0
                && Global6.Contains(address)
                && !Array.Exists(Refused6, network => network.Contains(address));
    }

    /// <summary>What is wrong with an address that a receiver gave; null when it may be tried. The name is looked up only when events are sent.</summary>
    /// <param name="text">The address.</param>
    /// <param name="allowLoopback">Whether this is development.</param>
    public static string? Fault(string text, bool allowLoopback)
    {
        if (text.Length > 2_000
            || !System.Text.Ascii.IsValid(text)
            || text.AsSpan().ContainsAny(' ', '\\', '#')
            || !Uri.TryCreate(text, UriKind.Absolute, out var address)
            || address.UserInfo.Length > 0
            || address.Host.Length == 0)
        {
            return "is an absolute address without user information and fragment";
        }

        var isLoopback = allowLoopback && address.IsLoopback;
        if (address.Scheme != Uri.UriSchemeHttps && !(isLoopback && address.Scheme == Uri.UriSchemeHttp))
        {
            return "is an https address";
        }

        // A dot at the end says that the name is whole; it is the same name.
        var host = address.DnsSafeHost.TrimEnd('.');
        var isPublic = IPAddress.TryParse(host, out var literal)
            ? IsAllowed(literal, allowLoopback)
            : isLoopback || (host.Contains('.', StringComparison.Ordinal) && !address.IsLoopback);
        return isPublic ? null : "is an address on the internet";
    }
}
