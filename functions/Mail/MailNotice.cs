using BlokSec.Contracts;
using BlokSec.Functions.Identities;

namespace BlokSec.Functions.Mail;

/// <summary>What a person is told of.</summary>
internal enum MailOccasion
{
    /// <summary>The person is invited: a user and the first claim were made.</summary>
    Invited,

    /// <summary>A claim was made for a user who was here before.</summary>
    ClaimMade,

    /// <summary>A phone enrolled with a claim.</summary>
    PhoneAdded,

    /// <summary>A phone was added from the user's backup.</summary>
    PhoneRestored,

    /// <summary>A phone was removed.</summary>
    PhoneRemoved,

    /// <summary>All phones were unregistered.</summary>
    AllUnregistered,

    /// <summary>The email address of the user was changed; told to the address of before.</summary>
    AddressChanged,
}

/// <summary>A phone, as it is described to its user.</summary>
internal sealed record MailedPhone(string Name, string Model, DevicePlatform Platform, string OsVersion)
{
    public static MailedPhone Of(DeviceDocument device) => new(device.Name, device.Model, device.Platform, device.OsVersion);
}

/// <summary>What a person is to be told by mail, as it stands in the signal of the change. Never a code, nor a link.</summary>
/// <param name="Occasion">What happened.</param>
/// <param name="To">The address that the user had until then.</param>
/// <param name="By">Who did it, one of <see cref="AuditActorKinds"/>.</param>
internal sealed record MailNotice(MailOccasion Occasion, string To, string By)
{
    /// <summary>How the person is greeted.</summary>
    public string? Name { get; init; }

    /// <summary>The phones that it is about.</summary>
    public IReadOnlyList<MailedPhone> Phones { get; init => field = value ?? []; } = [];

    /// <summary>Whether the phone was reported as lost or stolen.</summary>
    public bool IsLost { get; init; }

    /// <summary>The IP address that the phone's call came from.</summary>
    public string? Address { get; init; }

    /// <summary>Until when the claim can be used.</summary>
    public DateTimeOffset? ExpiresAt { get; init; }

    /// <summary>The notice to a user; null for one without an address.</summary>
    public static MailNotice? Of(UserDocument user, MailOccasion occasion, string by) =>
        string.IsNullOrEmpty(user.Email) ? null : new MailNotice(occasion, user.Email, by) { Name = user.GivenName };
}
