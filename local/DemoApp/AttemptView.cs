using BlokSec.Contracts;

namespace BlokSec.Local.DemoApp;

/// <summary>Where a sign-in stands, as the page shows it. No id of the request and no token of the application is in it.</summary>
/// <param name="State">Where it stands.</param>
internal sealed record AttemptView(AttemptState State)
{
    /// <summary>Nobody tries to sign in.</summary>
    public static readonly AttemptView None = new(AttemptState.None);

    /// <summary>The name that was entered.</summary>
    public string? Name { get; init; }

    /// <summary>The number to type on the phone, while the request waits.</summary>
    public string? Number { get; init; }

    /// <summary>Until when it waits.</summary>
    public DateTimeOffset? ExpiresAt { get; init; }

    /// <summary>Whether a phone is told by push.</summary>
    public SignInPush? Push { get; init; }

    /// <summary>From when on it may be tried again, when it was held back.</summary>
    public DateTimeOffset? RetryAt { get; init; }

    /// <summary>Why it did not succeed.</summary>
    public string? Detail { get; init; }

    /// <summary>What was verified.</summary>
    public VerifiedSignIn? SignIn { get; init; }

    /// <summary>The assertion that was verified.</summary>
    public string? Assertion { get; init; }
}

/// <summary>Where a sign-in stands.</summary>
internal enum AttemptState
{
    /// <summary>Nobody tries to sign in.</summary>
    None,

    /// <summary>The request waits for the user.</summary>
    Pending,

    /// <summary>Accepted, and the assertion was verified.</summary>
    SignedIn,

    /// <summary>BlokSec told that the sessions of the user have to end.</summary>
    SignedOut,

    /// <summary>The user pressed cancel.</summary>
    Cancelled,

    /// <summary>The user says that somebody else asked.</summary>
    NotMe,

    /// <summary>Too many wrong numbers were typed.</summary>
    WrongNumber,

    /// <summary>Nobody answered in time.</summary>
    Expired,

    /// <summary>A newer request took its place.</summary>
    Superseded,

    /// <summary>Too many requests for this user.</summary>
    HeldBack,

    /// <summary>The server does not want this request.</summary>
    Refused,

    /// <summary>Something does not work, or an assertion is not what it should be.</summary>
    Failed,
}
