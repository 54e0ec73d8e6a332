using BlokSec.Contracts;
using BlokSec.Functions.Identities;

namespace BlokSec.Functions.Accounts;

/// <summary>What an administrator asked for.</summary>
/// <param name="OperationId">The operation that carries it out.</param>
/// <param name="By">Who.</param>
/// <param name="Reason">Why, in the administrator's words.</param>
/// <param name="Fingerprint">Tells the same request from another one with the same idempotency key.</param>
/// <param name="At">When.</param>
internal sealed record AccountRemoval(string OperationId, AuditActor By, string? Reason, string Fingerprint, DateTimeOffset At)
{
    /// <summary>All accounts, those of an application, or single ones.</summary>
    public AccountScopeKind Kind { get; init; }

    /// <summary>The application; null unless it is about one.</summary>
    public string? ApplicationId { get; init; }

    /// <summary>The accounts; null unless it is about single ones.</summary>
    public IReadOnlyList<string>? AccountIds { get; init; }

    /// <summary>Hash of the plan that the administrator saw; null when there was none.</summary>
    public string? PlanHash { get; init; }

    /// <summary>What it covers, decided on the accounts as they were with this version.</summary>
    public AccountScope ScopeAt(long version) => new(Kind, ApplicationId, AccountIds, version);
}
