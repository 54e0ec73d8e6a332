using BlokSec.Functions.Identities;

namespace BlokSec.Functions.Users;

/// <summary>Why a user was not written.</summary>
internal enum UserFault
{
    None,

    /// <summary>Another user of the tenant has the email address.</summary>
    EmailInUse,

    /// <summary>Another user of the tenant has the user name.</summary>
    UserNameInUse,

    /// <summary>No such user in this tenant, or one who left.</summary>
    NotFound,

    /// <summary>The user changed since the caller looked.</summary>
    Stale,

    /// <summary>The idempotency key made another user.</summary>
    KeyReused,

    /// <summary>An administrator suspended the user: the directory does not lift that.</summary>
    SuspendedByAdministrator,

    /// <summary>The tenant has no application of an account that the user is to get.</summary>
    NoSuchApplication,

    /// <summary>The application of an account that the user is to get is disabled.</summary>
    ApplicationDisabled,

    /// <summary>Another user has an account of the name that the user is to get.</summary>
    AccountInUse,

    /// <summary>Others write the user at the same moment.</summary>
    Contended,
}

/// <summary>What became of a change.</summary>
/// <param name="Fault">Why nothing was written; <see cref="UserFault.None"/> when all is as was asked.</param>
/// <param name="User">The user as it is now; null when that is not known.</param>
internal sealed record UserAnswer(UserFault Fault, UserDocument? User = null)
{
    /// <summary>The claim that a new user was given.</summary>
    public ClaimDocument? Claim { get; init; }

    /// <summary>Which of the accounts that the user was to get is at fault, from 0.</summary>
    public int FaultyAccount { get; init; }

    /// <summary>Whether this call made the user, not an earlier one with the same key.</summary>
    public bool IsNew { get; init; }
}
