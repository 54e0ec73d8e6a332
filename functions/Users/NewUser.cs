using BlokSec.Functions.Identities;

namespace BlokSec.Functions.Users;

/// <summary>A person who arrives.</summary>
/// <param name="GivenName">First name.</param>
/// <param name="FamilyName">Last name.</param>
/// <param name="Email">Work email.</param>
/// <param name="Mobile">Mobile number in E.164; null for none.</param>
internal sealed record NewUser(string GivenName, string FamilyName, string Email, string? Mobile)
{
    /// <summary>How the directory names the user for sign-in; null for the email address.</summary>
    public string? UserName { get; init; }

    public string? ExternalId { get; init; }

    public string? DisplayName { get; init; }

    public string? Department { get; init; }

    /// <summary>Why the user may not sign in yet; null when the user may.</summary>
    public Suspension? Suspension { get; init; }

    /// <summary>The accounts that the user gets in the same transaction.</summary>
    public IReadOnlyList<NewAccount> Accounts { get; init; } = [];
}

/// <summary>A login in an application for a person who arrives.</summary>
/// <param name="ApplicationId">The application's appDID.</param>
/// <param name="AccountName">The login.</param>
internal sealed record NewAccount(string ApplicationId, string AccountName);
