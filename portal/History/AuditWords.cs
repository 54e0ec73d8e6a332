using BlokSec.Contracts;
using BlokSec.Portal.Devices;
using BlokSec.Portal.Requests;
using BlokSec.Portal.Words;

namespace BlokSec.Portal.History;

/// <summary>Audit entries as sentences.</summary>
internal static class AuditWords
{
    /// <summary>An alert comes so long after the first request that it is about, at most.</summary>
    private static readonly TimeSpan LongestRun = TimeSpan.FromHours(1);

    /// <summary>The sentence.</summary>
    /// <param name="entry">The entry.</param>
    /// <param name="user">The user it is about; null when nothing of the user is known here.</param>
    public static string Of(AuditEntryDetails entry, UserDetails? user)
    {
        return entry.Action switch
        {
            AuditActions.UserUnregistered => $"{Actor(entry, user)} unregistered all devices. They were blocked at once.",
            AuditActions.UserInvited => $"{Actor(entry, user)} invited the user.",
            AuditActions.UserImported => $"{Actor(entry, user)} imported the user from a file.",
            AuditActions.ImportStarted => $"{Actor(entry, user)} started the import of a file.",
            AuditActions.ImportExported => $"{Actor(entry, user)} exported the result of an import.",
            AuditActions.UserProvisioned => $"{Actor(entry, user)} created the user.",
            AuditActions.UserChanged => $"{Actor(entry, user)} changed {Changes(entry)}.",
            AuditActions.UserSuspended => $"{Actor(entry, user)} suspended the user. Sign-ins and enrollments were refused from then on; nothing was reset.",
            AuditActions.UserReactivated => $"{Actor(entry, user)} reactivated the user.",
            AuditActions.UserLeft => $"{Actor(entry, user)} removed the user from the directory. Sign-ins and enrollments are refused.",
            AuditActions.ProvisioningTokenCreated => $"{Actor(entry, user)} created a provisioning token.",
            AuditActions.ProvisioningTokenRevoked => $"{Actor(entry, user)} revoked a provisioning token.",
            AuditActions.OperationFinished => "The operation finished.",
            AuditActions.OperationFailed => "The operation cannot continue without an operator.",
            AuditActions.OperationRestarted => $"{Actor(entry, user)} restarted the operation.",
            AuditActions.DocumentRepaired => "Parts of the user's record could not be read. They were replaced when all devices were unregistered.",
            AuditActions.DocumentUnreadable => "Work was given up because a stored document cannot be read. Tell whoever runs this service.",
            AuditActions.RetiredDidUsed => "Somebody tried to use an identity that was reset. It was refused.",
            AuditActions.KeyInUseRefused => "Somebody tried to enroll with a key that is already in use. It was refused.",
            AuditActions.SignInNotMe => $"{Actor(entry, user)}: the user says that somebody else asked for a sign-in. It was denied. {RequestWords.WhatToDo(DenialReason.NotMe)}",
            AuditActions.SignInsHeldBack => "Too many sign-in requests were not accepted, so further ones were held back for a while. Somebody may be trying to wear the user down: "
                + "ask the user who made them, and to accept nothing but an own sign-in. If somebody else may know the password, have it changed.",
            AuditActions.SignInWrongNumber => $"{Actor(entry, user)}: a sign-in request was denied after too many wrong numbers. {RequestWords.WhatToDo(DenialReason.WrongNumber)}",
            AuditActions.MailSent => $"The user was told by mail{About(entry)}.",
            AuditActions.MailFailed => $"The user was not told by mail{About(entry)}.",
            AuditActions.MailSettingsChanged => $"{Actor(entry, user)} chose whether people who are invited are told by mail.",
            AuditActions.ApprovalRequested => $"{Actor(entry, user)} asked that a second administrator agrees: {Approval(entry)}.",
            AuditActions.ApprovalGranted => $"{Actor(entry, user)} agreed as the second administrator: {Approval(entry)}.",
            AuditActions.ApprovalDenied => $"{Actor(entry, user)} refused as the second administrator: {Approval(entry)}.",
            AuditActions.PoliciesChanged => $"{Actor(entry, user)} changed what is demanded of administrators: {Changes(entry)}.",
            AuditActions.StreamCreated => $"{Actor(entry, user)} made a stream of events.",
            AuditActions.StreamChanged => $"{Actor(entry, user)} changed its stream of events.",
            AuditActions.StreamStatusChanged => $"{Actor(entry, user)} set the status of a stream of events to {Outside.Isolate(entry.After?.GetValueOrDefault("status") ?? "?")}.",
            AuditActions.StreamDeleted => $"{Actor(entry, user)} deleted its stream of events.",
            AuditActions.AuditExported when entry.After?.GetValueOrDefault("blocks") is { } blocks =>
                $"{Actor(entry, user)} exported a piece of the audit chain, to be checked elsewhere (blocks: {Outside.Isolate(blocks)}).",
            AuditActions.AuditExported => $"{Actor(entry, user)} exported {Plural.Of(Count(entry), "audit entry", "audit entries")}.",
            AuditActions.UsersExported => $"{Actor(entry, user)} exported the list of users{Asked(entry)}.",
            AuditActions.DevicesExported => $"{Actor(entry, user)} exported the list of devices{Asked(entry)}.",
            AuditActions.OperationsExported => $"{Actor(entry, user)} exported the list of operations{Asked(entry)}.",
            AuditActions.SignInsExported when entry.UserId is not null => $"{Actor(entry, user)} exported authentication requests of the user.",
            AuditActions.SignInsExported => $"{Actor(entry, user)} exported authentication requests of the organization.",
            AuditActions.AuditBroken => "The audit is broken: somebody changed what was sealed. Keep the database and the signed roots as they are, and tell whoever is responsible for security.",
            AuditActions.EventSentAgain => $"{Actor(entry, user)} had an event sent to its receiver once more.",
            _ => PhoneAuditWords.Of(entry, Actor(entry, user), user)
                ?? AccountAuditWords.Of(entry, Actor(entry, user))
                ?? BulkAuditWords.Of(entry, Actor(entry, user))
                ?? $"{Actor(entry, user)}: {Outside.Isolate(entry.Action)}",
        };
    }

    /// <summary>What a second administrator was asked for, and by whom where that is told.</summary>
    private static string Approval(AuditEntryDetails entry) =>
        Outside.Isolate(entry.After?.GetValueOrDefault("summary") ?? "?")
        + (entry.After?.GetValueOrDefault("requestedBy") is { } asked ? $", asked for by {Outside.Isolate(asked)}" : "");

    /// <summary>What a mail was about, and where it went.</summary>
    private static string About(AuditEntryDetails entry) => entry.After is { } mail && mail.GetValueOrDefault("to") is { } address
        ? $" at {Outside.Isolate(address)}: {Outside.Isolate(mail.GetValueOrDefault("about") ?? "?")}"
        : "";

    /// <summary>What an export was narrowed by.</summary>
    private static string Asked(AuditEntryDetails entry) => entry.After is { Count: > 0 } asked
        ? $" ({Outside.Isolate(string.Join(", ", asked.Select(part => $"{part.Key}: {part.Value}")))})"
        : "";

    /// <summary>The sign-in requests that an entry is about; null when it is about none.</summary>
    /// <param name="entry">The entry.</param>
    /// <param name="dayOf">The day of a time on the administrator's clock.</param>
    public static RequestFilter? Requests(AuditEntryDetails entry, Func<DateTimeOffset, DateOnly?> dayOf)
    {
        var range = new RequestFilter(Days: null, dayOf(entry.At - LongestRun), dayOf(entry.LastAt ?? entry.At));
        return entry.Action switch
        {
            AuditActions.SignInNotMe => range with { Status = "denied", Reason = "notMe" },
            AuditActions.SignInWrongNumber => range with { Status = "denied", Reason = "wrongNumber" },
            AuditActions.SignInsHeldBack => range,
            _ => null,
        };
    }

    private static string Actor(AuditEntryDetails entry, UserDetails? user) => entry.ActorKind switch
    {
        AuditActorKinds.Administrator => Outside.Isolate(entry.ActorName),
        AuditActorKinds.Directory => $"The directory ({Outside.Isolate(entry.ActorName)})",
        AuditActorKinds.Application => $"The application ({Outside.Isolate(entry.ActorName)})",
        AuditActorKinds.Phone => DeviceNames.Of(user, entry.ActorName),
        _ => "The system",
    };

    private static readonly Dictionary<string, string> Members = new()
    {
        ["givenName"] = "the given name",
        ["familyName"] = "the family name",
        ["email"] = "the email address",
        ["mobile"] = "the mobile number",
        ["userName"] = "the user name",
        ["externalId"] = "the external id",
        ["displayName"] = "the display name",
        ["department"] = "the department",
    };

    /// <summary>What was changed of the profile, each with what it was.</summary>
    private static string Changes(AuditEntryDetails entry) => string.Join(", ",
        [.. (entry.After ?? new Dictionary<string, string?>()).Select(change =>
            $"{Members.GetValueOrDefault(change.Key, change.Key)} from {Shown(entry.Before?.GetValueOrDefault(change.Key))} to {Shown(change.Value)}")]);

    private static int Count(AuditEntryDetails entry) =>
        int.TryParse(entry.After?.GetValueOrDefault("count"), System.Globalization.CultureInfo.InvariantCulture, out var count) ? count : 0;

    private static string Shown(string? value) => value is null ? "nothing" : $"“{Outside.Isolate(value)}”";
}
