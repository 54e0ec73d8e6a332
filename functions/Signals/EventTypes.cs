namespace BlokSec.Functions.Signals;

/// <summary>What happened to a user that applications must learn.</summary>
internal enum SignalKind
{
    /// <summary>All sessions of the user are to end.</summary>
    SessionRevoked,

    /// <summary>A phone was added.</summary>
    CredentialCreated,

    /// <summary>A phone was removed.</summary>
    CredentialRevoked,

    /// <summary>A phone may be in other hands.</summary>
    CredentialCompromised,

    /// <summary>The user was suspended.</summary>
    AccountDisabled,

    /// <summary>The user was reactivated.</summary>
    AccountEnabled,

    /// <summary>The user is gone for good.</summary>
    AccountPurged,

    /// <summary>The user's address was changed.</summary>
    IdentifierChanged,

    /// <summary>The user, who was registered before, can register again.</summary>
    RecoveryActivated,
}

/// <summary>The URIs of events (CAEP 1.0, RISC 1.0, Shared Signals Framework 1.0).</summary>
internal static class EventTypes
{
    /// <summary>CAEP 1.0, section 3.1.</summary>
    public const string SessionRevoked = "https://schemas.openid.net/secevent/caep/event-type/session-revoked";

    /// <summary>CAEP 1.0, section 3.3.</summary>
    public const string CredentialChange = "https://schemas.openid.net/secevent/caep/event-type/credential-change";

    /// <summary>RISC 1.0, section 2.7.</summary>
    public const string CredentialCompromise = "https://schemas.openid.net/secevent/risc/event-type/credential-compromise";

    /// <summary>RISC 1.0, section 2.3.</summary>
    public const string AccountDisabled = "https://schemas.openid.net/secevent/risc/event-type/account-disabled";

    /// <summary>RISC 1.0, section 2.4.</summary>
    public const string AccountEnabled = "https://schemas.openid.net/secevent/risc/event-type/account-enabled";

    /// <summary>RISC 1.0, section 2.2.</summary>
    public const string AccountPurged = "https://schemas.openid.net/secevent/risc/event-type/account-purged";

    /// <summary>RISC 1.0, section 2.5.</summary>
    public const string IdentifierChanged = "https://schemas.openid.net/secevent/risc/event-type/identifier-changed";

    /// <summary>RISC 1.0, section 2.9.</summary>
    public const string RecoveryActivated = "https://schemas.openid.net/secevent/risc/event-type/recovery-activated";

    /// <summary>Shared Signals Framework 1.0, section 8.1.4.1; needs no request.</summary>
    public const string Verification = "https://schemas.openid.net/secevent/ssf/event-type/verification";

    /// <summary>Shared Signals Framework 1.0, section 8.1.5; needs no request.</summary>
    public const string StreamUpdated = "https://schemas.openid.net/secevent/ssf/event-type/stream-updated";

    /// <summary>What a receiver can ask for.</summary>
    public static IReadOnlyList<string> Supported { get; } =
        [
            SessionRevoked, CredentialChange, CredentialCompromise, AccountDisabled, AccountEnabled, AccountPurged, IdentifierChanged, RecoveryActivated,
        ];

    /// <summary>The URI of a kind.</summary>
    public static string Of(SignalKind kind) => kind switch
    {
        SignalKind.SessionRevoked => SessionRevoked,
        SignalKind.CredentialCreated or SignalKind.CredentialRevoked => CredentialChange,
        SignalKind.CredentialCompromised => CredentialCompromise,
        SignalKind.AccountDisabled => AccountDisabled,
        SignalKind.AccountEnabled => AccountEnabled,
        SignalKind.AccountPurged => AccountPurged,
        SignalKind.IdentifierChanged => IdentifierChanged,
        SignalKind.RecoveryActivated => RecoveryActivated,
        _ => throw new ArgumentOutOfRangeException(nameof(kind), kind, message: null),
    };
}
