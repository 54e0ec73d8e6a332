namespace BlokSec.Local.SignIn;

/// <summary>Where the sign-in stand-in listens, who can sign in, and which app they come from.</summary>
internal sealed record SignInStandInOptions
{
    /// <summary>The scope of the API, as in the app registration of a deployment: an access token has it when it was asked for.</summary>
    public const string ApiScope = "access_as_user";

    /// <summary>The port of 127.0.0.1; 0 (the default) for any that is free.</summary>
    public int Port { get; init; }

    /// <summary>The file that keeps the keys, so that tokens survive a restart; null (the default) for keys that are forgotten at the end.</summary>
    public string? KeyPath { get; init; }

    /// <summary>Who can sign in; the demo administrators by default.</summary>
    public IReadOnlyList<DemoAdministrator> Administrators { get; init; } = DemoAdministrator.Defaults;

    /// <summary>Which applications can get tokens of their own; the demo applications by default.</summary>
    public IReadOnlyList<DemoApplication> Applications { get; init; } = DemoApplication.Defaults;

    /// <summary>The password of every demo administrator, for the password grant, and the secret of every application; the sign-in page asks for none.</summary>
    public string Password { get; init; } = "local";

    /// <summary>The client id of the admin console, a public client.</summary>
    public string ClientId { get; init; } = "bloksec-admin-console";

    /// <summary>Where the console may be returned to after signing in or out, letter by letter. Default: none.</summary>
    public IReadOnlyList<Uri> RedirectUris { get; init; } = [];

    /// <summary>The origins whose scripts may call discovery, keys, token and user info, such as <c>http://localhost:5020</c>. Default: none.</summary>
    public IReadOnlyList<string> Origins { get; init; } = [];

    /// <summary>The <c>aud</c> of administrators' access tokens.</summary>
    public string Audience { get; init; } = "bloksec-api";

    /// <summary>How long administrators' access tokens live. Default: 8 hours, a working day without refresh tokens.</summary>
    public TimeSpan AccessTokenLifetime { get; init; } = TimeSpan.FromHours(8);

    /// <summary>What <c>X-IDENTITY-HEADER</c> must be to get a token of the managed identity; the app finds it in <c>IDENTITY_HEADER</c>.</summary>
    public string IdentityHeader { get; init; } = "local-identity";
}

/// <summary>An administrator who exists on this laptop only.</summary>
/// <param name="Username">Also the subject of the tokens.</param>
/// <param name="Name">How the console shows the administrator.</param>
/// <param name="TenantId">The tenant administered.</param>
/// <param name="Roles">The roles in the tokens.</param>
internal sealed record DemoAdministrator(string Username, string Name, string TenantId, IReadOnlyList<string> Roles)
{
    /// <summary>The role that may remove devices and show claims.</summary>
    public const string Manage = "Devices.Manage";

    private const string Read = "Users.Read";

    private const string Users = "Users.Manage";

    private const string Applications = "Applications.Manage";

    private const string Audit = "Audit.Read";

    private const string Policies = "Policies.Manage";

    /// <summary>Who is limited to the users of one department, by the demo's policies.</summary>
    public const string OfDepartment = "hanna@contoso.example";

    /// <summary>
    /// For each of two tenants: one with all roles, one who only reads, one without roles; in the first a second one with all roles, and one of a
    /// department.
    /// </summary>
    public static IReadOnlyList<DemoAdministrator> Defaults { get; } =
    [
        new("alice@contoso.example", "Alice Adams", "contoso", [Read, Manage, Users, Applications, Audit, Policies]),
        new("amir@contoso.example", "Amir Aziz", "contoso", [Read, Manage, Users, Applications, Audit, Policies]),
        new(OfDepartment, "Hanna Helpdesk", "contoso", [Read, Manage, Users]),
        new("rob@contoso.example", "Rob Reader", "contoso", [Read]),
        new("nora@contoso.example", "Nora Newcomer", "contoso", []),
        new("felix@fabrikam.example", "Felix Fischer", "fabrikam", [Read, Manage, Users, Applications, Audit, Policies]),
        new("rita@fabrikam.example", "Rita Reader", "fabrikam", [Read]),
        new("nils@fabrikam.example", "Nils Newcomer", "fabrikam", []),
    ];
}
