using BlokSec.Contracts;
using BlokSec.Portal.Words;

namespace BlokSec.Portal.Imports;

/// <summary>An import in plain words.</summary>
internal static class ImportWords
{
    /// <summary>How far it is.</summary>
    public static string Of(ImportDetails import) => import.Operation?.Status switch
    {
        null => "Checked, not imported",
        OperationStatus.Succeeded => $"Done: {Plural.Of(import.Created, "user")} created",
        OperationStatus.Failed => "Needs attention",
        _ => "Under way",
    };

    /// <summary>What is known before an import about who is here already; null when nothing is to be said.</summary>
    public static string? Existing(ImportDetails import) => import.Comparison switch
    {
        { ComparedUntil: { } line } => $"Rows after line {Plural.Number(line)} were not compared with the directory, as it took too long. The import does it.",
        { Existing: > 0 } found when found.Existing == import.Valid => "Everybody in this file is here already: nobody would be created.",
        _ => null,
    };

    /// <summary>How many users the import will create, as the directory was when the file was checked.</summary>
    public static int Expected(ImportDetails import) => import.Valid - (import.Comparison?.Existing ?? 0);

    /// <summary>The column that a fault is about: accounts are told by the header.</summary>
    public static string FieldOf(ImportFault fault, ImportDetails import) =>
        import.Columns.FirstOrDefault(column => column.Field == ImportColumn.Account && column.Header == fault.Field) is { } account
            ? account.Header
            : FieldOf(new ImportColumn("", fault.Field));

    /// <summary>What the columns are taken for.</summary>
    public static string FieldOf(ImportColumn column) => column.Field switch
    {
        ImportColumn.Account when column.Fault is { } fault => $"no accounts: it {fault}",
        ImportColumn.Account => $"Accounts in {column.ApplicationName ?? column.ApplicationId}",
        "givenName" => "First name",
        "familyName" => "Last name",
        "email" => "Email",
        "mobile" => "Mobile",
        "externalId" => "External ID",
        "userName" => "User name",
        "department" => "Department",
        _ => "left out",
    };
}
