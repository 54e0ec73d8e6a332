using BlokSec.Local.Seed;

namespace BlokSec.Local.SignIn;

/// <summary>An application that exists on this laptop only, and asks for sign-ins or provisions users: a confidential OAuth client.</summary>
/// <param name="TenantId">The tenant it belongs to.</param>
/// <param name="Name">Its name.</param>
/// <param name="Roles">The app roles in its tokens.</param>
internal sealed record DemoApplication(string TenantId, string Name, IReadOnlyList<string> Roles)
{
    /// <summary>The role with which an application may ask for sign-ins.</summary>
    public const string Request = "Authentication.Request";

    /// <summary>The role with which an application receives events.</summary>
    public const string Receive = "Events.Receive";

    /// <summary>The scopes that a receiver of events may ask for instead.</summary>
    public static IReadOnlyList<string> ReceiverScopes { get; } = ["ssf.manage", "ssf.read"];

    /// <summary>The role with which a directory may provision users.</summary>
    public const string Provision = "Directory.Provision";

    /// <summary>Its client id, which is the id that its accounts name.</summary>
    public string ClientId { get; } = SeedDocuments.ApplicationId(TenantId, Name);

    /// <summary>Two applications of one tenant, one of another, one that was given no role, and a directory for each tenant.</summary>
    public static IReadOnlyList<DemoApplication> Defaults { get; } =
    [
        new(DemoPeople.Contoso, "Payroll", [Request, Receive]),
        new(DemoPeople.Contoso, "Sales Desk", [Request, Receive]),
        new(DemoPeople.Contoso, "Travel", []),
        new(DemoPeople.Fabrikam, "Payroll", [Request, Receive]),
        new(DemoPeople.Contoso, "Directory", [Provision]),
        new(DemoPeople.Fabrikam, "Directory", [Provision]),
    ];
}
