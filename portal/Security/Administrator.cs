namespace BlokSec.Portal.Security;

/// <summary>Who is signed in and what to offer. The API decides by itself; this only shapes the pages.</summary>
/// <param name="Id">Who it is, in every tenant: the subject and the tenant.</param>
/// <param name="Name">How to show the administrator.</param>
/// <param name="Tenant">The tenant administered; null when the token names none.</param>
/// <param name="Reads">Whether the administrator sees users.</param>
/// <param name="Manages">Whether the administrator may change anything.</param>
public sealed record Administrator(string Id, string Name, string? Tenant, bool Reads, bool Manages)
{
    /// <summary>The role to see users.</summary>
    public const string ReadRole = "Users.Read";

    /// <summary>The role to remove devices, unregister users and renew claims.</summary>
    public const string ManageRole = "Devices.Manage";
}
