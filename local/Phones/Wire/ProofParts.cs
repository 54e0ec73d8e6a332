using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text.Json.Nodes;
using BlokSec.Local.Phones.Keys;

namespace BlokSec.Local.Phones.Wire;

/// <summary>What both kinds of proof share.</summary>
internal static class ProofParts
{
    /// <summary>Nothing forged.</summary>
    public static readonly IReadOnlyDictionary<string, JsonNode?> AsIs = new Dictionary<string, JsonNode?>();

    /// <summary>A <c>jti</c> of 128 random bits.</summary>
    public static string NewId() => Base64Url.EncodeToString(RandomNumberGenerator.GetBytes(16));

    /// <summary>The time as a NumericDate (RFC 7519 section 2), to the millisecond.</summary>
    public static decimal Seconds(DateTimeOffset time) => time.ToUnixTimeMilliseconds() / 1000m;

    /// <summary>The full address without query and fragment (RFC 9449 section 4.2).</summary>
    public static string Target(Uri address) => address.GetLeftPart(UriPartial.Path);

    /// <summary>Applies the forged members and signs.</summary>
    public static string Sign(
        JsonObject header,
        IReadOnlyDictionary<string, JsonNode?> forgedHeader,
        JsonObject claims,
        IReadOnlyDictionary<string, JsonNode?> forgedClaims,
        PhoneKey? key)
    {
        Forge(header, forgedHeader);
        Forge(claims, forgedClaims);
        return CompactJws.Sign(header, claims, key);
    }

    private static void Forge(JsonObject json, IReadOnlyDictionary<string, JsonNode?> forged)
    {
        foreach (var (name, value) in forged)
        {
            json.Remove(name);
            if (value is not null)
            {
                json[name] = value.DeepClone();
            }
        }
    }
}
