using BlokSec.Contracts;
using BlokSec.Functions.Http;
using BlokSec.Functions.Identities;
using BlokSec.Functions.Operations;

namespace BlokSec.Functions.Imports;

/// <summary>What administrators see of an import.</summary>
internal static class ImportViews
{
    public static ImportDetails ToDetails(this ImportDocument import, OperationDocument? operation) => new(
        import.ImportId,
        import.CreatedAt,
        import.RequestedBy.Name.Shown(),
        import.Columns,
        import.Rows,
        import.Valid,
        import.Faults,
        import.Sample,
        import.Created,
        import.Skipped,
        import.CreatedAt.AddSeconds(ImportDocument.RetentionSeconds))
    {
        Comparison = import.Comparison,
        Operation = operation?.ToDetails(),
    };
}
