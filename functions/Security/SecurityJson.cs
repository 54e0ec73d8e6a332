using System.Diagnostics.CodeAnalysis;
using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;

namespace BlokSec.Functions.Security;

/// <summary>
/// JSON inside keys and signatures, read strictly: unknown, missing, null and duplicate members are refused, names are case-sensitive,
/// and nothing is nested deeper than a key in a header. A reader that took the last of two equal members could be shown another
/// value than the one that was checked.
/// </summary>
[JsonSourceGenerationOptions(
    JsonSerializerDefaults.Strict,
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    MaxDepth = 3,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(JsonWebKeyMembers))]
[JsonSerializable(typeof(JwsHeader))]
[JsonSerializable(typeof(DeviceProofClaims))]
[JsonSerializable(typeof(DidProofClaims))]
[JsonSerializable(typeof(SignInAnswerClaims))]
internal sealed partial class SecurityJson : JsonSerializerContext
{
    public static bool TryRead<T>(ReadOnlySpan<byte> utf8, JsonTypeInfo<T> type, [NotNullWhen(true)] out T? value)
        where T : class
    {
        try
        {
            value = JsonSerializer.Deserialize(utf8, type);
        }
        catch (JsonException)
        {
            value = null;
        }

        return value is not null;
    }

    public static bool TryRead<T>(string json, JsonTypeInfo<T> type, [NotNullWhen(true)] out T? value)
        where T : class => TryRead(Encoding.UTF8.GetBytes(json), type, out value);
}
