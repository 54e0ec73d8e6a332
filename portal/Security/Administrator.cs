namespace BlokSec.Portal.Security;

/// <summary>Who is signed in and what to offer. The API decides by itself; this only shapes the pages.</summary>
/// <param name="Id">Who it is, in every tenant: the subject and the tenant.</param>
/// <param name="Name">How to show the administrator.</param>
/// <param name="Tenant">The tenant administered; null when the token names none.</param>
/// <param name="Reads">Whether the administrator sees users.</param>
/// <param name="Manages">Whether the administrator may remove devices, unregister users and renew claims.</param>
public sealed record Administrator(string Id, string Name, string? Tenant, bool Reads, bool Manages)
{
    /// <summary>Whether the administrator may invite, edit, import, suspend and reactivate users.</summary>
    public bool ManagesUsers { get; init; }

    /// <summary>Whether the administrator may manage applications and their accounts.</summary>
    public bool ManagesApplications { get; init; }

    /// <summary>Whether the administrator may read the audit of the whole tenant.</summary>
    public bool Audits { get; init; }

    /// <summary>Whether the administrator may choose what is demanded of administrators.</summary>
    public bool ManagesPolicies { get; init; }

    /// <summary>The departments whose users the administrator sees; null for all users, and while it is not known yet.</summary>
    public IReadOnlyList<string>? Departments { get; init; }

    /// <summary>Whether pages about the whole tenant are of use.</summary>
    public bool SeesTenant => Departments is null;

    /// <summary>The page that the console begins with.</summary>
    public string Home => !Reads ? "audit" : SeesTenant ? "overview" : "users";

    /// <summary>The role to see users.</summary>
    public const string ReadRole = "Users.Read";

    /// <summary>The role to remove devices, unregister users and renew claims.</summary>
    public const string ManageRole = "Devices.Manage";

    /// <summary>The role to invite, edit, import, suspend and reactivate users.</summary>
    public const string UsersRole = "Users.Manage";

    /// <summary>The role to manage applications and their accounts.</summary>
    public const string ApplicationsRole = "Applications.Manage";

    /// <summary>The role to read the audit of the whole tenant. It needs no other.</summary>
    public const string AuditRole = "Audit.Read";

    /// <summary>The role to choose what is demanded of administrators.</summary>
    public const string PoliciesRole = "Policies.Manage";
}
