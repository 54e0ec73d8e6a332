using BlokSec.Contracts;
using BlokSec.Functions.Identities;

namespace BlokSec.Functions.Users;

/// <summary>
/// What a user's page has room for. It is made while documents are read, so that memory holds few of them however many there are; what has to
/// be shown and has no room is counted.
/// </summary>
internal sealed class UserPageRoom
{
    public const int AuthenticationRequests = 20;

    /// <summary>Operations of any kind, the newest.</summary>
    public const int Operations = 20;

    /// <summary>Older operations that are under way or failed.</summary>
    public const int UnfinishedOperations = 50;

    public const int Revocations = 100;

    public const int Unreadable = 20;

    /// <summary>How many more are held while they are read, so that they are not sorted for each document.</summary>
    private const int Slack = 200;

    /// <summary>Operations that are under way or failed, and have no room.</summary>
    public int MoreOperations { get; private set; }

    /// <summary>Removals that have no room.</summary>
    public int MoreRevocations { get; private set; }

    public void Make(PartitionSnapshot read)
    {
        if (read.AuthenticationRequests.Count > Slack || read.Operations.Count > Slack || read.Revocations.Count > Slack)
        {
            MakeFinally(read);
        }

        Keep(read.Unreadable, Unreadable + 1);
    }

    public void MakeFinally(PartitionSnapshot read)
    {
        read.AuthenticationRequests.Sort((one, other) => other.IssuedAt.CompareTo(one.IssuedAt));
        Keep(read.AuthenticationRequests, AuthenticationRequests);
        read.Revocations.Sort((one, other) => other.BlockedAt.CompareTo(one.BlockedAt));
        MoreRevocations += Keep(read.Revocations, Revocations);
        read.Operations.Sort((one, other) => other.RequestedAt.CompareTo(one.RequestedAt));
        var unfinished = read.Operations.Skip(Operations).Where(operation => operation.Status is not (OperationStatus.Succeeded or OperationStatus.Withdrawn)).ToList();
        MoreOperations += Keep(unfinished, UnfinishedOperations);
        Keep(read.Operations, Operations);
        read.Operations.AddRange(unfinished);
    }

    /// <summary>Keeps the first of the list.</summary>
    /// <returns>How many went.</returns>
    private static int Keep<T>(List<T> list, int count)
    {
        var gone = Math.Max(0, list.Count - count);
        list.RemoveRange(list.Count - gone, gone);
        return gone;
    }
}
