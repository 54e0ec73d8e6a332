using System.Text.Json;
using System.Text.Json.Serialization;

namespace BlokSec.Functions;

/// <summary>How the function app reads and writes JSON.</summary>
internal static class Json
{
    /// <summary>Documents and messages: members of later versions are let through.</summary>
    public static JsonSerializerOptions Documents { get; } = Frozen(new JsonSerializerOptions());

    /// <summary>Sets what requests, documents and messages have in common.</summary>
    public static void Configure(JsonSerializerOptions options)
    {
        options.PropertyNamingPolicy = JsonNamingPolicy.CamelCase;
        options.PropertyNameCaseInsensitive = false;
        options.DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull;
        options.NumberHandling = JsonNumberHandling.Strict;
        options.Converters.Add(new JsonStringEnumConverter(JsonNamingPolicy.CamelCase, allowIntegerValues: false));
    }

    private static JsonSerializerOptions Frozen(JsonSerializerOptions options)
    {
        Configure(options);
        options.MakeReadOnly(populateMissingResolver: true);
        return options;
    }
}
