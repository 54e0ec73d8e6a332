using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace BlokSec.Local.ServiceBus.Amqp;

/// <summary>
/// A shared access policy of the namespace, and the check of the tokens that are signed with its key, as
/// <see href="https://learn.microsoft.com/azure/service-bus-messaging/service-bus-sas#shared-access-signature-authentication">Service Bus
/// describes them</see>: <c>SharedAccessSignature sr={resource}&amp;sig={HMAC-SHA256}&amp;se={expiry}&amp;skn={policy}</c>.
/// </summary>
/// <param name="Name">The policy's name.</param>
/// <param name="Key">Its key, as text.</param>
internal sealed record SharedAccessKey(string Name, string Key)
{
    private const string Scheme = "SharedAccessSignature ";

    /// <summary>Checks a token.</summary>
    /// <param name="token">The token.</param>
    /// <param name="now">The time.</param>
    /// <param name="access">What it opens, and until when.</param>
    /// <returns>Whether it was signed with this key, and is not over.</returns>
    public bool Accepts(string token, DateTimeOffset now, out (string Path, DateTimeOffset Until) access)
    {
        access = default;
        if (!token.StartsWith(Scheme, StringComparison.Ordinal))
        {
            return false;
        }

        var fields = token[Scheme.Length..].Split('&').Select(field => field.Split('=', 2)).Where(pair => pair.Length == 2)
            .ToLookup(pair => pair[0], pair => pair[1]);
        if (fields["sr"].FirstOrDefault() is not { } resource
            || fields["se"].FirstOrDefault() is not { } expiry
            || fields["sig"].FirstOrDefault() is not { } signature
            || Uri.UnescapeDataString(fields["skn"].FirstOrDefault() ?? "") != Name
            || !long.TryParse(expiry, NumberStyles.None, CultureInfo.InvariantCulture, out var seconds)
            || seconds > DateTimeOffset.MaxValue.ToUnixTimeSeconds()
            || !Uri.TryCreate(Uri.UnescapeDataString(resource), UriKind.Absolute, out var opened))
        {
            return false;
        }

        access = (opened.AbsolutePath, DateTimeOffset.FromUnixTimeSeconds(seconds));
        var expected = HMACSHA256.HashData(Encoding.UTF8.GetBytes(Key), Encoding.UTF8.GetBytes($"{resource}\n{expiry}"));
        return CryptographicOperations.FixedTimeEquals(Encoding.ASCII.GetBytes(Convert.ToBase64String(expected)), Encoding.UTF8.GetBytes(Uri.UnescapeDataString(signature)))
            && access.Until > now;
    }
}
