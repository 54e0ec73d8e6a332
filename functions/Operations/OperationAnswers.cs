using BlokSec.Contracts;
using BlokSec.Functions.Http;
using BlokSec.Functions.Identities;

namespace BlokSec.Functions.Operations;

/// <summary>How a long-running operation is answered, after Microsoft's API guidelines.</summary>
internal static class OperationAnswers
{
    /// <summary>Seconds after which looking again is worth it.</summary>
    private const string LookAgainAfter = "1";

    /// <summary>202 while the operation is under way, 200 once it ended; both with <c>Operation-Location</c>.</summary>
    public static IResult Accepted(HttpContext context, OperationDocument operation)
    {
        var address = context.RequestServices.GetRequiredService<PublicAddress>();
        context.Response.Headers["Operation-Location"] = $"{address.Url}/api/users/{operation.UserId}/operations/{operation.OperationId}";
        var details = operation.ToDetails();
        if (operation.HasEnded())
        {
            return TypedResults.Ok(details);
        }

        context.Response.Headers.RetryAfter = LookAgainAfter;
        return TypedResults.Accepted((string?)null, details);
    }

    /// <summary>The status monitor.</summary>
    public static IResult Monitor(HttpContext context, OperationDetails details)
    {
        if (details.Status is OperationStatus.NotStarted or OperationStatus.Running)
        {
            context.Response.Headers.RetryAfter = LookAgainAfter;
        }

        return TypedResults.Ok(details);
    }

    public static IResult IdempotencyKeyReused() => Problems.Of(
        ProblemCodes.IdempotencyKeyReused,
        "This Idempotency-Key was used with another request.");

    public static IResult ConfirmationMismatch(string phrase) => Problems.Of(
        ProblemCodes.ConfirmationMismatch,
        $"confirmation: type \"{phrase}\", in lower case and without anything before or after it. Nothing was changed.");

    /// <summary>Another removal was faster, and what the device accepted is marked only since the loss that it told of.</summary>
    public static IResult LossNotTaken() => Problems.Of(
        ProblemCodes.Conflict,
        "The device was removed before, by a removal that does not say that it was lost so early. It stays removed; nothing more was marked "
        + "for review. Look at the sign-in requests of this device.");

    public static IResult PlanStale() => Problems.Of(
        ProblemCodes.PlanStale, "The user's devices changed since the plan was made. Nothing was changed; look again.");
}
