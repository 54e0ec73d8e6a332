using BlokSec.Contracts;
using BlokSec.Portal.Words;

namespace BlokSec.Portal.History;

/// <summary>Audit entries about applications and accounts as sentences.</summary>
internal static class AccountAuditWords
{
    /// <summary>The sentence; null for an entry about something else.</summary>
    /// <param name="entry">The entry.</param>
    /// <param name="actor">Who did it, as it is shown.</param>
    public static string? Of(AuditEntryDetails entry, string actor) => entry.Action switch
    {
        AuditActions.ApplicationCreated => $"{actor} registered the application.",
        AuditActions.ApplicationEdited => $"{actor} edited the application.",
        AuditActions.ApplicationDisabled => $"{actor} disabled the application: its requests for sign-ins are refused.",
        AuditActions.ApplicationEnabled => $"{actor} enabled the application.",
        AuditActions.AccountCreated => $"{actor} added an account: {Account(entry.After)}.",
        AuditActions.AccountRemoved => $"{actor} removed an account: {Account(entry.Before)}.",
        AuditActions.AccountRemovalRequested => $"{actor} had accounts removed.",
        AuditActions.DepartureRequested => $"{actor} had all accounts removed, because the user leaves the organization. The devices stay registered.",
        AuditActions.AccountsRemoved => $"{Plural.Of(entry.Targets.Count, "account")} removed.",
        _ => null,
    };

    private static string Account(IReadOnlyDictionary<string, string?>? account) =>
        $"{Outside.Isolate(account?.GetValueOrDefault("accountName") ?? "?")} in {Outside.Isolate(account?.GetValueOrDefault("application") ?? "?")}";
}
