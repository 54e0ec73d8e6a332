using System.Globalization;
using BlokSec.Contracts;
using BlokSec.Portal.Api;
using BlokSec.Portal.Browser;
using BlokSec.Portal.Parts;
using BlokSec.Portal.Security;

namespace BlokSec.Portal.Users;

/// <summary>What an administrator types about a person, and what is wrong with it.</summary>
public sealed class ProfileDraft
{
    private IReadOnlyDictionary<string, string> faults = new Dictionary<string, string>();

    /// <summary>First name.</summary>
    public string GivenName { get; set; } = "";

    /// <summary>Last name.</summary>
    public string FamilyName { get; set; } = "";

    /// <summary>Work email.</summary>
    public string Email { get; set; } = "";

    /// <summary>Mobile number; empty for none.</summary>
    public string Mobile { get; set; } = "";

    /// <summary>Id in another directory; empty for none.</summary>
    public string ExternalId { get; set; } = "";

    /// <summary>The department; empty for none.</summary>
    public string Department { get; set; } = "";

    /// <summary>Accounts that the person is to get with the invitation.</summary>
    public IList<AccountDraft> Accounts { get; } = [];

    /// <summary>The profile as it is.</summary>
    public static ProfileDraft Of(UserDetails user) => new()
    {
        GivenName = user.GivenName,
        FamilyName = user.FamilyName,
        Email = user.Email,
        Mobile = user.Mobile ?? "",
        ExternalId = user.ExternalId ?? "",
        Department = user.Department ?? "",
    };

    /// <summary>What was typed before.</summary>
    public static ProfileDraft Of(InviteUserRequest typed)
    {
        var draft = new ProfileDraft
        {
            GivenName = typed.GivenName,
            FamilyName = typed.FamilyName,
            Email = typed.Email,
            Mobile = typed.Mobile ?? "",
            ExternalId = typed.ExternalId ?? "",
            Department = typed.Department ?? "",
        };
        foreach (var account in typed.Accounts ?? [])
        {
            draft.Accounts.Add(new AccountDraft { ApplicationId = account.ApplicationId, Name = account.AccountName });
        }

        return draft;
    }

    /// <summary>Signing in again leaves the page: what was typed is there again afterwards.</summary>
    internal Task KeepAsync(ApiProblem problem, Administrator administrator, string dialog, string about, BrowserPage page) =>
        problem.Kind != ProblemKind.SessionExpired ? Task.CompletedTask
            : KeptDraft.Of(administrator.Id, dialog, about, Invitation(), PortalJson.Default.InviteUserRequest).KeepAsync(page);

    /// <summary>What is wrong with a field, by the name it has in the API; null when nothing is.</summary>
    public string? FaultOf(string field) => faults.GetValueOrDefault(field);

    /// <summary>Judges what was typed as the API does.</summary>
    /// <returns>Whether it can be sent.</returns>
    public bool Check()
    {
        (string Field, string? Fault)[] judged =
        [
            ("givenName", DisplayText.Fault(GivenName.Trim(), 100)),
            ("familyName", DisplayText.Fault(FamilyName.Trim(), 100)),
            ("email", EmailTextAttribute.Fault(Email.Trim())),
            ("mobile", Mobile.Trim() is { Length: > 0 } mobile ? DisplayText.Fault(mobile, 40) : null),
            ("externalId", ExternalId.Trim() is { Length: > 0 } externalId ? DisplayText.Fault(externalId, 200) : null),
            ("department", Department.Trim() is { Length: > 0 } department ? DisplayText.Fault(department, AdministratorScope.MaxDepartment) : null),
            .. Accounts.Select((account, index) => (AccountNameField(index), DisplayText.Fault(account.Name.Trim(), 254))),
        ];
        faults = judged
            .Where(field => field.Fault is not null)
            .ToDictionary(field => field.Field, field => field.Fault!);
        return faults.Count == 0;
    }

    /// <summary>What the API calls the name of one of the accounts.</summary>
    public static string AccountNameField(int index) => string.Create(CultureInfo.InvariantCulture, $"accounts[{index}].accountName");

    /// <summary>What the API calls the application of one of the accounts.</summary>
    public static string ApplicationField(int index) => string.Create(CultureInfo.InvariantCulture, $"accounts[{index}].applicationId");

    /// <summary>Takes an account away; what was said of another by its place is no longer right.</summary>
    public void Remove(AccountDraft account)
    {
        Accounts.Remove(account);
        faults = faults.Where(fault => !fault.Key.StartsWith("accounts[", StringComparison.Ordinal)).ToDictionary();
    }

    /// <summary>What the API found wrong.</summary>
    public void Refused(IReadOnlyDictionary<string, string[]> errors) =>
        faults = errors.Where(error => error.Value.Length > 0).ToDictionary(error => error.Key, error => error.Value[0]);

    /// <summary>What is sent to invite the person.</summary>
    public InviteUserRequest Invitation() => new(GivenName.Trim(), FamilyName.Trim(), Email.Trim())
    {
        Mobile = Mobile.Trim() is { Length: > 0 } mobile ? mobile : null,
        ExternalId = ExternalId.Trim() is { Length: > 0 } externalId ? externalId : null,
        Department = Department.Trim() is { Length: > 0 } department ? department : null,
        Accounts = Accounts.Count == 0 ? null
            : [.. Accounts.Select(account => new CreateAccountRequest { ApplicationId = account.ApplicationId, AccountName = account.Name.Trim() })],
    };

    /// <summary>What is to change of the user as it was shown.</summary>
    public ChangeUserRequest ChangeOf(UserDetails user) => new()
    {
        GivenName = Changed(GivenName, user.GivenName),
        FamilyName = Changed(FamilyName, user.FamilyName),
        Email = Changed(Email, user.Email),
        Mobile = Changed(Mobile, user.Mobile ?? ""),
        ExternalId = Changed(ExternalId, user.ExternalId ?? ""),
        Department = Changed(Department, user.Department ?? ""),
    };

    private static string? Changed(string typed, string shown) => typed.Trim() == shown ? null : typed.Trim();
}

/// <summary>An account as it is typed.</summary>
public sealed class AccountDraft
{
    /// <summary>The application that is chosen.</summary>
    public string ApplicationId { get; set; } = "";

    /// <summary>Login name inside the application.</summary>
    public string Name { get; set; } = "";
}
