using System.ComponentModel.DataAnnotations;
using System.Globalization;

namespace BlokSec.Contracts;

/// <summary>Bounds of what is done to many users at once.</summary>
public static class BulkLimits
{
    /// <summary>Users of one bulk operation.</summary>
    public const int MaxUsers = 20_000;

    /// <summary>Users that are selected one by one.</summary>
    public const int MaxSelected = 1_000;

    /// <summary>Administrators that a plan names; it counts all.</summary>
    public const int MaxNamed = 50;

    /// <summary>Minutes after which a plan that was not started is stale.</summary>
    public const int PlanMinutes = 60;
}

/// <summary>What is done to many users at once.</summary>
public enum BulkKind
{
    /// <summary>All devices of each user are removed and the DID is reset; each gets a claim.</summary>
    Unregister,

    /// <summary>Some devices of each user are removed.</summary>
    RemoveDevices,

    /// <summary>Each user is suspended: sign-ins and enrollments are refused, nothing is reset.</summary>
    Suspend,
}

/// <summary>Where a bulk operation stands.</summary>
public enum BulkState
{
    /// <summary>The users are being counted. Nothing is changed.</summary>
    Planning,

    /// <summary>The plan is there to be read, and to be started.</summary>
    Planned,

    /// <summary>Under way.</summary>
    Running,

    /// <summary>Held by an administrator; it can be resumed.</summary>
    Paused,

    /// <summary>Ended by an administrator; the users whose turn had not come are untouched.</summary>
    Stopped,

    /// <summary>Every user had a turn; some may have failed.</summary>
    Succeeded,

    /// <summary>Cannot continue; <c>problem</c> says why. It can be resumed once it was started.</summary>
    Failed,
}

/// <summary>What became of one user.</summary>
public enum BulkResult
{
    /// <summary>Not begun.</summary>
    Open,

    /// <summary>Committed: what is refused is refused. The user's own operation does the rest.</summary>
    Done,

    /// <summary>There was nothing left to do.</summary>
    Skipped,

    /// <summary>Not done; the problem says why.</summary>
    Failed,
}

/// <summary>Plans something for many users at once. Nothing is changed before the plan is started.</summary>
public sealed record PlanBulkOperationRequest
{
    /// <summary>What to do.</summary>
    public required BulkKind Kind { get; init; }

    /// <summary>Whom to do it to.</summary>
    public required BulkSelection Selection { get; init; }

    /// <summary>Which devices of these users; null for all. Only to remove devices.</summary>
    public BulkDevices? Devices { get; init; }
}

/// <summary>Which users: those of a list, or those that a filter finds.</summary>
public sealed record BulkSelection : IValidatableObject
{
    /// <summary>The users, 1 to 1,000; needed unless <c>filter</c> is there.</summary>
    public IReadOnlyList<string>? UserIds { get; init; }

    /// <summary>All users that a filter finds when the plan is made; needed unless <c>userIds</c> is there.</summary>
    public BulkFilter? Filter { get; init; }

    /// <inheritdoc />
    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext)
    {
        if ((UserIds is null) == (Filter is null))
        {
            yield return new ValidationResult("either this or filter is needed", [nameof(UserIds)]);
        }
        else if (UserIds is not null && (UserIds.Count is 0 or > BulkLimits.MaxSelected || UserIds.Any(id => id is not { Length: > 0 and <= 64 } || !id.All(IsAllowed))))
        {
            yield return new ValidationResult("is 1 to 1000 ids, each 1 to 64 of A-Z a-z 0-9 _ -", [nameof(UserIds)]);
        }
    }

    private static bool IsAllowed(char character) => char.IsAsciiLetterOrDigit(character) || character is '_' or '-';
}

/// <summary>Which users: those that the list of users shows with the same words.</summary>
public sealed record BulkFilter
{
    /// <summary>Parts of a name, an email address or a mobile number; null for all users.</summary>
    [StringLength(100, ErrorMessage = "is at most 100 characters")]
    public string? Search { get; init; }

    /// <summary>invited, active, resetting, unregistered, suspended or left; null for all.</summary>
    [RegularExpression("^(invited|active|resetting|unregistered|suspended|left)$", ErrorMessage = "is invited, active, resetting, unregistered, suspended or left")]
    public string? State { get; init; }

    /// <summary>The department, upper and lower case being the same; null for all.</summary>
    [StringLength(AdministratorScope.MaxDepartment, ErrorMessage = "is at most 100 characters")]
    public string? Department { get; init; }

    /// <summary>The id of an application in which they have an account; null for all.</summary>
    [RegularExpression("^[A-Za-z0-9_-]{1,64}$", ErrorMessage = "is 1 to 64 of A-Z a-z 0-9 _ -")]
    public string? Application { get; init; }

    /// <summary>Whether push notifications reach the active device: receiving, notReceiving, notificationsOff, unknown or none; null for all.</summary>
    [RegularExpression("^(receiving|notReceiving|notificationsOff|unknown|none)$", ErrorMessage = "is receiving, notReceiving, notificationsOff, unknown or none")]
    public string? Push { get; init; }

    /// <summary>Days for which no device was active; null for all.</summary>
    [Range(1, 3650, ErrorMessage = "is 1 to 3650")]
    public int? UnusedDays { get; init; }

    /// <summary>open, expiring or locked: only those with a claim that can be redeemed, that expires within 4 hours, or that is locked; null for all.</summary>
    [RegularExpression("^(open|expiring|locked)$", ErrorMessage = "is open, expiring or locked")]
    public string? Claim { get; init; }

    /// <summary>Only those with a removed device that neither confirmed nor learned it.</summary>
    public bool UnconfirmedRemoval { get; init; }
}

/// <summary>Which devices; each member narrows it.</summary>
public sealed record BulkDevices
{
    /// <summary>Only of this system.</summary>
    public DevicePlatform? Platform { get; init; }

    /// <summary>Only those that did not call for so many days: 1 to 3,650.</summary>
    [Range(1, 3650, ErrorMessage = "is 1 to 3650")]
    public int? UnusedDays { get; init; }

    /// <summary>Only with this version of the system, or the versions below it: <c>17</c> is also <c>17.4</c>, but not <c>170</c>.</summary>
    [StringLength(50, ErrorMessage = "is at most 50 characters")]
    public string? OsVersion { get; init; }

    /// <summary>The same for the version of the app.</summary>
    [StringLength(50, ErrorMessage = "is at most 50 characters")]
    public string? AppVersion { get; init; }
}

/// <summary>Starts what was planned.</summary>
public sealed record StartBulkOperationRequest
{
    /// <summary>Exactly the phrase of the plan, with its number.</summary>
    /// <example>unregister 37 users</example>
    [StringLength(100, ErrorMessage = "is at most 100 characters")]
    public required string Confirmation { get; init; }

    /// <summary>Hash of the plan the administrator saw.</summary>
    [StringLength(128, ErrorMessage = "is at most 128 characters")]
    public required string PlanHash { get; init; }

    /// <summary>Why, for the auditor; at most 500 characters, as <see cref="DisplayText"/> allows them. A line break becomes a blank.</summary>
    /// <example>Phones were stolen from the depot</example>
    [DisplayText(500, HasLines = true)]
    public required string Reason { get; init; }
}

/// <summary>The phrase to type before something is done to many.</summary>
public static class BulkPhrases
{
    /// <summary>Such as <c>unregister 37 users</c> or <c>remove 1 device</c>.</summary>
    /// <param name="kind">What is done.</param>
    /// <param name="users">To how many users.</param>
    /// <param name="devices">To how many devices.</param>
    public static string Of(BulkKind kind, int users, int devices) => kind switch
    {
        BulkKind.Unregister => $"unregister {Count(users, "user")}",
        BulkKind.RemoveDevices => $"remove {Count(devices, "device")}",
        _ => $"suspend {Count(users, "user")}",
    };

    private static string Count(int number, string noun) =>
        string.Create(CultureInfo.InvariantCulture, $"{number} {noun}{(number == 1 ? "" : "s")}");
}
