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

    /// <summary>What the columns are taken for.</summary>
    public static string FieldOf(ImportColumn column) => column.Field switch
    {
        "givenName" => "First name",
        "familyName" => "Last name",
        "email" => "Email",
        "mobile" => "Mobile",
        "externalId" => "External ID",
        "userName" => "User name",
        _ => "left out",
    };
}
