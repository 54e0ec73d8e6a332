using BlokSec.Contracts;
using BlokSec.Functions.Administrators;
using BlokSec.Functions.Http;
using BlokSec.Functions.Identities;

namespace BlokSec.Functions.Bulk;

/// <summary>Who of the users of a plan is left out at their turn: administrators as they are known now, whatever they were when it was planned.</summary>
/// <param name="Higher">What those sign in with who have a role that whoever started it lacks.</param>
/// <param name="Unagreed">What those sign in with for whom the policies demand a second person.</param>
/// <param name="IsAgreed">Whether a second person agreed to what was planned, its administrators included.</param>
internal sealed record BulkGuard(IReadOnlySet<string> Higher, IReadOnlySet<string> Unagreed, bool IsAgreed)
{
    /// <summary>Reads whom it means now; most often nothing is read, as both are remembered for a moment.</summary>
    public static async Task<BulkGuard> ReadAsync(
        BulkDocument operation, KnownAdministrators administrators, TenantPolicies policies, CancellationToken cancellationToken)
    {
        var known = await administrators.LatelyAsync(operation.TenantId, cancellationToken);
        var own = operation.StarterRoles ?? known.FirstOrDefault(administrator => administrator.Subject == operation.StartedBy?.Id)?.Roles ?? [];
        return new BulkGuard(
            NamesOf(known.Where(administrator => administrator.Roles.Except(own).Any())),
            policies.SecondPerson.ForAdministrators ? NamesOf(known) : new HashSet<string>(),
            operation.IsAgreed);
    }

    /// <summary>Why the user is left out; null when not.</summary>
    /// <param name="planned">The user as the plan found them.</param>
    /// <param name="found">The user now.</param>
    public IResult? Refuse(BulkUser planned, UserDocument found)
    {
        var names = found.SignInNames().ToArray();
        return names.Any(Higher.Contains)
            ? Problems.Of(ProblemCodes.Forbidden, "The user is an administrator with a role that whoever started this lacks. Nothing was changed.")
            : names.Any(Unagreed.Contains) && !(planned.IsAdministrator && IsAgreed)
            ? Problems.Of(
                ProblemCodes.SecondPersonRequired,
                "The user is an administrator, and nobody else agreed to this as the policies demand. Nothing was changed; do it on the page of the user.")
            : null;
    }

    private static HashSet<string> NamesOf(IEnumerable<AdministratorDocument> administrators) =>
        administrators.Select(administrator => administrator.SignInName).OfType<string>().ToHashSet(StringComparer.Ordinal);
}
