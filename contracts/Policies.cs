using System.ComponentModel.DataAnnotations;

namespace BlokSec.Contracts;

/// <summary>The policies of a tenant.</summary>
/// <param name="Policies">What holds.</param>
/// <param name="ETag">Their version, for <c>If-Match</c>.</param>
public sealed record PolicyDetails(TenantPolicies Policies, string ETag)
{
    /// <summary>The departments that the caller is limited to; null when the caller sees the whole tenant.</summary>
    public IReadOnlyList<string>? Departments { get; init; }

    /// <summary>The administrators who were seen, for whoever may choose policies; empty for others. At most 1,000, those seen last first.</summary>
    public IReadOnlyList<KnownAdministrator> Administrators { get; init; } = [];
}

/// <summary>An administrator who used the API.</summary>
/// <param name="Subject">The sign-in service's id.</param>
/// <param name="Name">As shown to people.</param>
/// <param name="SignInName">What the administrator signs in with, if the token tells it.</param>
public sealed record KnownAdministrator(string Subject, string Name, string? SignInName);

/// <summary>What a tenant demands of its administrators beyond their roles.</summary>
public sealed record TenantPolicies : IValidatableObject
{
    /// <summary>Administrators that a tenant may limit to departments.</summary>
    public const int MaxScopes = 100;

    /// <summary>How people are recognized before they get a claim.</summary>
    [Required]
    public required IdentityCheckPolicy IdentityCheck { get; init; }

    /// <summary>How long claims live.</summary>
    [Required]
    public required ClaimPolicy Claims { get; init; }

    /// <summary>
    /// Minutes between an administrator's removal of one device, which blocks at once, and what cannot be taken back: the revoke push and the
    /// deletion. 0 does not wait. At most 1,440, a day. Unregistering, and a phone that is lost or stolen, never waits.
    /// </summary>
    [Range(0, 1440, ErrorMessage = "is 0 to 1440 minutes")]
    public required int HoldMinutes { get; init; }

    /// <summary>When a second administrator has to agree.</summary>
    [Required]
    public required SecondPersonPolicy SecondPerson { get; init; }

    /// <summary>
    /// The administrators who see and act on the users of some departments only; all others see the whole tenant. At most 100. Absent or null in a request
    /// leaves them as they are.
    /// </summary>
    public IReadOnlyList<AdministratorScope>? Scopes { get; init; }

    /// <inheritdoc />
    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext)
    {
        if (Scopes?.Count > MaxScopes)
        {
            return [new ValidationResult($"are at most {MaxScopes}", [nameof(Scopes)])];
        }

        var subjects = new HashSet<string>(StringComparer.Ordinal);
        return (Scopes ?? []).SelectMany((scope, index) => AdministratorScope.Faults(scope, $"{nameof(Scopes)}[{index}]", subjects));
    }
}

/// <summary>The departments whose users one administrator sees and acts on. Roles stay as the token lists them.</summary>
public sealed record AdministratorScope
{
    /// <summary>Departments of one administrator.</summary>
    public const int MaxDepartments = 20;

    /// <summary>Characters of a department.</summary>
    public const int MaxDepartment = 100;

    /// <summary>Characters of the id that a sign-in service gives (OpenID Connect Core, section 2).</summary>
    public const int MaxSubject = 255;

    /// <summary>The administrator: the sign-in service's id (<c>sub</c>), upper and lower case being different.</summary>
    public required string Subject { get; init; }

    /// <summary>The departments, 1 to 20, upper and lower case being the same.</summary>
    public required IReadOnlyList<string> Departments { get; init; }

    internal static IEnumerable<ValidationResult> Faults(AdministratorScope? scope, string path, HashSet<string> subjects)
    {
        if (scope is null)
        {
            return [new ValidationResult("is an administrator with departments", [path])];
        }

        if (scope.Subject is not { Length: > 0 and <= MaxSubject } subject || subject.AsSpan().ContainsAnyExceptInRange(' ', '~'))
        {
            return [new ValidationResult($"is 1 to {MaxSubject} characters of ASCII: the id that the sign-in service gives", [$"{path}.{nameof(Subject)}"])];
        }

        if (!subjects.Add(subject))
        {
            return [new ValidationResult("is the same administrator as an earlier one", [$"{path}.{nameof(Subject)}"])];
        }

        var fault = scope.Departments switch
        {
            not { Count: > 0 and <= MaxDepartments } => $"are 1 to {MaxDepartments}",
            var departments => departments.Select(department => DisplayText.Fault(department ?? "", MaxDepartment)).FirstOrDefault(found => found is not null) is { } found
                ? $"has one that {found}"
                : null,
        };
        return fault is null ? [] : [new ValidationResult(fault, [$"{path}.{nameof(Departments)}"])];
    }
}

/// <summary>How a person is recognized before the claim's QR code is shown.</summary>
public sealed record IdentityCheckPolicy : IValidatableObject
{
    /// <summary>Ways that a tenant may list.</summary>
    public const int MaxWays = 12;

    /// <summary>Characters of a way.</summary>
    public const int MaxWay = 60;

    /// <summary>Whether the check is recorded before the QR code and the link are shown.</summary>
    public required bool Required { get; init; }

    /// <summary>The ways to choose from, such as "ID card in person": 1 to 12 when the check is required.</summary>
    [Required]
    public required IReadOnlyList<string> Ways { get; init; }

    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext)
    {
        if (Ways.Count > MaxWays)
        {
            yield return new ValidationResult($"are at most {MaxWays}", [nameof(Ways)]);
        }
        else if (Required && Ways.Count == 0)
        {
            yield return new ValidationResult("name at least one way to recognize a person", [nameof(Ways)]);
        }
        else if (Ways.Select(way => DisplayText.Fault(way, MaxWay)).FirstOrDefault(fault => fault is not null) is { } fault)
        {
            yield return new ValidationResult($"has one that {fault}", [nameof(Ways)]);
        }
        else if (Ways.Distinct(StringComparer.OrdinalIgnoreCase).Count() < Ways.Count)
        {
            yield return new ValidationResult("names one twice", [nameof(Ways)]);
        }
    }
}

/// <summary>
/// How long a claim lives, by the way it gets to the person. Defaults and limits follow NIST SP 800-63B-4: a code that is transferred to another
/// device is valid for at most 10 minutes (section 4.1.2.2), one that is sent to an email address for 24 hours, one on paper for 21 days (section 4.2.1.2).
/// </summary>
public sealed record ClaimPolicy
{
    /// <summary>Minutes of a claim that is scanned from the screen, after somebody last looked at it there. 5 to 10.</summary>
    [Range(5, 10, ErrorMessage = "is 5 to 10 minutes")]
    public required int ScreenMinutes { get; init; }

    /// <summary>Hours of a claim that is sent or printed, and of one that nobody has been shown yet. 1 to 168, a week; more than 24 are for paper.</summary>
    [Range(1, 168, ErrorMessage = "is 1 to 168 hours")]
    public required int SentHours { get; init; }
}

/// <summary>When a second administrator has to agree before something is done.</summary>
public sealed record SecondPersonPolicy
{
    /// <summary>For actions on many users at once.</summary>
    public required bool ForMany { get; init; }

    /// <summary>For actions on users who are administrators.</summary>
    public required bool ForAdministrators { get; init; }

    /// <summary>Minutes in which the second one has to agree. 5 to 1,440.</summary>
    [Range(5, 1440, ErrorMessage = "is 5 to 1440 minutes")]
    public required int WithinMinutes { get; init; }
}
