using System.Collections.Concurrent;
using System.Security.Principal;
using Microsoft.IdentityModel.JsonWebTokens;

namespace BlokSec.Local.ServiceBus.Amqp;

/// <summary>
/// What the tokens that came on one connection open
/// (<see href="https://learn.microsoft.com/azure/service-bus-messaging/service-bus-amqp-protocol-guide#claims-based-authorization">claims-based
/// authorization</see>).
/// </summary>
internal sealed class ConnectionAccess(AccessRules rules, TimeProvider time)
{
    private const string SasType = "servicebus.windows.net:sastoken";
    private const string JwtType = "jwt";

    private readonly ConcurrentDictionary<string, DateTimeOffset> open = new(StringComparer.OrdinalIgnoreCase);

    /// <summary>Whoever proved with SASL to know the key may do everything.</summary>
    public void Trust(IPrincipal? principal)
    {
        if (principal is not null)
        {
            open[""] = DateTimeOffset.MaxValue;
        }
    }

    /// <summary>Takes a token for an audience.</summary>
    /// <returns>Why it is not accepted; null when it is.</returns>
    public async Task<string?> PutAsync(string type, string audience, string token)
    {
        if (!Uri.TryCreate(audience, UriKind.Absolute, out var address))
        {
            return $"The audience '{audience}' is no address.";
        }

        if (await UntilAsync(type, address.AbsolutePath, token) is not { } until)
        {
            return "InvalidToken: The token is not accepted: it is signed with another key, is over, or is for something else.";
        }

        open[Normal(address.AbsolutePath)] = until;
        return null;
    }

    /// <summary>Whether a token is valid for an address, or for what contains it.</summary>
    public bool Opens(string address)
    {
        var now = time.GetUtcNow();
        for (var path = Normal(address); ; path = path[..Math.Max(0, path.LastIndexOf('/'))])
        {
            if (open.TryGetValue(path, out var until) && until > now)
            {
                return true;
            }

            if (path.Length == 0)
            {
                return false;
            }
        }
    }

    private async Task<DateTimeOffset?> UntilAsync(string type, string path, string token)
    {
        if (type == SasType && rules.Key is { } key)
        {
            return key.Accepts(token, time.GetUtcNow(), out var access) && IsWithin(Normal(path), Normal(access.Path)) ? access.Until : null;
        }

        return type == JwtType && rules.IsTokenAccepted is { } isAccepted && await isAccepted(token) ? Expiry(token) : null;
    }

    private static DateTimeOffset Expiry(string token)
    {
        var handler = new JsonWebTokenHandler();
        return handler.CanReadToken(token) && handler.ReadJsonWebToken(token).ValidTo is { } until && until > DateTime.MinValue
            ? new DateTimeOffset(until, TimeSpan.Zero)
            : DateTimeOffset.MaxValue;
    }

    private static bool IsWithin(string path, string opened) =>
        opened.Length == 0
        || path.Equals(opened, StringComparison.OrdinalIgnoreCase)
        || path.StartsWith(opened + "/", StringComparison.OrdinalIgnoreCase);

    private static string Normal(string path) => path.Trim('/');
}

/// <summary>Whose tokens are accepted.</summary>
/// <param name="Key">The namespace's shared access policy; null when there is none.</param>
/// <param name="IsTokenAccepted">Says whether a Microsoft Entra token is accepted; null when none is.</param>
internal sealed record AccessRules(SharedAccessKey? Key, Func<string, Task<bool>>? IsTokenAccepted);
