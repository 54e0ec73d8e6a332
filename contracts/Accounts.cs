using System.ComponentModel.DataAnnotations;

namespace BlokSec.Contracts;

/// <summary>Which accounts of a user are removed.</summary>
public enum AccountScopeKind
{
    /// <summary>All: the user leaves the organization.</summary>
    All,

    /// <summary>Those of one application.</summary>
    Application,

    /// <summary>Single ones.</summary>
    Accounts,
}

/// <summary>Adds an account to a user.</summary>
public sealed record CreateAccountRequest
{
    /// <summary>A registered, enabled application of the tenant.</summary>
    /// <example>dfda71eb14734d909e9c2888ae035060</example>
    [RegularExpression("^[A-Za-z0-9_-]{1,64}$", ErrorMessage = "is 1 to 64 of A-Z a-z 0-9 _ -")]
    public required string ApplicationId { get; init; }

    /// <summary>Login name inside the application: 1 to 254 characters, as <see cref="DisplayText"/> allows them. No other account in the application has it.</summary>
    /// <example>maria.lopez@contoso.example</example>
    [DisplayText(254)]
    public required string AccountName { get; init; }
}

/// <summary>Removes several accounts of a user: those of an application, or single ones; with both, those single ones that are of the application.</summary>
public sealed record RemoveAccountsRequest : IValidatableObject
{
    /// <summary>Exactly <c>remove accounts</c>.</summary>
    /// <example>remove accounts</example>
    [StringLength(100, ErrorMessage = "is at most 100 characters")]
    public required string Confirmation { get; init; }

    /// <summary>The application whose accounts are removed; needed unless <c>accountIds</c> is there.</summary>
    /// <example>dfda71eb14734d909e9c2888ae035060</example>
    [RegularExpression("^[A-Za-z0-9_-]{1,64}$", ErrorMessage = "is 1 to 64 of A-Z a-z 0-9 _ -")]
    public string? ApplicationId { get; init; }

    /// <summary>The accounts, 1 to 100; needed unless <c>applicationId</c> is there.</summary>
    public IReadOnlyList<string>? AccountIds { get; init; }

    /// <summary>Why, for the auditor; at most 500 characters, as <see cref="DisplayText"/> allows them. A line break becomes a blank.</summary>
    /// <example>Moved to another department</example>
    [DisplayText(500, HasLines = true)]
    public string? Reason { get; init; }

    /// <inheritdoc />
    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext)
    {
        if (ApplicationId is null && AccountIds is null)
        {
            yield return new ValidationResult("this or accountIds is needed", [nameof(ApplicationId)]);
        }

        if (AccountIds is not null && (AccountIds.Count is 0 or > 100 || AccountIds.Any(id => id is not { Length: > 0 and <= 64 } || !id.All(IsAllowed))))
        {
            yield return new ValidationResult("is 1 to 100 ids, each 1 to 64 of A-Z a-z 0-9 _ -", [nameof(AccountIds)]);
        }
    }

    private static bool IsAllowed(char character) => char.IsAsciiLetterOrDigit(character) || character is '_' or '-';
}

/// <summary>Removes all accounts of a user who leaves the organization. Devices stay registered.</summary>
public sealed record StartDepartureRequest
{
    /// <summary>Exactly <c>remove accounts</c>.</summary>
    /// <example>remove accounts</example>
    [StringLength(100, ErrorMessage = "is at most 100 characters")]
    public required string Confirmation { get; init; }

    /// <summary>Hash of the plan the administrator saw; when it is stale, nothing is done.</summary>
    [StringLength(128, ErrorMessage = "is at most 128 characters")]
    public string? PlanHash { get; init; }

    /// <summary>Why, for the auditor; at most 500 characters, as <see cref="DisplayText"/> allows them. A line break becomes a blank.</summary>
    /// <example>Left the company</example>
    [DisplayText(500, HasLines = true)]
    public string? Reason { get; init; }
}

/// <summary>Exactly what a departure would touch: shown before it is confirmed. Nothing is changed by asking.</summary>
/// <param name="PlanHash">Send it with the request: when what it stands for has changed meanwhile, nothing is done.</param>
/// <param name="Confirmation">The phrase to type.</param>
/// <param name="Applications">The accounts that are removed, by application, the most first.</param>
/// <param name="AccountCount">How many accounts that is.</param>
/// <param name="PendingSignIns">Sign-in requests that end as superseded; at most 30.</param>
/// <param name="Devices">How many devices stay registered. They drop the accounts at their next check-in.</param>
public sealed record DeparturePlanDetails(
    string PlanHash,
    string Confirmation,
    IReadOnlyList<PlannedApplication> Applications,
    int AccountCount,
    IReadOnlyList<AuthenticationRequestDetails> PendingSignIns,
    int Devices);

/// <summary>An account in an application, with whose it is.</summary>
/// <param name="UserId">The user.</param>
/// <param name="AccountId">The account.</param>
/// <param name="AccountName">Login name inside the application.</param>
public sealed record ApplicationAccount(string UserId, string AccountId, string AccountName);

/// <summary>A page of the accounts in an application.</summary>
/// <param name="Accounts">The accounts of this page.</param>
/// <param name="Continuation">Pass it back for the next page; null on the last. A page may have no accounts and still not be the last.</param>
public sealed record ApplicationAccountList(IReadOnlyList<ApplicationAccount> Accounts, string? Continuation)
{
    /// <summary>How many accounts were left out of this page because their documents cannot be read.</summary>
    public int Unreadable { get; init; }
}
