using BlokSec.Contracts;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Mvc;

namespace BlokSec.Functions.Http;

/// <summary>Problem details (RFC 9457), each with a stable <c>code</c>.</summary>
internal static class Problems
{
    /// <summary>Makes the details of a problem.</summary>
    /// <param name="code">One of <see cref="ProblemCodes"/>, which says the HTTP status and the title.</param>
    /// <param name="detail">What is wrong and what to do, without secrets.</param>
    public static ProblemDetails Details(string code, string detail)
    {
        var type = ProblemTypes.All[code];
        return new ProblemDetails
        {
            Type = type.Address,
            Title = type.Title,
            Status = type.Status,
            Detail = detail,
            Extensions = { ["code"] = code },
        };
    }

    /// <summary>The answer.</summary>
    public static ProblemHttpResult Of(string code, string detail) => TypedResults.Problem(Details(code, detail));

    public static ProblemHttpResult InvalidRequest(IReadOnlyDictionary<string, string[]> errors)
    {
        var details = Details(ProblemCodes.InvalidRequest,
            string.Join("; ", errors.Select(error => $"{error.Key}: {error.Value[0]}")));
        details.Extensions["errors"] = errors;
        return TypedResults.Problem(details);
    }

    public static ProblemHttpResult InvalidRequest(string field, string reason) =>
        InvalidRequest(new Dictionary<string, string[]> { [field] = [reason] });

    public static ProblemHttpResult InvalidContinuation() => InvalidRequest("continuation", "is not one that this list gave");

    public static ProblemHttpResult NotFound(string what) =>
        Of(ProblemCodes.NotFound, $"There is no such {what}.");

    /// <summary>For an administrator who is limited to departments, where more is concerned.</summary>
    public static ProblemHttpResult OutOfScope(string detail = "You may act on the users of your departments only. Nothing was changed.") =>
        Of(ProblemCodes.OutOfScope, detail);

    public static ProblemHttpResult PayloadTooLarge(long? most = null) =>
        Of(ProblemCodes.PayloadTooLarge, $"The body is larger than {most ?? RequestLimits.MaxBodyBytes} bytes.");

    public static ProblemHttpResult UnsupportedMediaType() => Of(ProblemCodes.UnsupportedMediaType, "Send the body as application/json in UTF-8.");

    /// <summary>Somebody else changed the same user again and again.</summary>
    public static ProblemHttpResult TooManyConflicts() =>
        Of(ProblemCodes.Conflict, "Others are changing this user at the same moment. Nothing was changed; try again.");
}
