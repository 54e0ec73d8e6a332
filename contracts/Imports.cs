namespace BlokSec.Contracts;

/// <summary>Bounds of an import.</summary>
public static class ImportLimits
{
    /// <summary>Rows of a file.</summary>
    public const int MaxRows = 20_000;

    /// <summary>Bytes of a file.</summary>
    public const int MaxBytes = 10 * 1024 * 1024;

    /// <summary>Faults, and notices, that a check names; all are in the result.</summary>
    public const int MaxFaults = 100;
}

/// <summary>What a column of the file is taken for.</summary>
/// <param name="Header">As it stands in the file.</param>
/// <param name="Field">
/// givenName, familyName, email, mobile, externalId, userName, department, or account for accounts in an application; null when the column is not imported.
/// </param>
public sealed record ImportColumn(string Header, string? Field)
{
    /// <summary>The field of a column <c>account: X</c>, where X is the id or the name of an application.</summary>
    public const string Account = "account";

    /// <summary>The application of an account column; null in other columns, or when it is not known.</summary>
    public string? ApplicationId { get; init; }

    /// <summary>The name of the application; null when it is not known.</summary>
    public string? ApplicationName { get; init; }

    /// <summary>Why the column gives no accounts: rows with a text there are not imported. Null when nothing is wrong.</summary>
    public string? Fault { get; init; }
}

/// <summary>What is wrong in a file, or to be known of it.</summary>
/// <param name="Line">The line of the file that the row begins in; the header is line 1.</param>
/// <param name="Field">The field of the column, for accounts its header; null for the whole row.</param>
/// <param name="Text">What stands there.</param>
/// <param name="Reason">What is wrong with it, or to be known of it.</param>
public sealed record ImportFault(int Line, string? Field, string? Text, string Reason);

/// <summary>A row as it was read.</summary>
/// <param name="Line">The line of the file that it begins in.</param>
/// <param name="GivenName">First name.</param>
/// <param name="FamilyName">Last name.</param>
/// <param name="Email">Work email.</param>
/// <param name="Mobile">Mobile number in E.164.</param>
/// <param name="ExternalId">Id in another directory.</param>
public sealed record ImportedRow(int Line, string GivenName, string FamilyName, string Email, string? Mobile, string? ExternalId)
{
    /// <summary>The department.</summary>
    public string? Department { get; init; }

    /// <summary>The names of the accounts, one for each account column, in their order; null where the row has none.</summary>
    public IReadOnlyList<string?>? Accounts { get; init; }
}

/// <summary>
/// Which rows name somebody who was in the tenant already when the file was checked. The import looks again: users come and go in between.
/// </summary>
/// <param name="Existing">How many of the rows that can be imported will be skipped, as the email address or the user name is taken.</param>
/// <param name="SameExternalId">How many others have an external id that a user has; they are imported all the same.</param>
/// <param name="Notices">The first of both, with the column; all are in the result.</param>
/// <param name="ComparedUntil">Rows after this line were not compared, as it took too long; the import does it. Null when all were.</param>
public sealed record ImportComparison(int Existing, int SameExternalId, IReadOnlyList<ImportFault> Notices, int? ComparedUntil);

/// <summary>A file of people, checked, and how far its import is.</summary>
/// <param name="ImportId">Its id.</param>
/// <param name="CreatedAt">When the file was checked.</param>
/// <param name="RequestedBy">Who sent it.</param>
/// <param name="Columns">The columns of the file.</param>
/// <param name="Rows">How many rows the file has.</param>
/// <param name="Valid">How many of them can be imported.</param>
/// <param name="Faults">The first rows that cannot, and why.</param>
/// <param name="Sample">The first rows that can.</param>
/// <param name="Created">How many users were made so far.</param>
/// <param name="Skipped">How many rows were left out so far, as the user is there already or an account could not be given.</param>
/// <param name="ExpiresAt">Until when the file and its result are kept.</param>
public sealed record ImportDetails(
    string ImportId,
    DateTimeOffset CreatedAt,
    string RequestedBy,
    IReadOnlyList<ImportColumn> Columns,
    int Rows,
    int Valid,
    IReadOnlyList<ImportFault> Faults,
    IReadOnlyList<ImportedRow> Sample,
    int Created,
    int Skipped,
    DateTimeOffset ExpiresAt)
{
    /// <summary>Who was in the tenant already; null when the file was not compared with the directory, by an earlier version.</summary>
    public ImportComparison? Comparison { get; init; }

    /// <summary>How far it is; null until it was started.</summary>
    public OperationDetails? Operation { get; init; }
}

/// <summary>The imports of a tenant, the newest first.</summary>
/// <param name="Imports">At most 20.</param>
public sealed record ImportList(IReadOnlyList<ImportDetails> Imports);
