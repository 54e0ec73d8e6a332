using System.Text.Json.Serialization;

namespace BlokSec.Portal.Api;

/// <summary>Why the API did not do what was asked.</summary>
/// <param name="Kind">What that means for the page.</param>
/// <param name="Code">The stable code; empty when there was no answer.</param>
/// <param name="Detail">The API's own words, if there are any.</param>
public sealed record ApiProblem(ProblemKind Kind, string Code, string? Detail)
{
    /// <summary>What is wrong with each field of a request that was not right.</summary>
    public IReadOnlyDictionary<string, string[]> Errors { get; init; } = NoErrors;

    /// <summary>How many seconds ago the sign-in may have been at most; null when the API demands no recent one.</summary>
    public int? MaxAge { get; init; }

    /// <summary>How the administrator has to sign in, separated by spaces; null when any way will do.</summary>
    public string? AcrValues { get; init; }

    /// <summary>The claim that tells how; <c>acrs</c> with Microsoft Entra ID.</summary>
    public string? AcrClaim { get; init; }

    /// <summary>Whether the session is good, only too old for this (RFC 9470).</summary>
    public bool NeedsRecentSignIn => Code == Contracts.ProblemCodes.InsufficientUserAuthentication;

    private static IReadOnlyDictionary<string, string[]> NoErrors { get; } = new Dictionary<string, string[]>();

    /// <summary>Whether asking again may help by itself.</summary>
    public bool IsPassing => Kind is ProblemKind.Unreachable or ProblemKind.Unavailable or ProblemKind.TooMany;

    /// <summary>Nothing came back: whether it was done is not known.</summary>
    public static ApiProblem Unreachable { get; } = new(ProblemKind.Unreachable, "", null);

    /// <summary>The session is over.</summary>
    public static ApiProblem SessionExpired { get; } = new(ProblemKind.SessionExpired, Contracts.ProblemCodes.Unauthenticated, null);
}

/// <summary>What a problem means for a page.</summary>
public enum ProblemKind
{
    /// <summary>The API cannot be reached, or its answer was lost.</summary>
    Unreachable,

    /// <summary>Sign in again.</summary>
    SessionExpired,

    /// <summary>The role is missing.</summary>
    Forbidden,

    /// <summary>There is no such thing in this tenant.</summary>
    NotFound,

    /// <summary>It is not possible now, or what was seen has changed.</summary>
    Conflict,

    /// <summary>The request was not right.</summary>
    Invalid,

    /// <summary>Too many requests.</summary>
    TooMany,

    /// <summary>A service behind the API is out.</summary>
    Unavailable,

    /// <summary>A fault of the API.</summary>
    Fault,
}

/// <summary>Problem details (RFC 9457) as the API sends them.</summary>
internal sealed record ProblemBody
{
    [JsonPropertyName("code")]
    public string? Code { get; init; }

    [JsonPropertyName("title")]
    public string? Title { get; init; }

    [JsonPropertyName("detail")]
    public string? Detail { get; init; }

    [JsonPropertyName("maxAge")]
    public int? MaxAge { get; init; }

    [JsonPropertyName("acrValues")]
    public string? AcrValues { get; init; }

    [JsonPropertyName("acrClaim")]
    public string? AcrClaim { get; init; }

    [JsonPropertyName("errors")]
    public Dictionary<string, string[]>? Errors { get; init; }
}
