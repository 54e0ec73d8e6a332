using BlokSec.Functions.Identities;

namespace BlokSec.Functions.Revocations;

/// <summary>What is to be done about a decision, now that the user's documents were read.</summary>
internal abstract record RevocationChoice
{
    private RevocationChoice()
    {
    }

    /// <summary>Revoke these devices.</summary>
    internal sealed record Devices(IReadOnlyList<DeviceDocument> Chosen) : RevocationChoice;

    /// <summary>It was decided before.</summary>
    /// <param name="OperationId">By which operation.</param>
    internal sealed record Earlier(string OperationId) : RevocationChoice;

    /// <summary>There is nothing to decide.</summary>
    /// <param name="Answer">Why not.</param>
    internal sealed record Refuse(IResult Answer) : RevocationChoice;
}
