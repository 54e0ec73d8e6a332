using System.Text.Json;
using System.Text.Json.Nodes;
using BlokSec.Contracts;
using BlokSec.Functions.Http;

namespace BlokSec.Functions.Scim;

/// <summary>Reads what directories send as resources, and looks into it.</summary>
internal static class ScimResource
{
    /// <summary>Bytes of the attributes of one user, as they are stored.</summary>
    public const int MaxBytes = 32 * 1024;

    /// <summary>Characters of a user name, and of the directory's own id.</summary>
    public const int MaxName = 256;

    /// <summary>Reads a message: an object, whose texts are Unicode and whose names are there once.</summary>
    /// <exception cref="ScimRefusal">It is none.</exception>
    public static JsonObject Parse(ReadOnlyMemory<byte> body)
    {
        try
        {
            using var document = JsonDocument.Parse(body, new JsonDocumentOptions { AllowDuplicateProperties = false, MaxDepth = RequestLimits.MaxJsonDepth });

            // Half of a surrogate pair can be written as an escape, and is found by who unescapes it.
            var whole = JsonSerializer.SerializeToUtf8Bytes(document.RootElement);
            return JsonNode.Parse(whole) as JsonObject ?? throw ScimRefusal.InvalidSyntax("The body is not an object.");
        }
        catch (Exception exception) when (exception is JsonException or InvalidOperationException)
        {
            throw ScimRefusal.InvalidSyntax("The body is not valid JSON, is nested too deep, or names a member twice.");
        }
    }

    /// <summary>The attributes of a resource that replaces what was, in the form of their schemas.</summary>
    /// <exception cref="ScimRefusal">It is not a user.</exception>
    public static JsonObject Read(JsonObject sent)
    {
        RequireSchema(sent, ScimSchemas.UserUrn);
        var resource = new JsonObject();
        ScimPatch.SetMembers(resource, ScimPatchKind.Replace, sent);
        Check(resource);
        return resource;
    }

    /// <summary>Makes sure of what every user has, and of the bounds.</summary>
    /// <exception cref="ScimRefusal">It is not so.</exception>
    public static void Check(JsonObject resource)
    {
        if (string.IsNullOrWhiteSpace(Text(resource["userName"], "userName")))
        {
            throw ScimRefusal.InvalidValue("userName is missing.");
        }

        // People compare them, and a look-alike of another one is worth nothing.
        foreach (var name in (string[])["userName", "externalId"])
        {
            if (Text(resource[name], name) is { Length: > 0 } value && DisplayText.Fault(value, MaxName) is { } fault)
            {
                throw ScimRefusal.InvalidValue($"{name} {fault}.");
            }
        }

        if (JsonSerializer.SerializeToUtf8Bytes(resource).Length > MaxBytes)
        {
            throw ScimRefusal.InvalidValue($"The attributes of a user have at most {MaxBytes} bytes.");
        }
    }

    /// <summary>Makes sure that a message says what it is.</summary>
    /// <exception cref="ScimRefusal">It does not, or is something else.</exception>
    public static void RequireSchema(JsonObject message, string urn)
    {
        if (Member(message, "schemas") is not JsonArray schemas
            || !schemas.Any(schema => schema is JsonValue value && value.GetValueKind() == JsonValueKind.String
                && urn.Equals(Text(value, "schemas"), StringComparison.OrdinalIgnoreCase)))
        {
            throw ScimRefusal.InvalidSyntax($"schemas has to name {urn}.");
        }
    }

    /// <summary>The member of this name, in any case; null when there is none or its value is null.</summary>
    public static JsonNode? Member(JsonObject message, string name) =>
        message.FirstOrDefault(member => member.Key.Equals(name, StringComparison.OrdinalIgnoreCase)).Value;

    /// <summary>The text of a value; null when there is none.</summary>
    /// <exception cref="ScimRefusal">It is not a text.</exception>
    public static string? Text(JsonNode? value, string name) =>
        value is null ? null
        : value.GetValueKind() == JsonValueKind.String ? value.GetValue<string>()
        : throw ScimRefusal.InvalidValue($"{name} is a text.");
}
