using BlokSec.Contracts;
using BlokSec.Functions.Identities;

namespace BlokSec.Functions.Operations;

/// <summary>A step that ends, and what ends with it.</summary>
/// <param name="Name">Which step.</param>
internal sealed record StepEnd(OperationStepName Name)
{
    /// <summary>What was read before; null to read.</summary>
    public PartitionSnapshot? Known { get; init; }

    /// <summary>Condition for further documents that <see cref="Ahead"/> and <see cref="Write"/> need.</summary>
    public string? AlsoRead { get; init; }

    /// <summary>How many of them are read at once.</summary>
    public int AlsoReadAtOnce { get; init; }

    /// <summary>Done once, after reading and before writing.</summary>
    public Func<OperationDocument, Task>? First { get; init; }

    /// <summary>Works off, in portions, what has no room in the batch that ends the step; a conflict has all be read again.</summary>
    public Func<PartitionSnapshot, Task<BatchResult>>? Ahead { get; init; }

    /// <summary>What is written in the same batch.</summary>
    public Action<PartitionBatch, PartitionSnapshot>? Write { get; init; }
}
