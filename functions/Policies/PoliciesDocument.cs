using BlokSec.Contracts;
using BlokSec.Functions.Identities;

namespace BlokSec.Functions.Policies;

/// <summary>The policies of a tenant, in a partition of the tenant.</summary>
internal sealed record PoliciesDocument : IdentityDocument
{
    public const string DocumentId = "policies";

    public const string DocumentType = "policies";

    public override string Type => DocumentType;

    public required TenantPolicies Policies { get; init; }

    public static UserKey KeyOf(string tenantId) => UserKey.OfTenant(tenantId, "policies");
}
