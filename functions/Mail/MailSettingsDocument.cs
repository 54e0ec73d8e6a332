using BlokSec.Functions.Identities;

namespace BlokSec.Functions.Mail;

/// <summary>What a tenant chose about mails, in a partition of the tenant.</summary>
internal sealed record MailSettingsDocument : IdentityDocument
{
    public const string DocumentId = "mailSettings";

    public const string DocumentType = "mailSettings";

    public override string Type => DocumentType;

    /// <summary>Whether people who are invited are told by mail.</summary>
    public bool Invitations { get; init; }

    public static UserKey KeyOf(string tenantId) => UserKey.OfTenant(tenantId, "mail");
}
