using BlokSec.Contracts;
using BlokSec.Functions.Http;

namespace BlokSec.Functions.Imports;

/// <summary>Judges the account names of a row as those of an invitation are judged.</summary>
internal static class AccountTexts
{
    private const int MaxName = 254;

    /// <summary>The row with its account names in the form in which they are stored, or with what is wrong with one.</summary>
    /// <param name="row">A row that is right otherwise.</param>
    /// <param name="columns">The account columns.</param>
    /// <param name="earlier">Accounts of the rows before.</param>
    public static ImportRow Checked(ImportRow row, IReadOnlyList<ImportColumn> columns, HashSet<(string? ApplicationId, string Name)> earlier)
    {
        var names = row.Accounts!.Select(name => name is null ? null : DisplayTexts.Normalized(name)).ToArray();
        var own = new HashSet<(string? ApplicationId, string Name)>();
        foreach (var (index, name) in names.Index())
        {
            var column = columns[index];
            var fault = name is null ? null
                : column.Fault is not null ? "the column gives no accounts, see there"
                : DisplayText.Fault(name, MaxName) is { } ofName ? ofName
                : !own.Add((column.ApplicationId, name)) ? "is the same account as an earlier one"
                : earlier.Contains((column.ApplicationId, name)) ? "stands in an earlier row, too"
                : null;
            if (fault is not null)
            {
                return (row with { Accounts = [.. row.Accounts!.Select(ImportTexts.Kept)] }).Faulty(columns, index, fault) with { IsInvalid = true };
            }
        }

        earlier.UnionWith(own);
        return row with { Accounts = names };
    }

    /// <summary>The row, with what is wrong with one of its accounts.</summary>
    public static ImportRow Faulty(this ImportRow row, IReadOnlyList<ImportColumn> columns, int account, string fault) =>
        row with { Fault = $"{columns[account].Header}: {fault}", FaultyAccount = account };
}
