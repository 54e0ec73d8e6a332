using System.ComponentModel.DataAnnotations;

namespace BlokSec.Contracts;

/// <summary>Whether an application may ask for sign-ins.</summary>
public enum ApplicationState
{
    /// <summary>It may ask, and accounts can be added.</summary>
    Enabled,

    /// <summary>Its requests for sign-ins are refused, and no account can be added. Its accounts stay.</summary>
    Disabled,
}

/// <summary>An application of the tenant in which users have accounts.</summary>
/// <param name="ApplicationId">Its id (its appDID), which accounts name. Never changes.</param>
/// <param name="Name">How people know it.</param>
/// <param name="ClientId">The OAuth client id in the access tokens that it asks for sign-ins with.</param>
/// <param name="State">Whether it may ask for sign-ins.</param>
/// <param name="CreatedAt">When it was registered.</param>
/// <param name="ETag">Its version; send it as <c>If-Match</c> when editing it.</param>
public sealed record ApplicationDetails(
    string ApplicationId, string Name, string ClientId, ApplicationState State, DateTimeOffset CreatedAt, string ETag);

/// <summary>A page of the tenant's applications, in the order of their ids. A tenant has at most 1,000.</summary>
/// <param name="Applications">The applications of this page.</param>
/// <param name="Continuation">Pass it back for the next page; null on the last. A page may have no applications and still not be the last.</param>
public sealed record ApplicationList(IReadOnlyList<ApplicationDetails> Applications, string? Continuation)
{
    /// <summary>How many applications were left out of this page because their documents cannot be read.</summary>
    public int Unreadable { get; init; }
}

/// <summary>Registers an application.</summary>
public sealed record CreateApplicationRequest
{
    /// <summary>How people know it: 1 to 100 characters, as <see cref="DisplayText"/> allows them.</summary>
    /// <example>Payroll</example>
    [DisplayText(100)]
    public required string Name { get; init; }

    /// <summary>
    /// The OAuth client id in its access tokens (<c>azp</c>, <c>appid</c> or <c>client_id</c>); no other application of the tenant has it.
    /// </summary>
    /// <example>6f2f4d3e-2c3b-4c55-8a53-6d3c9f5a1b20</example>
    [RegularExpression("^[A-Za-z0-9_-]{1,64}$", ErrorMessage = "is 1 to 64 of A-Z a-z 0-9 _ -")]
    public required string ClientId { get; init; }

    /// <summary>Its id (its appDID), where accounts name it already; a new one is made when left out.</summary>
    /// <example>dfda71eb14734d909e9c2888ae035060</example>
    [RegularExpression("^[A-Za-z0-9_-]{1,64}$", ErrorMessage = "is 1 to 64 of A-Z a-z 0-9 _ -")]
    public string? ApplicationId { get; init; }
}

/// <summary>Edits an application. A member that is left out stays as it is.</summary>
public sealed record EditApplicationRequest : IValidatableObject
{
    /// <summary>How people know it: 1 to 100 characters, as <see cref="DisplayText"/> allows them. Accounts that exist keep the name that they were added with.</summary>
    /// <example>Payroll</example>
    [DisplayText(100)]
    public string? Name { get; init; }

    /// <summary>The OAuth client id in its access tokens; no other application of the tenant has it.</summary>
    /// <example>6f2f4d3e-2c3b-4c55-8a53-6d3c9f5a1b20</example>
    [RegularExpression("^[A-Za-z0-9_-]{1,64}$", ErrorMessage = "is 1 to 64 of A-Z a-z 0-9 _ -")]
    public string? ClientId { get; init; }

    /// <inheritdoc />
    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext)
    {
        if (Name is null && ClientId is null)
        {
            yield return new ValidationResult("name or clientId is needed", [""]);
        }
    }
}

/// <summary>Disables or enables an application.</summary>
public sealed record SetApplicationStateRequest
{
    /// <summary>The state from now on.</summary>
    public required ApplicationState State { get; init; }

    /// <summary>Why, for the auditor; at most 500 characters, as <see cref="DisplayText"/> allows them. A line break becomes a blank.</summary>
    /// <example>Under attack</example>
    [DisplayText(500, HasLines = true)]
    public string? Reason { get; init; }
}
