using BlokSec.Contracts;
using BlokSec.Functions.Http;
using BlokSec.Functions.Identities;
using BlokSec.Functions.Users;

namespace BlokSec.Functions.Imports;

/// <summary>Judges the cells of a row as those of an invitation are judged.</summary>
internal static class ImportTexts
{
    /// <summary>Why a row will be skipped, as the directory is now.</summary>
    public const string IsThere = "is in this tenant already";

    /// <summary>What is no reason to skip a row: external ids are not unique.</summary>
    public const string IsThereToo = "is in this tenant already; the row is imported all the same";

    private const int MaxName = 100;

    private const int MaxExternalId = 200;

    /// <summary>Characters that are kept of a cell that is too long.</summary>
    private const int MaxKept = 200;

    /// <summary>What may be shown of a text from a file.</summary>
    public static string Shown(string text, int maxCharacters) => DisplayTexts.Clean(text, maxCharacters) ?? "";

    /// <summary>The row in the form in which it is stored, or with what is wrong with it.</summary>
    /// <param name="row">As it was read.</param>
    /// <param name="hasMore">Whether it has more cells than the header.</param>
    /// <param name="emails">Addresses of the rows before.</param>
    /// <param name="userNames">User names of the rows before.</param>
    public static ImportRow Checked(ImportRow row, bool hasMore, HashSet<string> emails, HashSet<string> userNames)
    {
        var normal = row with
        {
            GivenName = DisplayTexts.Normalized(row.GivenName),
            FamilyName = DisplayTexts.Normalized(row.FamilyName),
            Email = DisplayTexts.Normalized(row.Email),
            ExternalId = row.ExternalId is null ? null : DisplayTexts.Normalized(row.ExternalId),
            UserName = row.UserName is null ? null : DisplayTexts.Normalized(row.UserName),
            Department = row.Department is null ? null : DisplayTexts.Normalized(row.Department),
        };
        var mobile = normal.Mobile is null ? null : MobileNumbers.Normalize(normal.Mobile);
        var (field, fault) = hasMore ? ("row", "has more cells than the first line names columns")
            : DisplayText.Fault(normal.GivenName, MaxName) is { } ofGivenName ? (ImportColumns.GivenName, ofGivenName)
            : DisplayText.Fault(normal.FamilyName, MaxName) is { } ofFamilyName ? (ImportColumns.FamilyName, ofFamilyName)
            : EmailTextAttribute.Fault(normal.Email) is { } ofEmail ? (ImportColumns.Email, ofEmail)
            : normal.Mobile is not null && mobile is null ? (ImportColumns.Mobile, MobileNumbers.Fault)
            : normal.ExternalId is not null && DisplayText.Fault(normal.ExternalId, MaxExternalId) is { } ofExternalId ? (ImportColumns.ExternalId, ofExternalId)
            : normal.UserName is not null && DisplayText.Fault(normal.UserName, MaxExternalId) is { } ofUserName ? (ImportColumns.UserName, ofUserName)
            : normal.Department is not null && DisplayText.Fault(normal.Department, AdministratorScope.MaxDepartment) is { } ofDepartment ? (ImportColumns.Department, ofDepartment)
            : !emails.Add(FoldedNames.Fold(normal.Email)) ? (ImportColumns.Email, "stands in an earlier row, too")
            : !userNames.Add(FoldedNames.Fold(normal.UserName ?? normal.Email)) ? (ImportColumns.UserName, "stands in an earlier row, too")
            : (null, null);
        return fault is null ? normal with { Mobile = mobile } : Kept(row) with { Fault = $"{field}: {fault}", IsInvalid = true };
    }

    /// <summary>A cell of a row that is wrong, in a bounded size.</summary>
    public static string? Kept(string? text) => text is null ? null : Shown(text, MaxKept);

    /// <summary>A row that is wrong, in a bounded size.</summary>
    private static ImportRow Kept(ImportRow row) => row with
    {
        GivenName = Shown(row.GivenName, MaxKept),
        FamilyName = Shown(row.FamilyName, MaxKept),
        Email = Shown(row.Email, MaxKept),
        Mobile = Kept(row.Mobile),
        ExternalId = Kept(row.ExternalId),
        UserName = Kept(row.UserName),
        Department = Kept(row.Department),
        Accounts = row.Accounts is null ? null : [.. row.Accounts.Select(Kept)],
    };
}
