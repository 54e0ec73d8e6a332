using BlokSec.Contracts;
using BlokSec.Functions.Http;
using BlokSec.Functions.Identities;
using Microsoft.AspNetCore.Mvc;

namespace BlokSec.Functions.Bulk;

/// <summary>What is refused, and why a user was passed over.</summary>
internal static class BulkProblems
{
    public static IResult PlanStale() => Problems.Of(
        ProblemCodes.PlanStale, $"This is not the plan, or it is older than {BulkLimits.PlanMinutes} minutes. Nothing was changed; plan it again.");

    public static IResult UserStale() => Problems.Of(
        ProblemCodes.PlanStale, "The user was unregistered and enrolled again since the plan was made. Nothing was changed.");

    public static IResult MissingRole(string role) => Problems.Of(ProblemCodes.Forbidden, $"This needs the role {role} too. Nothing was changed.");

    public static string? CodeOf(ProblemDetails problem) => problem.Extensions["code"] as string;

    /// <summary>A user who is passed over because of an exception; null when it does not mean the user alone.</summary>
    /// <param name="user">The user.</param>
    /// <param name="exception">What was thrown.</param>
    /// <param name="isGivenUp">Whether it was tried often enough.</param>
    public static BulkUser? PassedOver(BulkUser user, Exception exception, bool isGivenUp)
    {
        var (code, detail) = exception switch
        {
            UnreadableDocumentException => (ProblemCodes.DocumentUnreadable, "A stored document of the user cannot be read until an operator repairs it."),
            NewerDocumentException => (ProblemCodes.ServiceUpdating, "A later version of the service wrote a document of the user."),
            BatchTooLargeException => (ProblemCodes.InternalError, "The user has more than one transaction can change."),
            _ => (isGivenUp ? ProblemCodes.Unavailable : null, "The user's documents could not be read or written."),
        };
        return code is null ? null : user with { Result = BulkResult.Failed, Code = code, Detail = detail };
    }
}
