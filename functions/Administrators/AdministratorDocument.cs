using BlokSec.Functions.Identities;

namespace BlokSec.Functions.Administrators;

/// <summary>An administrator who used the API, in a partition of the tenant: the sign-in service knows who they are, this service only who came.</summary>
internal sealed record AdministratorDocument : IdentityDocument
{
    public const string DocumentType = "administrator";

    public override string Type => DocumentType;

    /// <summary>The issuer's id.</summary>
    public required string Subject { get; init; }

    /// <summary>As shown to people.</summary>
    public required string Name { get; init; }

    /// <summary>The address or name that the administrator signs in with, in the form of <see cref="UserDocument.EmailKey"/>; null when the token tells none.</summary>
    public string? SignInName { get; init; }

    /// <summary>The roles that the token listed, of <see cref="Security.AdminPolicies"/>.</summary>
    public required IReadOnlyList<string> Roles { get; init; }

    /// <summary>When the administrator was seen, exact to a day.</summary>
    public required DateTimeOffset SeenAt { get; init; }

    /// <summary>Seconds until Cosmos DB deletes it, unless the administrator is seen again.</summary>
    public required int Ttl { get; init; }

    public static UserKey KeyOf(string tenantId) => UserKey.OfTenant(tenantId, "administrators");

    public static string IdOf(string subject) => $"administrator:{RequestIds.Fingerprint(subject)}";
}
