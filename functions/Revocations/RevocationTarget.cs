using BlokSec.Functions.Identities;

namespace BlokSec.Functions.Revocations;

/// <summary>What a request comes to, now that the user's documents were read.</summary>
internal abstract record RevocationTarget
{
    private RevocationTarget()
    {
    }

    /// <summary>Revoke these devices, in one transaction: the fence.</summary>
    /// <param name="Revoked">The devices.</param>
    /// <param name="Before">The user as it was read.</param>
    /// <param name="After">The user from then on, for the operation and the auditor.</param>
    /// <param name="AuditAction">What the auditor reads, one of <see cref="Contracts.AuditActions"/>.</param>
    /// <param name="FurtherSteps">Steps of the operation in addition to blocking, telling and deleting the devices.</param>
    /// <param name="WriteUser">Writes the user, and guards what the request depends on.</param>
    internal sealed record Devices(
        IReadOnlyList<DeviceDocument> Revoked,
        UserDocument Before,
        UserDocument After,
        string AuditAction,
        IReadOnlyList<OperationStep> FurtherSteps,
        Action<PartitionBatch> WriteUser) : RevocationTarget
    {
        /// <summary>Whether an administrator has to look at it.</summary>
        public bool IsAlert { get; init; }
    }

    /// <summary>An earlier request did it.</summary>
    /// <param name="OperationId">By which operation.</param>
    /// <param name="WhenGone">The answer when that operation is not stored any more.</param>
    internal sealed record Earlier(string OperationId, IResult WhenGone) : RevocationTarget;

    /// <summary>There is nothing to revoke.</summary>
    /// <param name="Answer">Why not.</param>
    internal sealed record Refuse(IResult Answer) : RevocationTarget;
}
