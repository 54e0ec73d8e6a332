using BlokSec.Contracts;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Mvc;

namespace BlokSec.Functions.Hosting;

/// <summary>Problem details (RFC 9457), each with a stable <c>code</c>.</summary>
internal static class Problems
{
    /// <summary>Makes the details of a problem.</summary>
    /// <param name="status">HTTP status.</param>
    /// <param name="code">One of <see cref="ProblemCodes"/>.</param>
    /// <param name="detail">What is wrong and what to do, without secrets.</param>
    public static ProblemDetails Details(int status, string code, string detail) => new()
    {
        Type = $"https://docs.bloksec.io/problems/{code}",
        Title = code.Replace('-', ' '),
        Status = status,
        Detail = detail,
        Extensions = { ["code"] = code },
    };

    public static ProblemHttpResult Of(int status, string code, string detail) => TypedResults.Problem(Details(status, code, detail));

    public static ProblemHttpResult InvalidRequest(IReadOnlyDictionary<string, string[]> errors)
    {
        var details = Details(
            StatusCodes.Status400BadRequest,
            ProblemCodes.InvalidRequest,
            string.Join("; ", errors.Select(error => $"{error.Key}: {error.Value[0]}")));
        details.Extensions["errors"] = errors;
        return TypedResults.Problem(details);
    }

    public static ProblemHttpResult InvalidRequest(string field, string reason) =>
        InvalidRequest(new Dictionary<string, string[]> { [field] = [reason] });

    public static ProblemHttpResult InvalidContinuation() => InvalidRequest("continuation", "is not one that this list gave");

    public static ProblemHttpResult NotFound(string what) =>
        Of(StatusCodes.Status404NotFound, ProblemCodes.NotFound, $"There is no such {what}.");

    public static ProblemHttpResult PayloadTooLarge() => Of(
        StatusCodes.Status413PayloadTooLarge, ProblemCodes.PayloadTooLarge, $"The body is larger than {RequestLimits.MaxBodyBytes} bytes.");

    public static ProblemHttpResult UnsupportedMediaType() => Of(
        StatusCodes.Status415UnsupportedMediaType, ProblemCodes.UnsupportedMediaType, "Send the body as application/json in UTF-8.");

    public static ProblemHttpResult Conflict(string code, string detail) => Of(StatusCodes.Status409Conflict, code, detail);

    /// <summary>Somebody else changed the same user again and again.</summary>
    public static ProblemHttpResult TooManyConflicts() =>
        Conflict(ProblemCodes.Conflict, "Others are changing this user at the same moment. Nothing was changed; try again.");
}
