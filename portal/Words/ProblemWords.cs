using BlokSec.Contracts;
using BlokSec.Portal.Api;

namespace BlokSec.Portal.Words;

/// <summary>Problems in plain words: what happened, and what to do now.</summary>
/// <param name="Title">What happened.</param>
/// <param name="Advice">What to do.</param>
internal sealed record ProblemWords(string Title, string Advice)
{
    public static ProblemWords Of(ApiProblem problem) => problem.Code switch
    {
        ProblemCodes.InsufficientUserAuthentication => new(
            "Show that it is you", "This needs a sign-in of the last minutes, so that nobody else does it at a console you left open. Sign in again: you come back to this page."),
        ProblemCodes.OutOfScope => new(
            "You are limited to departments", "This concerns the whole organization, or users of other departments. Ask whoever manages policies in your organization."),
        ProblemCodes.SecondPersonRequired => new(
            "A second person has to agree", "Another administrator finds your request on the page Approvals. Once it is approved, do the same again."),
        ProblemCodes.NotSecondPerson => new("You cannot decide this", "It takes another administrator, who has the role of the action."),
        ProblemCodes.ApprovalEnded => new("It is decided already, or its time is over", "The list shows what became of it."),
        ProblemCodes.OperationInProgress => new(
            "Another operation for this user is in progress", "Wait until it finishes; the page shows its progress."),
        ProblemCodes.NoPushHandle => new("Push notifications cannot reach this device", "Choose another device."),
        ProblemCodes.IdentityCheckRequired => new(
            "Recognize the person first", "Record how you made sure that this is the user. Then the claim QR code is shown."),
        ProblemCodes.NotUnregistered => new(
            "The user has an active identity", "To enroll another phone, unregister all devices first, or let the user restore from a backup."),
        ProblemCodes.AlreadyUnregistered => new("There is nothing to unregister", "To let a phone enroll, renew the claim QR code."),
        ProblemCodes.EmailInUse => new("Another user has this email address", "Nothing was changed. Find that user with the search, or enter another address."),
        ProblemCodes.UserNameInUse => new("Another user has this user name", "Nothing was changed. Find that user with the search, or enter another address."),
        ProblemCodes.InvalidRequest when problem.Errors.Count > 0 => new("Check what you entered", "Nothing was changed. What is wrong stands beside each field."),
        ProblemCodes.ConfirmationMismatch => new("The phrase does not match exactly", "Nothing was changed. Type it again."),
        ProblemCodes.PlanStale => new("The user's devices have changed since you looked", "Nothing was changed. Check the plan again."),
        ProblemCodes.PreconditionFailed or ProblemCodes.Conflict => new(
            "Somebody else changed this user at the same moment", "Nothing was changed. Review the page, then try again."),
        ProblemCodes.ApplicationExists => new("Another application has this id or client id", "Nothing was changed. Look at the list of applications."),
        ProblemCodes.ApplicationLimit => new("There are as many applications as allowed", "Nothing was changed. Rename one that is not in use any more."),
        ProblemCodes.ApplicationDisabled => new("The application is disabled", "Enable it on the page of the applications, then try again."),
        ProblemCodes.AccountExists => new("There is an account of this name in the application", "Choose another name."),
        ProblemCodes.AccountLimit => new("The user has as many accounts as allowed", "Remove accounts that are not in use any more."),
        ProblemCodes.NoAccounts => new("There is no account to remove", "Somebody else may have removed it. The page shows what is left."),
        ProblemCodes.IdempotencyKeyReused => new("This was sent before with different content", "Close the dialog and start again."),
        _ => Of(problem.Kind),
    };

    private static ProblemWords Of(ProblemKind kind) => kind switch
    {
        ProblemKind.Unreachable => new("The API cannot be reached", "Check your connection, then try again."),
        ProblemKind.SessionExpired => new("Your session has ended", "Sign in again. You come back to this page."),
        ProblemKind.Forbidden => new("You may not do this", "Your role does not allow it. Ask whoever manages roles in your organization."),
        ProblemKind.NotFound => new("Not found", "It may have been deleted, or it never existed in your organization."),
        ProblemKind.Conflict => new("This is not possible now", "Check the page, then try again."),
        ProblemKind.Invalid => new("The request was refused", "Reload the page and try again. If it happens again, give your support the code below."),
        ProblemKind.TooMany => new("Too many requests at once", "Wait a few seconds, then try again."),
        ProblemKind.Unavailable => new("A service that the API needs does not respond", "Try again in a moment. The request is safe to repeat."),
        _ => new("An unexpected error occurred", "It was logged. Try again; if it happens again, give your support the code below."),
    };
}
