using BlokSec.Contracts;
using BlokSec.Functions.Administrators;
using BlokSec.Functions.Audit;
using BlokSec.Functions.Http;
using BlokSec.Functions.Identities;
using BlokSec.Functions.Security;

namespace BlokSec.Functions.Policies;

/// <summary>An action that a policy may demand a second administrator for.</summary>
/// <param name="Key">What it is about: a user's partition, or one of the tenant.</param>
/// <param name="Action">Its name, such as <c>remove-device</c>.</param>
/// <param name="Role">The role it needs.</param>
/// <param name="Summary">What is to be done, in words.</param>
/// <param name="Reason">Why.</param>
/// <param name="Identity">Tells exactly this action from any other, in the state in which it was asked for.</param>
internal sealed record GuardedAction(UserKey Key, string Action, string Role, string Summary, string? Reason, string Identity);

/// <summary>
/// Has a second administrator agree where the tenant's policies demand it. Whoever acts sends the same request again once it was approved: the
/// approval counts for exactly this action of this administrator, and until its time is over.
/// </summary>
internal sealed class SecondPerson(IdentityStore identities, CurrentPolicies policies, KnownAdministrators administrators, TimeProvider time)
{
    /// <summary>
    /// For an action on one user: refused when the user is an administrator with a role that the caller lacks; a second person is demanded when the
    /// user is an administrator and the policy says so.
    /// </summary>
    /// <param name="administrator">Who acts.</param>
    /// <param name="key">The user.</param>
    /// <param name="action">What is to be done; null when it would change nothing.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <returns>The answer for now; null when the action may go on.</returns>
    public async Task<IResult?> DemandForUserAsync(
        Administrator administrator, UserKey key, Func<UserDocument, GuardedAction?> action, CancellationToken cancellationToken)
    {
        var policy = (await policies.OfAsync(key.TenantId, cancellationToken)).SecondPerson;
        var (user, about) = await AboutAsync(administrator, key, policy.ForAdministrators, cancellationToken);
        return about.Count == 0 ? null
            : Refusal(about, administrator) is { } refusal ? refusal
            : action(user!) is { } guarded ? await DemandAsync(administrator, guarded, policy, about[0].SignInName, cancellationToken)
            : null;
    }

    /// <summary>For what no second person is demanded for: refused when the user is an administrator with a role that the caller lacks.</summary>
    /// <returns>The refusal; null when the action may go on.</returns>
    public async Task<IResult?> RefuseHigherAsync(Administrator administrator, UserKey key, CancellationToken cancellationToken) =>
        Refusal((await AboutAsync(administrator, key, isForAll: false, cancellationToken)).About, administrator);

    /// <summary>For an action on many users.</summary>
    /// <param name="administrator">Who acts.</param>
    /// <param name="action">What is to be done.</param>
    /// <param name="hasAdministrators">Whether administrators are among the users.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <returns>The answer for now; null when the action may go on.</returns>
    public async Task<IResult?> DemandForManyAsync(
        Administrator administrator, GuardedAction action, bool hasAdministrators, CancellationToken cancellationToken)
    {
        var policy = (await policies.OfAsync(action.Key.TenantId, cancellationToken)).SecondPerson;
        return IsForMany(policy, hasAdministrators)
            ? await DemandAsync(administrator, action, policy, about: null, cancellationToken)
            : null;
    }

    /// <summary>Whether a second person has to agree to an action on many users.</summary>
    public async Task<bool> IsDemandedForManyAsync(string tenantId, bool hasAdministrators, CancellationToken cancellationToken) =>
        IsForMany((await policies.OfAsync(tenantId, cancellationToken)).SecondPerson, hasAdministrators);

    /// <summary>For changing the policies: demanded while a second person is demanded for anything, so that nobody switches it off alone.</summary>
    /// <returns>The answer for now; null when the action may go on.</returns>
    public async Task<IResult?> DemandForPoliciesAsync(
        Administrator administrator, GuardedAction action, SecondPersonPolicy current, CancellationToken cancellationToken) =>
        current.ForMany || current.ForAdministrators ? await DemandAsync(administrator, action, current, about: null, cancellationToken) : null;

    /// <summary>The administrators whom a user is, as far as the user's names tell: all, or those only who have a role that the caller lacks.</summary>
    private async Task<(UserDocument? User, IReadOnlyList<AdministratorDocument> About)> AboutAsync(
        Administrator administrator, UserKey key, bool isForAll, CancellationToken cancellationToken)
    {
        var guarded = (await administrators.LatelyAsync(key.TenantId, cancellationToken))
            .Where(known => known.SignInName is not null && (isForAll || IsHigher(known, administrator)))
            .ToArray();
        if (guarded.Length == 0 || await identities.ReadAsync<UserDocument>(key, UserDocument.DocumentId, cancellationToken) is not { } user)
        {
            return (null, []);
        }

        var names = user.SignInNames().ToHashSet(StringComparer.Ordinal);
        return (user, Array.FindAll(guarded, known => names.Contains(known.SignInName!)));
    }

    private static IResult? Refusal(IReadOnlyList<AdministratorDocument> about, Administrator administrator) =>
        about.FirstOrDefault(known => IsHigher(known, administrator)) is not { } higher ? null : Problems.Of(
            ProblemCodes.Forbidden,
            $"This user is an administrator with a role that you lack ({higher.Roles.Except(administrator.Roles).First()}). Nothing was changed.");

    private static bool IsForMany(SecondPersonPolicy policy, bool hasAdministrators) => policy.ForMany || (policy.ForAdministrators && hasAdministrators);

    private static bool IsHigher(AdministratorDocument known, Administrator administrator) => known.Roles.Except(administrator.Roles).Any();

    private async Task<IResult?> DemandAsync(
        Administrator administrator, GuardedAction action, SecondPersonPolicy policy, string? about, CancellationToken cancellationToken)
    {
        var id = RequestIds.Fingerprint(administrator.Subject, action.Key.UserId, action.Action, action.Reason, action.Identity)[..32];
        var result = await identities.UpdateAsync(
            action.Key,
            stop => identities.ReadAsync<ApprovalDocument>(action.Key, ApprovalDocument.IdOf(id), stop),
            (known, attempt) => Decide(known, attempt, id, administrator, action, policy, about),
            cancellationToken);
        return result.Status == UpdateStatus.Contended ? Problems.TooManyConflicts() : Answer(result.Value!);
    }

    /// <summary>Asks, unless it was asked and decided, or still can be.</summary>
    private ApprovalDocument Decide(
        ApprovalDocument? known,
        UpdateAttempt attempt,
        string id,
        Administrator administrator,
        GuardedAction action,
        SecondPersonPolicy policy,
        string? about)
    {
        var now = time.GetUtcNow();
        if (known is not null && known.StateAt(now) is ApprovalState.Pending or ApprovalState.Approved)
        {
            return known;
        }

        var asked = new ApprovalDocument
        {
            Id = ApprovalDocument.IdOf(id),
            TenantId = action.Key.TenantId,
            UserId = action.Key.UserId,
            ETag = known?.ETag,
            ApprovalId = id,
            Action = action.Action,
            Role = action.Role,
            Summary = action.Summary,
            Reason = action.Reason,
            RequestedBy = administrator.AsApproving(),
            RequestedAt = now,
            ExpiresAt = now.AddMinutes(policy.WithinMinutes),
            AboutSignInName = about,
        };
        attempt.Batch
            .Write(asked)
            .Create(action.Key.Entry(now, administrator.Actor(), AuditActions.ApprovalRequested, id) with
            {
                Reason = action.Reason,
                After = new Dictionary<string, string?> { ["summary"] = action.Summary },
            });
        return asked;
    }

    private IResult? Answer(ApprovalDocument approval)
    {
        if (approval.StateAt(time.GetUtcNow()) == ApprovalState.Approved)
        {
            return null;
        }

        var details = Problems.Details(
            ProblemCodes.SecondPersonRequired,
            "Another administrator has to agree first. It was asked for; once it is approved, send the same request again. Nothing was changed.");
        details.Extensions["approvalId"] = approval.ApprovalId;
        details.Extensions["expiresAt"] = approval.ExpiresAt;
        return TypedResults.Problem(details);
    }
}
