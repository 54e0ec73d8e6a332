using System.Buffers;
using System.Diagnostics.CodeAnalysis;

namespace BlokSec.Functions.Http;

/// <summary>
/// The formats of identifiers that callers send (<c>docs/mobile-protocol.md</c>). All of them fit into a document id, a URL and a
/// claim link as they are, so that no two of them can ever be taken for one another.
/// </summary>
internal static class Identifiers
{
    private static readonly SearchValues<char> Allowed =
        SearchValues.Create("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_-");

    /// <summary>1 to 64 characters of <c>A-Z a-z 0-9 _ -</c>.</summary>
    public static bool IsTenantId([NotNullWhen(true)] string? value) => Is(value, 1, 64);

    /// <summary>1 to 64 characters of <c>A-Z a-z 0-9 _ -</c>.</summary>
    public static bool IsUserId([NotNullWhen(true)] string? value) => Is(value, 1, 64);

    /// <summary>1 to 64 characters of <c>A-Z a-z 0-9 _ -</c>.</summary>
    public static bool IsApplicationId([NotNullWhen(true)] string? value) => Is(value, 1, 64);

    /// <summary>An RFC 7638 SHA-256 thumbprint: 32 bytes in base64url.</summary>
    public static bool IsDeviceId([NotNullWhen(true)] string? value) =>
        Is(value, 43, 43) && StrictBase64Url.TryDecode(value, out _);

    /// <summary>The <c>jti</c> of a proof: 16 to 64 characters of <c>A-Z a-z 0-9 _ -</c>.</summary>
    public static bool IsProofId([NotNullWhen(true)] string? value) => Is(value, 16, 64);

    /// <summary>Whether the value has only <c>A-Z a-z 0-9 _ -</c> and a length within the bounds.</summary>
    public static bool Is([NotNullWhen(true)] string? value, int minimum, int maximum) =>
        value is not null && value.Length >= minimum && value.Length <= maximum && !value.AsSpan().ContainsAnyExcept(Allowed);
}
