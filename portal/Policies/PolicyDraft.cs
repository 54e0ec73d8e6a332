using BlokSec.Contracts;

namespace BlokSec.Portal.Policies;

/// <summary>What an administrator enters about policies.</summary>
public sealed record PolicyDraft
{
    public bool ChecksIdentity { get; set; }

    /// <summary>A way a line.</summary>
    public string Ways { get; set; } = "";

    public int ScreenMinutes { get; set; }

    public int SentHours { get; set; }

    public int HoldMinutes { get; set; }

    public bool SecondForMany { get; set; }

    public bool SecondForAdministrators { get; set; }

    public int WithinMinutes { get; set; }

    public IList<ScopeDraft> Scopes { get; init; } = [];

    public static PolicyDraft Of(TenantPolicies policies) => new()
    {
        ChecksIdentity = policies.IdentityCheck.Required,
        Ways = string.Join('\n', policies.IdentityCheck.Ways),
        ScreenMinutes = policies.Claims.ScreenMinutes,
        SentHours = policies.Claims.SentHours,
        HoldMinutes = policies.HoldMinutes,
        SecondForMany = policies.SecondPerson.ForMany,
        SecondForAdministrators = policies.SecondPerson.ForAdministrators,
        WithinMinutes = policies.SecondPerson.WithinMinutes,
        Scopes = [.. (policies.Scopes ?? []).Select(scope => new ScopeDraft { Subject = scope.Subject, Departments = string.Join('\n', scope.Departments) })],
    };

    public TenantPolicies ToPolicies() => new()
    {
        IdentityCheck = new IdentityCheckPolicy
        {
            Required = ChecksIdentity,
            Ways = Lines(Ways),
        },
        Claims = new ClaimPolicy { ScreenMinutes = ScreenMinutes, SentHours = SentHours },
        HoldMinutes = HoldMinutes,
        SecondPerson = new SecondPersonPolicy { ForMany = SecondForMany, ForAdministrators = SecondForAdministrators, WithinMinutes = WithinMinutes },
        Scopes = [.. Scopes.Where(scope => scope.Subject.Length > 0).Select(scope => new AdministratorScope { Subject = scope.Subject, Departments = Lines(scope.Departments) })],
    };

    private static string[] Lines(string text) =>
        [.. text.Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries).Distinct(StringComparer.OrdinalIgnoreCase)];
}

/// <summary>The departments that one administrator is limited to, as they are entered. Two that are empty yet are not the same.</summary>
public sealed class ScopeDraft
{
    public string Subject { get; set; } = "";

    /// <summary>A department a line.</summary>
    public string Departments { get; set; } = "";
}
