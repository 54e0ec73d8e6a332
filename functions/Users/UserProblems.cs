using BlokSec.Contracts;
using BlokSec.Functions.Http;

namespace BlokSec.Functions.Users;

/// <summary>Why a user was not written, as administrators are told.</summary>
internal static class UserProblems
{
    public static IResult Of(UserAnswer answer) => answer.Fault switch
    {
        UserFault.NoSuchApplication => Problems.InvalidRequest($"accounts[{answer.FaultyAccount}].applicationId", "is no application of this tenant"),
        UserFault.ApplicationDisabled => Problems.InvalidRequest($"accounts[{answer.FaultyAccount}].applicationId", "is an application that is disabled"),
        UserFault.AccountInUse => Problems.Of(
            ProblemCodes.AccountExists, $"accounts[{answer.FaultyAccount}]: another user has an account of this name in the application. Nobody was invited."),
        var fault => Of(fault),
    };

    public static IResult Of(UserFault fault) => fault switch
    {
        UserFault.EmailInUse => Problems.Of(ProblemCodes.EmailInUse, "Another user has this email address. Nothing was changed."),
        UserFault.UserNameInUse => Problems.Of(ProblemCodes.UserNameInUse, "Another user has this user name. Nothing was changed."),
        UserFault.NotFound => Problems.NotFound("user"),
        UserFault.Stale => Problems.Of(ProblemCodes.PreconditionFailed, "The user changed since you looked. Nothing was changed; look again."),
        UserFault.KeyReused => Problems.Of(
            ProblemCodes.IdempotencyKeyReused, "This idempotency key was used for another request. Nothing was changed; use a new key."),
        _ => Problems.TooManyConflicts(),
    };
}
