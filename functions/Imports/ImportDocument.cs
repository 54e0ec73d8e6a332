using BlokSec.Contracts;
using BlokSec.Functions.Identities;

namespace BlokSec.Functions.Imports;

/// <summary>A file of people that was checked. Its rows are in <see cref="ImportChunk"/>s, its progress is an operation with the same id.</summary>
internal sealed record ImportDocument : IdentityDocument
{
    public const string DocumentType = "import";

    /// <summary>How long a file and its result are kept: names and addresses are not kept for longer than they are needed.</summary>
    public const int RetentionSeconds = 30 * 24 * 3600;

    public override string Type => DocumentType;

    public required string ImportId { get; init; }

    public required DateTimeOffset CreatedAt { get; init; }

    /// <summary>Who sent the file, and makes its users.</summary>
    public required AuditActor RequestedBy { get; init; }

    public required IReadOnlyList<ImportColumn> Columns { get; init; }

    public required int Rows { get; init; }

    public required int Valid { get; init; }

    public required IReadOnlyList<ImportFault> Faults { get; init; }

    public required IReadOnlyList<ImportedRow> Sample { get; init; }

    /// <summary>Null in imports of earlier versions, which were not compared with the directory.</summary>
    public ImportComparison? Comparison { get; init; }

    public required int Chunks { get; init; }

    /// <summary>Names the chunks: each time the file is taken it has its own. Null in imports of earlier versions, where the import names them.</summary>
    public string? ChunksId { get; init; }

    /// <summary>The first chunk that was not carried out.</summary>
    public int NextChunk { get; init; }

    public int Created { get; init; }

    public int Skipped { get; init; }

    public int Ttl { get; init; } = RetentionSeconds;

    public static UserKey KeyOf(string tenantId) => UserKey.OfTenant(tenantId, "imports");

    public static string IdOf(string importId) => $"import:{importId}";

    /// <summary>The id of the document that holds a chunk.</summary>
    public string IdOfChunk(int number) => ImportChunk.IdOf(ChunksId ?? ImportId, number);
}

/// <summary>Rows of a file.</summary>
internal sealed record ImportChunk : IdentityDocument
{
    public const string DocumentType = "importChunk";

    /// <summary>Rows of one document; what one transaction records.</summary>
    public const int MaxRows = 100;

    /// <summary>Characters of account names of one document, so that a transaction has room for several.</summary>
    public const int MaxAccountText = 10_000;

    public override string Type => DocumentType;

    public required IReadOnlyList<ImportRow> Rows { get; init; }

    public int Ttl { get; init; } = ImportDocument.RetentionSeconds;

    public static string IdOf(string chunksId, int number) => string.Create(System.Globalization.CultureInfo.InvariantCulture, $"importChunk:{chunksId}:{number:D5}");
}

/// <summary>A row, and what became of it.</summary>
/// <param name="Line">The line of the file that it begins in.</param>
/// <param name="GivenName">First name.</param>
/// <param name="FamilyName">Last name.</param>
/// <param name="Email">Work email.</param>
internal sealed record ImportRow(int Line, string GivenName, string FamilyName, string Email)
{
    public string? Mobile { get; init; }

    public string? ExternalId { get; init; }

    public string? UserName { get; init; }

    public string? Department { get; init; }

    /// <summary>The names of the accounts, one for each account column, in their order; null when the row has none.</summary>
    public IReadOnlyList<string?>? Accounts { get; init; }

    /// <summary>Which account column <see cref="Fault"/> is about, from 0; null when it is about another one.</summary>
    public int? FaultyAccount { get; init; }

    /// <summary>Why it is not imported, or was not; null when nothing is wrong.</summary>
    public string? Fault { get; init; }

    /// <summary>What the directory had of it when the file was checked; null when nothing.</summary>
    public string? Notice { get; init; }

    /// <summary>Whether it could never be imported, rather than found its user there already.</summary>
    public bool IsInvalid { get; init; }

    /// <summary>The user that it became.</summary>
    public string? CreatedUserId { get; init; }
}
