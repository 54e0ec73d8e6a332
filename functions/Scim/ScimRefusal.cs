namespace BlokSec.Functions.Scim;

/// <summary>The <c>scimType</c> of errors (RFC 7644, section 3.12).</summary>
internal static class ScimTypes
{
    public const string InvalidFilter = "invalidFilter";

    public const string InvalidPath = "invalidPath";

    public const string InvalidSyntax = "invalidSyntax";

    public const string InvalidValue = "invalidValue";

    public const string Mutability = "mutability";

    public const string NoTarget = "noTarget";

    public const string Uniqueness = "uniqueness";
}

/// <summary>A request of a directory that cannot be carried out as it is. Nothing was changed.</summary>
/// <param name="status">The HTTP status.</param>
/// <param name="scimType">One of <see cref="ScimTypes"/>; null where none fits.</param>
/// <param name="detail">What is wrong, without secrets.</param>
internal sealed class ScimRefusal(int status, string? scimType, string detail) : BadHttpRequestException(detail, status)
{
    public string? ScimType { get; } = scimType;

    public static ScimRefusal InvalidFilter(string detail) => new(400, ScimTypes.InvalidFilter, detail);

    public static ScimRefusal InvalidPath(string detail) => new(400, ScimTypes.InvalidPath, detail);

    public static ScimRefusal InvalidSyntax(string detail) => new(400, ScimTypes.InvalidSyntax, detail);

    public static ScimRefusal InvalidValue(string detail) => new(400, ScimTypes.InvalidValue, detail);

    public static ScimRefusal Mutability(string detail) => new(400, ScimTypes.Mutability, detail);

    public static ScimRefusal NoTarget(string detail) => new(400, ScimTypes.NoTarget, detail);

    public static ScimRefusal NotFound() => new(404, scimType: null, "There is no such resource.");
}
