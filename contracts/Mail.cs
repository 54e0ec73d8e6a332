namespace BlokSec.Contracts;

/// <summary>Which mails the people of a tenant get.</summary>
/// <param name="Enabled">Whether this deployment sends mails at all: people are told then when a phone is added or removed, or a claim is made.</param>
/// <param name="Invitations">Whether people who are invited are told by mail as well, if mails are sent.</param>
public sealed record MailSettings(bool Enabled, bool Invitations);

/// <summary>What a tenant chooses about mails.</summary>
public sealed record ChangeMailSettingsRequest
{
    /// <summary>Whether people who are invited are told by mail.</summary>
    public required bool Invitations { get; init; }
}
