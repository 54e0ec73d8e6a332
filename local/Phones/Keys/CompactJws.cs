using System.Buffers.Text;
using System.Diagnostics.CodeAnalysis;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace BlokSec.Local.Phones.Keys;

/// <summary>A JWS in compact form (RFC 7515 section 7.1): read, but not yet believed.</summary>
/// <param name="Header">The protected header.</param>
/// <param name="Claims">The payload, a JSON object.</param>
/// <param name="SigningInput">What the signature covers.</param>
/// <param name="Signature">The signature.</param>
internal sealed record CompactJws(JsonElement Header, JsonElement Claims, byte[] SigningInput, byte[] Signature)
{
    /// <summary>Signs header and claims with the key; without a key the signature is empty, as <c>alg</c> none has it.</summary>
    public static string Sign(JsonObject header, JsonObject claims, PhoneKey? key)
    {
        var input = $"{Encode(header)}.{Encode(claims)}";
        var signature = key is null ? "" : Base64Url.EncodeToString(key.Sign(Encoding.ASCII.GetBytes(input)));
        return $"{input}.{signature}";
    }

    /// <summary>Splits a JWS; false when it is not three base64url parts of which the first two are JSON objects.</summary>
    public static bool TryParse(string text, [NotNullWhen(true)] out CompactJws? jws)
    {
        jws = null;
        var parts = text.Split('.');
        if (parts.Length != 3
            || !TryDecode(parts[0], out var header)
            || !TryDecode(parts[1], out var claims)
            || !Base64Url.IsValid(parts[2]))
        {
            return false;
        }

        var input = Encoding.ASCII.GetBytes($"{parts[0]}.{parts[1]}");
        jws = new CompactJws(header, claims, input, Base64Url.DecodeFromChars(parts[2]));
        return true;
    }

    /// <summary>A member of the header, if it is text.</summary>
    public string? HeaderText(string name) => Text(Header, name);

    /// <summary>A claim, if it is text.</summary>
    public string? ClaimText(string name) => Text(Claims, name);

    /// <summary>A claim, if it is a whole number.</summary>
    public long? ClaimNumber(string name) =>
        Claims.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.Number && value.TryGetInt64(out var number)
            ? number
            : null;

    /// <summary>Whether the signature is by this key; which <c>alg</c> is acceptable is the caller's decision.</summary>
    public bool IsSignedBy(PublicJwk key) => key.Verifies(SigningInput, Signature);

    private static string? Text(JsonElement json, string name) =>
        json.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String ? value.GetString() : null;

    private static string Encode(JsonObject json) => Base64Url.EncodeToString(Encoding.UTF8.GetBytes(json.ToJsonString()));

    private static bool TryDecode(string part, out JsonElement json)
    {
        json = default;
        if (!Base64Url.IsValid(part))
        {
            return false;
        }

        try
        {
            json = JsonElement.Parse(Base64Url.DecodeFromChars(part), new JsonDocumentOptions { AllowDuplicateProperties = false });
            return json.ValueKind == JsonValueKind.Object;
        }
        catch (JsonException)
        {
            return false;
        }
    }
}
