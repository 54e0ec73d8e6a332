using System.Text.Json;
using System.Text.Json.Nodes;
using BlokSec.Functions.Identities;

namespace BlokSec.Functions.Signals;

/// <summary>Formats of subject identifiers (RFC 9493).</summary>
internal static class SubjectFormats
{
    public const string Email = "email";

    public const string IssuerAndSubject = "iss_sub";

    public const string Opaque = "opaque";
}

/// <summary>Subjects of events: who they are about, and how receivers name them.</summary>
internal static class Subjects
{
    private const int LongestMember = 512;

    /// <summary>A user as a receiver wants it. Who has no address is named by issuer and id.</summary>
    public static JsonObject OfUser(string format, string issuer, string userId, string? email) => format == SubjectFormats.Email && email is not null
        ? new JsonObject { ["format"] = SubjectFormats.Email, ["email"] = email }
        : new JsonObject { ["format"] = SubjectFormats.IssuerAndSubject, ["iss"] = issuer, ["sub"] = userId };

    /// <summary>A stream (Shared Signals Framework 1.0, section 8.1.4.1).</summary>
    public static JsonObject OfStream(string streamId) => new() { ["format"] = SubjectFormats.Opaque, ["id"] = streamId };

    /// <summary>The documents that say that a user was taken out of a stream, by either name.</summary>
    public static IReadOnlyList<string> ExclusionsOf(string issuer, string userId, string? email) => email is null
        ? [DocumentId(issuer, userId)]
        : [DocumentId(issuer, userId), DocumentId(SubjectFormats.Email, Folded(email))];

    /// <summary>Whether it has the form of a subject identifier.</summary>
    public static bool IsSubject(JsonElement subject) => subject.ValueKind == JsonValueKind.Object && Text(subject, "format") is not null;

    /// <summary>The document that says that this subject was taken out; null for subjects that no event of ours is about.</summary>
    public static string? ExclusionOf(JsonElement subject, string issuer) => Text(subject, "format") switch
    {
        SubjectFormats.Email when Text(subject, "email") is { } email => DocumentId(SubjectFormats.Email, Folded(email)),
        SubjectFormats.IssuerAndSubject when Text(subject, "iss") == issuer && Text(subject, "sub") is { } userId => DocumentId(issuer, userId),
        "complex" when subject.TryGetProperty("user", out var user) && IsSubject(user) && Text(user, "format") != "complex" => ExclusionOf(user, issuer),
        _ => null,
    };

    private static string? Text(JsonElement subject, string name) =>
        subject.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String && value.GetString() is { Length: > 0 and <= LongestMember } text
            ? text
            : null;

    private static string Folded(string email) => email.Trim().ToLowerInvariant();

    private static string DocumentId(string space, string name) => $"removed:{RequestIds.Fingerprint(space, name)}";
}
