using BlokSec.Contracts;
using BlokSec.Functions.Identities;

namespace BlokSec.Functions.Imports;

/// <summary>The columns of a file that give accounts, and the applications that their headers name by id or name.</summary>
internal static class AccountColumns
{
    /// <summary>Those of all columns that give accounts, in the order of a row's account names.</summary>
    public static IReadOnlyList<ImportColumn> Of(IReadOnlyList<ImportColumn> columns) => [.. columns.Where(column => column.Field == ImportColumn.Account)];

    /// <summary>The columns with their applications, or with what is wrong: one query for the file, none without account columns.</summary>
    /// <param name="identities">Where the applications are.</param>
    /// <param name="tenantId">The tenant.</param>
    /// <param name="columns">All columns.</param>
    /// <param name="headers">Their headers, whole.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    public static async Task<IReadOnlyList<ImportColumn>> ResolvedAsync(
        IdentityStore identities,
        string tenantId,
        IReadOnlyList<ImportColumn> columns,
        IReadOnlyList<string> headers,
        CancellationToken cancellationToken)
    {
        if (Of(columns).Count == 0)
        {
            return columns;
        }

        var applications = new List<NamedApplication>();
        await foreach (var application in identities.StreamAsync<NamedApplication>(
            ApplicationDocument.KeyOf(tenantId), "SELECT c.applicationId, c.name, c.state FROM c WHERE c.type = 'application'", [], cancellationToken))
        {
            applications.Add(application);
        }

        var count = 0;
        return [.. columns.Zip(headers, (column, header) => column.Field == ImportColumn.Account ? Resolved(column, header, applications, ++count) : column)];
    }

    private static ImportColumn Resolved(ImportColumn column, string header, List<NamedApplication> applications, int number)
    {
        var wanted = ImportColumns.ApplicationOf(header)!;
        var name = FoldedNames.Fold(wanted);
        var found = applications.Where(application => application.ApplicationId == wanted).ToList() is { Count: > 0 } exact
            ? exact
            : applications.Where(application => application.Name is { } known && FoldedNames.Fold(known) == name).ToList();
        var fault = number > InviteUserRequest.MaxAccounts ? $"is one of more than {InviteUserRequest.MaxAccounts} account columns"
            : found.Count == 0 ? "names no application of this tenant"
            : found.Count > 1 ? "names several applications; name the one by its id"
            : found[0].State != ApplicationState.Enabled ? "names an application that is disabled"
            : null;
        return found is [var one]
            ? column with { ApplicationId = one.ApplicationId, ApplicationName = one.Name, Fault = fault }
            : column with { Fault = fault };
    }

    /// <summary>An application.</summary>
    private sealed record NamedApplication(string? ApplicationId, string? Name, ApplicationState? State);
}
