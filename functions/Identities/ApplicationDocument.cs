using BlokSec.Contracts;

namespace BlokSec.Functions.Identities;

/// <summary>An application of a tenant, in the tenant's own partition <see cref="Area"/>.</summary>
internal sealed record ApplicationDocument : IdentityDocument
{
    public const string DocumentType = "application";

    /// <summary>The area of the tenant that holds its applications, see <see cref="UserKey.OfTenant"/>.</summary>
    public const string Area = "applications";

    public override string Type => DocumentType;

    /// <summary>BlokSec's appDID, which accounts name.</summary>
    public required string ApplicationId { get; init; }

    public required string Name { get; init; }

    /// <summary>The OAuth client id of its access tokens. Unique in the tenant: whoever sets one writes the <see cref="ApplicationRegisterDocument"/>.</summary>
    public required string ClientId { get; init; }

    public required ApplicationState State { get; init; }

    public required DateTimeOffset CreatedAt { get; init; }

    /// <summary>Which request registered it, when it named itself.</summary>
    public string? RequestId { get; init; }

    /// <summary>What was asked for, to tell a repeated idempotency key from a reused one.</summary>
    public string? Fingerprint { get; init; }

    public static UserKey KeyOf(string tenantId) => UserKey.OfTenant(tenantId, Area);

    public static string IdOf(string applicationId) => $"application:{applicationId}";
}

/// <summary>
/// What all applications of a tenant have in common. Whoever registers one or changes a client id writes it with If-Match, so that of two at the
/// same moment one sees the other: client ids stay unique, and the number of applications bounded.
/// </summary>
internal sealed record ApplicationRegisterDocument : IdentityDocument
{
    public const string DocumentId = "applications";

    public const string DocumentType = "applicationRegister";

    /// <summary>Applications that a tenant may have.</summary>
    public const int MaxApplications = 1_000;

    public override string Type => DocumentType;

    /// <summary>How many there are.</summary>
    public int Count { get; init; }

    /// <summary>When one was registered last, or got another client id.</summary>
    public DateTimeOffset ChangedAt { get; init; }
}
