using System.Text.Json;
using BlokSec.Functions.Http;

namespace BlokSec.Functions.Signals;

/// <summary>
/// Bodies of receivers' calls. The protocol lets both sides add members, so that unknown ones are passed over here, unlike elsewhere. A member that is
/// null counts as missing.
/// </summary>
internal static class ReceiverBodies
{
    private static readonly JsonDocumentOptions Strict = new() { AllowDuplicateProperties = false, MaxDepth = RequestLimits.MaxJsonDepth };

    /// <summary>Answers as the protocol spells them.</summary>
    public static JsonSerializerOptions Answers { get; } = new(JsonSerializerDefaults.General)
    {
        DefaultIgnoreCondition = System.Text.Json.Serialization.JsonIgnoreCondition.WhenWritingNull,
    };

    /// <summary>Reads a JSON object.</summary>
    /// <exception cref="BadHttpRequestException">It is none.</exception>
    public static async Task<JsonElement> ReadAsync(HttpContext context, CancellationToken cancellationToken)
    {
        if (!context.Request.HasJsonContentType())
        {
            throw new BadHttpRequestException("The body is not JSON.", StatusCodes.Status415UnsupportedMediaType);
        }

        try
        {
            using var json = await JsonDocument.ParseAsync(context.Request.Body, Strict, cancellationToken);
            return json.RootElement.ValueKind == JsonValueKind.Object ? json.RootElement.Clone() : throw new InvalidFieldException("body", "is a JSON object");
        }
        catch (JsonException exception)
        {
            throw new BadHttpRequestException("The body cannot be read.", exception);
        }
    }

    /// <summary>A member; null when it is missing.</summary>
    public static JsonElement? Member(this JsonElement body, string name) =>
        body.TryGetProperty(name, out var value) && value.ValueKind != JsonValueKind.Null ? value : null;

    /// <summary>A text; null when it is missing.</summary>
    /// <exception cref="InvalidFieldException">It is no text, or too long.</exception>
    public static string? Text(this JsonElement body, string name, int longest) => body.Member(name) switch
    {
        null => null,
        { ValueKind: JsonValueKind.String } text when IsText(text) && text.GetString()!.Length <= longest => text.GetString(),
        _ => throw new InvalidFieldException(name, $"is a text of at most {longest} characters"),
    };

    /// <summary>A list of texts; null when it is missing.</summary>
    /// <exception cref="InvalidFieldException">It is none, or too long.</exception>
    public static IReadOnlyList<string>? Texts(this JsonElement body, string name, int most, int longest)
    {
        if (body.Member(name) is not { } list)
        {
            return null;
        }

        return list.ValueKind == JsonValueKind.Array
            && list.GetArrayLength() <= most
            && list.EnumerateArray().All(text => text.ValueKind == JsonValueKind.String && IsText(text) && text.GetString()!.Length <= longest)
            ? [.. list.EnumerateArray().Select(text => text.GetString()!).Distinct()]
            : throw new InvalidFieldException(name, $"is a list of at most {most} texts");
    }

    /// <summary>The stream that a call is about.</summary>
    /// <exception cref="InvalidFieldException">It names none.</exception>
    public static string StreamId(this JsonElement body) =>
        body.Text("stream_id", 100) ?? throw new InvalidFieldException("stream_id", "is missing");

    /// <summary>An answer.</summary>
    public static IResult Answer<T>(T body, int status = StatusCodes.Status200OK) => TypedResults.Json(body, Answers, statusCode: status);

    /// <summary>Half of a pair of surrogates is no text.</summary>
    private static bool IsText(JsonElement text)
    {
        try
        {
            text.GetString();
            return true;
        }
        catch (InvalidOperationException)
        {
            return false;
        }
    }
}
