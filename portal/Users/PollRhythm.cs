using BlokSec.Contracts;
using BlokSec.Portal.Api;

namespace BlokSec.Portal.Users;

/// <summary>
/// How often the user page is read again: each second while something moves, ever more rarely while nothing does; and how often any page
/// is after a problem.
/// </summary>
internal static class PollRhythm
{
    public static readonly TimeSpan Shortest = TimeSpan.FromSeconds(1);

    /// <summary>A page on which nothing is open is read again this often, because others may change the user.</summary>
    public static readonly TimeSpan Idle = TimeSpan.FromMinutes(1);

    private static readonly TimeSpan LongestForWork = TimeSpan.FromSeconds(5);

    private static readonly TimeSpan LongestForClaim = TimeSpan.FromSeconds(5);

    private static readonly TimeSpan LongestForPhones = TimeSpan.FromSeconds(30);

    /// <summary>Whether a reading that had this problem is tried again by itself: nothing else will change without somebody.</summary>
    public static bool TriesAgain(ApiProblem problem) => problem.IsPassing || problem.Kind == ProblemKind.Fault;

    /// <param name="problem">What the last reading had.</param>
    /// <param name="failures">How many readings in a row had a problem.</param>
    public static TimeSpan After(ApiProblem problem, int failures) => TriesAgain(problem)
        ? TimeSpan.FromSeconds(Math.Min(30, Math.Pow(2, Math.Min(failures, 5))))
        : Timeout.InfiniteTimeSpan;

    /// <param name="overview">What was read: while operations are under way, numbers move.</param>
    public static TimeSpan After(TenantOverview overview) =>
        overview.Operations is null or { UnderWay.Count: > 0 } || overview.BulkOperations is { Running.Count: > 0 } ? LongestForWork : LongestForPhones;

    /// <param name="user">What was read.</param>
    /// <param name="quietFor">How long nothing has moved.</param>
    public static TimeSpan After(UserDetails user, TimeSpan quietFor)
    {
        if (Longest(user) is not { } longest)
        {
            return Idle;
        }

        var pause = quietFor / 8;
        return pause < Shortest ? Shortest : pause > longest ? longest : pause;
    }

    private static TimeSpan? Longest(UserDetails user)
    {
        if (user.Operations.Any(operation => operation is { HeldUntil: null, Status: OperationStatus.NotStarted or OperationStatus.Running }))
        {
            return LongestForWork;
        }

        if (user.Claim is { State: ClaimState.Open })
        {
            return LongestForClaim;
        }

        return user.Revocations.Any(revocation => revocation.State != RevocationState.Confirmed) ? LongestForPhones : null;
    }
}
