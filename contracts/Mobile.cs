using System.ComponentModel.DataAnnotations;
using System.Text.RegularExpressions;

namespace BlokSec.Contracts;

/// <summary>Which push service a handle belongs to.</summary>
public enum PushHandleKind
{
    /// <summary>APNs device token, hexadecimal.</summary>
    Apns,

    /// <summary>FCM registration token.</summary>
    FcmToken,

    /// <summary>Firebase installation id.</summary>
    FcmFid,
}

/// <summary>Which APNs host an app build talks to.</summary>
public enum PushEnvironment
{
    /// <summary>App Store, TestFlight and ad hoc builds; always for FCM.</summary>
    Production,

    /// <summary>Development builds.</summary>
    Sandbox,
}

/// <summary>A push handle as the app registers it. Treated as a secret from then on.</summary>
public sealed partial record PushHandleRegistration : IValidatableObject
{
    /// <summary>Which push service.</summary>
    public required PushHandleKind Kind { get; init; }

    /// <summary>The token: 64 to 200 hexadecimal digits for APNs, up to 4,096 characters for FCM.</summary>
    public required string Value { get; init; }

    /// <summary>The APNs environment; production when left out.</summary>
    public PushEnvironment Environment { get; init; }

    /// <inheritdoc />
    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext)
    {
        if (Kind == PushHandleKind.Apns && !ApnsToken().IsMatch(Value))
        {
            yield return new ValidationResult("is 64 to 200 hexadecimal digits", [nameof(Value)]);
        }

        if (Kind != PushHandleKind.Apns && !FcmHandle().IsMatch(Value))
        {
            yield return new ValidationResult("is 1 to 4,096 characters without blanks", [nameof(Value)]);
        }

        if (Kind != PushHandleKind.Apns && Environment != PushEnvironment.Production)
        {
            yield return new ValidationResult("is production for FCM", [nameof(Environment)]);
        }
    }

    /// <summary>What is wrong with registering this handle for a phone of the platform; null when nothing is.</summary>
    /// <param name="platform">The phone's system. Apple's service reaches no Android phone; Firebase reaches both.</param>
    public string? MisfitOf(DevicePlatform platform) =>
        Kind == PushHandleKind.Apns && platform != DevicePlatform.Ios ? "is fcmToken or fcmFid for an Android phone" : null;

    // The value is a secret: it stays out of logs, wherever this record is printed.
    private bool PrintMembers(System.Text.StringBuilder builder)
    {
        builder.Append(nameof(Kind)).Append(" = ").Append(Kind);
        return true;
    }

    [GeneratedRegex(@"\A[0-9A-Fa-f]{64,200}\z", RegexOptions.None, matchTimeoutMilliseconds: 1_000)]
    private static partial Regex ApnsToken();

    [GeneratedRegex(@"\A[\x21-\x7e]{1,4096}\z", RegexOptions.None, matchTimeoutMilliseconds: 1_000)]
    private static partial Regex FcmHandle();
}

/// <summary>Facts about a phone that enrolls. Its public key is the one in the header of the proof.</summary>
public sealed record DeviceRegistration : IValidatableObject
{
    /// <summary>Name given on the phone; 1 to 100 characters, as <see cref="DisplayText"/> allows them.</summary>
    /// <example>Work phone</example>
    [DisplayText(100)]
    public required string Name { get; init; }

    /// <summary>Such as "iPhone 16 Pro"; 1 to 100 characters.</summary>
    /// <example>iPhone 16 Pro</example>
    [DisplayText(100)]
    public required string Model { get; init; }

    /// <summary>Its system.</summary>
    public required DevicePlatform Platform { get; init; }

    /// <summary>Version of the system; 1 to 50 characters.</summary>
    /// <example>iOS 19.1</example>
    [DisplayText(50)]
    public required string OsVersion { get; init; }

    /// <summary>Version of the BlokSec app; 1 to 50 characters.</summary>
    /// <example>5.2.0</example>
    [DisplayText(50)]
    public required string AppVersion { get; init; }

    /// <summary>How to reach it by push; null when the user does not allow notifications.</summary>
    public PushHandleRegistration? PushHandle { get; init; }

    /// <inheritdoc />
    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext)
    {
        if (PushHandle?.MisfitOf(Platform) is { } misfit)
        {
            yield return new ValidationResult(misfit, [$"{nameof(PushHandle)}.{nameof(PushHandle.Kind)}"]);
        }
    }
}

/// <summary>Redeems a claim: a phone enrolls with a new DID.</summary>
public sealed record RedeemClaimRequest
{
    /// <summary>First part of the link's fragment.</summary>
    [RegularExpression("^[A-Za-z0-9_-]{1,64}$", ErrorMessage = "is 1 to 64 of A-Z a-z 0-9 _ -")]
    public required string TenantId { get; init; }

    /// <summary>Second part of the link's fragment.</summary>
    [RegularExpression("^[A-Za-z0-9_-]{1,64}$", ErrorMessage = "is 1 to 64 of A-Z a-z 0-9 _ -")]
    public required string UserId { get; init; }

    /// <summary>Third part of the link's fragment.</summary>
    [StringLength(64, MinimumLength = 1, ErrorMessage = "is 1 to 64 characters")]
    public required string Code { get; init; }

    /// <summary>The new DID, did:key with Ed25519 or P-256.</summary>
    /// <example>did:key:zDnaerx9CtbPJ1q36T5Ln5wYt3MQYeGRG5ehnPAmxcf5mDZpv</example>
    [StringLength(200, MinimumLength = 1, ErrorMessage = "is 1 to 200 characters")]
    public required string Did { get; init; }

    /// <summary>Proof by the DID's key: a JWS of type <c>did-proof+jwt</c>.</summary>
    [StringLength(4096, MinimumLength = 1, ErrorMessage = "is 1 to 4,096 characters")]
    public required string DidProof { get; init; }

    /// <summary>The phone.</summary>
    public required DeviceRegistration Device { get; init; }
}

/// <summary>Registers a further phone that restored the user's DID from a backup.</summary>
public sealed record RestoreDeviceRequest
{
    /// <summary>From the backup.</summary>
    [RegularExpression("^[A-Za-z0-9_-]{1,64}$", ErrorMessage = "is 1 to 64 of A-Z a-z 0-9 _ -")]
    public required string TenantId { get; init; }

    /// <summary>From the backup.</summary>
    [RegularExpression("^[A-Za-z0-9_-]{1,64}$", ErrorMessage = "is 1 to 64 of A-Z a-z 0-9 _ -")]
    public required string UserId { get; init; }

    /// <summary>The DID from the backup.</summary>
    /// <example>did:key:zDnaerx9CtbPJ1q36T5Ln5wYt3MQYeGRG5ehnPAmxcf5mDZpv</example>
    [StringLength(200, MinimumLength = 1, ErrorMessage = "is 1 to 200 characters")]
    public required string Did { get; init; }

    /// <summary>Proof by the DID's key: a JWS of type <c>did-proof+jwt</c>.</summary>
    [StringLength(4096, MinimumLength = 1, ErrorMessage = "is 1 to 4,096 characters")]
    public required string DidProof { get; init; }

    /// <summary>The phone.</summary>
    public required DeviceRegistration Device { get; init; }
}

/// <summary>A phone that was enrolled.</summary>
/// <param name="TenantId">The tenant.</param>
/// <param name="UserId">The user.</param>
/// <param name="DeviceId">The device's id: the RFC 7638 thumbprint of its public key.</param>
/// <param name="Did">The user's DID.</param>
/// <param name="Epoch">The registration epoch; a revocation statement that resets this app names it.</param>
/// <param name="RegisteredAt">When it was enrolled.</param>
public sealed record EnrolledDevice(
    string TenantId, string UserId, string DeviceId, string Did, long Epoch, DateTimeOffset RegisteredAt);

/// <summary>The user reports another phone as lost.</summary>
public sealed record DeviceLossReport
{
    /// <summary>The user's DID.</summary>
    [StringLength(200, MinimumLength = 1, ErrorMessage = "is 1 to 200 characters")]
    public required string Did { get; init; }

    /// <summary>Proof of its key, a JWS of type <c>did-proof+jwt</c> made for this call.</summary>
    [StringLength(4096, MinimumLength = 1, ErrorMessage = "is 1 to 4,096 characters")]
    public required string DidProof { get; init; }
}

/// <summary>The user's registered phones, as one of them sees them.</summary>
/// <param name="Devices">At most 30, the most recently active first.</param>
public sealed record OwnDeviceList(IReadOnlyList<OwnDevice> Devices);

/// <summary>A phone of the user, as another one sees it.</summary>
/// <param name="DeviceId">Its id.</param>
/// <param name="Name">Its name.</param>
/// <param name="Model">Its model.</param>
/// <param name="Platform">Its system.</param>
/// <param name="LastActiveAt">When it last called.</param>
/// <param name="IsActive">Whether sign-in requests are pushed to it.</param>
/// <param name="IsThis">Whether it is the phone that asks.</param>
public sealed record OwnDevice(
    string DeviceId, string Name, string Model, DevicePlatform Platform, DateTimeOffset LastActiveAt, bool IsActive, bool IsThis);

/// <summary>What an active app learns when it is opened.</summary>
/// <param name="DeviceId">The device.</param>
/// <param name="Epoch">The registration epoch.</param>
/// <param name="Name">The device's name.</param>
/// <param name="Push">Whether pushes reach it; the app registers its handle again unless it is receiving.</param>
/// <param name="ServerTime">The server's clock, to correct proofs by.</param>
public sealed record DeviceStatus(string DeviceId, long Epoch, string Name, PushStatus Push, DateTimeOffset ServerTime)
{
    /// <summary>Since when the user is suspended: sign-ins are refused, the app says so and resets nothing. Null while not.</summary>
    public DateTimeOffset? SuspendedAt { get; init; }

    /// <summary>The version of the user's accounts; the app sends it with the next call as <c>accountsVersion</c>.</summary>
    public long AccountsVersion { get; init; }

    /// <summary>The user's accounts, instead of those that the app knows; null when the version is the one that the app sent, or it sent none.</summary>
    public OwnAccountList? Accounts { get; init; }
}

/// <summary>A page of the user's accounts, as a phone shows them.</summary>
/// <param name="Accounts">At most 100.</param>
/// <param name="Continuation">Ask for the next page with it; null on the last.</param>
public sealed record OwnAccountList(IReadOnlyList<OwnAccount> Accounts, string? Continuation);

/// <summary>An account, as a phone shows it.</summary>
/// <param name="AccountId">Its id.</param>
/// <param name="ApplicationId">The application.</param>
/// <param name="ApplicationName">The application's name.</param>
/// <param name="AccountName">Login name inside the application.</param>
public sealed record OwnAccount(string AccountId, string ApplicationId, string ApplicationName, string AccountName);
