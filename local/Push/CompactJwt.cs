using System.Buffers.Text;
using System.Text;
using System.Text.Json;

namespace BlokSec.Local.Push;

/// <summary>A JWT in compact form, taken apart but not yet trusted.</summary>
internal sealed record CompactJwt(JsonElement Header, JsonElement Claims, byte[] Signed, byte[] Signature)
{
    /// <summary>Null when the text is no JWT.</summary>
    public static CompactJwt? Read(string text)
    {
        var parts = text.Split('.');
        if (parts.Length != 3)
        {
            return null;
        }

        try
        {
            return new CompactJwt(
                JsonElement.Parse(Base64Url.DecodeFromChars(parts[0])),
                JsonElement.Parse(Base64Url.DecodeFromChars(parts[1])),
                Encoding.ASCII.GetBytes($"{parts[0]}.{parts[1]}"),
                Base64Url.DecodeFromChars(parts[2]));
        }
        catch (Exception exception) when (exception is FormatException or JsonException)
        {
            return null;
        }
    }

    public string? HeaderText(string name) => Text(Header, name);

    public string? ClaimText(string name) => Text(Claims, name);

    /// <summary>A time given in whole seconds since 1970.</summary>
    public DateTimeOffset? ClaimTime(string name) =>
        Claims.ValueKind == JsonValueKind.Object && Claims.TryGetProperty(name, out var value) && value.TryGetInt64(out var seconds)
            ? DateTimeOffset.FromUnixTimeSeconds(seconds)
            : null;

    private static string? Text(JsonElement of, string name) =>
        of.ValueKind == JsonValueKind.Object && of.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String
            ? value.GetString()
            : null;
}
