using System.Diagnostics.CodeAnalysis;
using System.Text.Json;
using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;

namespace BlokSec.Verify.Jose;

/// <summary>
/// JSON inside signatures, read so that it has one meaning: duplicate members are refused, names are case-sensitive, what is needed is there.
/// Members that are not known are let through: a later version of the service may say more.
/// </summary>
internal static class StrictJson
{
    private static readonly JsonSerializerOptions Options = new()
    {
        AllowDuplicateProperties = false,
        PropertyNamingPolicy = JsonNamingPolicy.CamelCase,
        RespectNullableAnnotations = true,
        RespectRequiredConstructorParameters = true,
        MaxDepth = 8,
        TypeInfoResolver = new DefaultJsonTypeInfoResolver { Modifiers = { LetOutNulls } },
        Converters = { new JsonStringEnumConverter(JsonNamingPolicy.CamelCase, allowIntegerValues: false) },
    };

    private static readonly JsonSerializerOptions Snake = new(Options) { PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower };

    /// <summary>Reads an object whose members are in camel case.</summary>
    public static bool TryRead<T>(ReadOnlySpan<byte> json, [NotNullWhen(true)] out T? value)
        where T : class => TryRead(json, Options, out value);

    /// <summary>Reads an object whose members are in snake case.</summary>
    public static bool TryReadSnake<T>(ReadOnlySpan<byte> json, [NotNullWhen(true)] out T? value)
        where T : class => TryRead(json, Snake, out value);

    /// <summary>What may be null may be left out: the service leaves it out.</summary>
    private static void LetOutNulls(JsonTypeInfo type)
    {
        foreach (var member in type.Properties)
        {
            member.IsRequired &= !member.IsSetNullable || (member.PropertyType.IsValueType && Nullable.GetUnderlyingType(member.PropertyType) is null);
        }
    }

    private static bool TryRead<T>(ReadOnlySpan<byte> json, JsonSerializerOptions options, [NotNullWhen(true)] out T? value)
        where T : class
    {
        try
        {
            value = JsonSerializer.Deserialize<T>(json, options);
        }
        catch (JsonException)
        {
            value = null;
        }

        return value is not null;
    }
}
