using System.Buffers;
using System.ComponentModel.DataAnnotations;

namespace BlokSec.Contracts;

/// <summary>Where a person stands.</summary>
public enum UserState
{
    /// <summary>Never enrolled a phone: there is, or may be, a first claim.</summary>
    Invited,

    /// <summary>Has an active identity.</summary>
    Active,

    /// <summary>All devices are being unregistered.</summary>
    Resetting,

    /// <summary>The identity was reset; a new phone enrolls with a claim.</summary>
    Unregistered,

    /// <summary>May neither sign in nor enroll for now; phones and accounts stay.</summary>
    Suspended,

    /// <summary>Removed by the directory for good.</summary>
    Left,
}

/// <summary>Why a user may not sign in or enroll for now.</summary>
/// <param name="At">Since when.</param>
/// <param name="By">Who did it: an administrator or a directory.</param>
/// <param name="Reason">Why.</param>
/// <param name="IsByDirectory">Whether a directory did it, which also lifts it.</param>
public sealed record SuspensionDetails(DateTimeOffset At, string By, string Reason, bool IsByDirectory);

/// <summary>Invites a person: makes the user and the first claim.</summary>
/// <param name="GivenName">First name.</param>
/// <param name="FamilyName">Last name.</param>
/// <param name="Email">Work email; unique inside the tenant, upper and lower case being the same.</param>
public sealed record InviteUserRequest(
    [property: DisplayText(100)] string GivenName,
    [property: DisplayText(100)] string FamilyName,
    [property: EmailText] string Email) : IValidatableObject
{
    /// <summary>Accounts that one invitation gives.</summary>
    public const int MaxAccounts = 20;

    /// <summary>Mobile number with its country code; stored as E.164.</summary>
    [DisplayText(40)]
    public string? Mobile { get; init; }

    /// <summary>The person's id in another directory. Upper and lower case differ.</summary>
    [DisplayText(200)]
    public string? ExternalId { get; init; }

    /// <summary>The department, which decides about the administrators who are limited to departments.</summary>
    [DisplayText(AdministratorScope.MaxDepartment)]
    public string? Department { get; init; }

    /// <summary>
    /// Accounts that the user gets in the same transaction, at most <see cref="MaxAccounts"/>, each in a registered, enabled application. Needs the
    /// role <c>Applications.Manage</c> too.
    /// </summary>
    public IReadOnlyList<CreateAccountRequest>? Accounts { get; init; }

    /// <inheritdoc />
    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext)
    {
        if (Accounts?.Count > MaxAccounts)
        {
            return [new ValidationResult($"are at most {MaxAccounts}; add further ones to the user afterwards", [nameof(Accounts)])];
        }

        var seen = new HashSet<(string, string)>();
        return (Accounts ?? []).SelectMany((account, index) => Faults(account, $"{nameof(Accounts)}[{index}]", seen));
    }

    private static IEnumerable<ValidationResult> Faults(CreateAccountRequest? account, string path, HashSet<(string Application, string Name)> seen)
    {
        if (account is null)
        {
            return [new ValidationResult("is an account", [path])];
        }

        var found = new List<ValidationResult>();
        if (!Validator.TryValidateObject(account, new ValidationContext(account), found, validateAllProperties: true))
        {
            return found.Select(fault => new ValidationResult(fault.ErrorMessage, [.. fault.MemberNames.Select(member => $"{path}.{member}")]));
        }

        return seen.Add((account.ApplicationId, account.AccountName))
            ? []
            : [new ValidationResult("is the same account as an earlier one", [$"{path}.{nameof(account.AccountName)}"])];
    }
}

/// <summary>A person who was invited.</summary>
/// <param name="UserId">The user's id inside the tenant.</param>
/// <param name="Claim">The first claim; its link only for administrators who manage devices.</param>
public sealed record InvitedUser(string UserId, ClaimDetails? Claim);

/// <summary>Changes a user's profile. A member that is absent or null stays as it is; an empty text removes what can be removed.</summary>
public sealed record ChangeUserRequest
{
    /// <summary>First name.</summary>
    [DisplayText(100)]
    public string? GivenName { get; init; }

    /// <summary>Last name.</summary>
    [DisplayText(100)]
    public string? FamilyName { get; init; }

    /// <summary>Work email; unique inside the tenant.</summary>
    [EmailText]
    public string? Email { get; init; }

    /// <summary>Mobile number with its country code; an empty text for none.</summary>
    [StringLength(160, ErrorMessage = "is at most 160 characters")]
    public string? Mobile { get; init; }

    /// <summary>The person's id in another directory; an empty text for none.</summary>
    [StringLength(800, ErrorMessage = "is at most 800 characters")]
    public string? ExternalId { get; init; }

    /// <summary>The department; an empty text for none.</summary>
    [StringLength(400, ErrorMessage = "is at most 400 characters")]
    public string? Department { get; init; }
}

/// <summary>Suspends a user.</summary>
/// <param name="Reason">Why, for the auditor and for whoever is asked by the user.</param>
public sealed record SuspendUserRequest([property: DisplayText(500, HasLines = true)] string Reason);

/// <summary>Lets a suspended user sign in and enroll again.</summary>
public sealed record ReactivateUserRequest
{
    /// <summary>Why, for the auditor.</summary>
    [DisplayText(500, HasLines = true)]
    public string? Reason { get; init; }
}

/// <summary>
/// An email address as mail is delivered to it: one at-sign, no blanks, no quotes, at most 254 bytes (RFC 5321, section 4.5.3.1), and nothing that
/// <see cref="DisplayText"/> forbids.
/// </summary>
[AttributeUsage(AttributeTargets.Property)]
public sealed class EmailTextAttribute : ValidationAttribute
{
    private const int MaxBytes = 254;

    private const int MaxLocalBytes = 64;

    /// <summary>What stands before the at-sign only in quotes, which mail services do not give out.</summary>
    private static readonly SearchValues<char> Quoted = SearchValues.Create(" \"(),:;<>@[\\]");

    /// <summary>What is wrong with an address; null when nothing is.</summary>
    public static string? Fault(string text)
    {
        var at = text.LastIndexOf('@');
        if (DisplayText.Fault(text, MaxBytes) is { } fault)
        {
            return fault;
        }

        var (local, domain) = at < 0 ? ("", "") : (text[..at], text[(at + 1)..]);
        var isAddress = local.Length > 0
            && System.Text.Encoding.UTF8.GetByteCount(text) <= MaxBytes
            && System.Text.Encoding.UTF8.GetByteCount(local) <= MaxLocalBytes
            && local is not ['.', ..] and not [.., '.'] && !local.Contains("..", StringComparison.Ordinal)
            && !local.AsSpan().ContainsAny(Quoted)
            && domain.Split('.').All(label => label.Length is > 0 and <= 63 && label is not ['-', ..] and not [.., '-'] && label.All(IsOfDomain));
        return isAddress ? null : "is an email address, such as maria@example.com";
    }

    /// <inheritdoc />
    public override bool IsValid(object? value) => value is not string text || Fault(text) is null;

    /// <inheritdoc />
    protected override ValidationResult? IsValid(object? value, ValidationContext validationContext) =>
        value is string text && Fault(text) is { } fault
            ? new ValidationResult(fault, [validationContext.MemberName ?? ""])
            : ValidationResult.Success;

    private static bool IsOfDomain(char character) => char.IsLetterOrDigit(character) || character is '-' or '_' || character > '\x7f';
}
