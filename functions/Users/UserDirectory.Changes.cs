using BlokSec.Contracts;
using BlokSec.Functions.Audit;
using BlokSec.Functions.Identities;
using BlokSec.Functions.Signals;

namespace BlokSec.Functions.Users;

/// <summary>Changes of the profile.</summary>
internal sealed partial class UserDirectory
{
    /// <summary>Changes the profile: a read, a request for unique names that are new, and a write.</summary>
    /// <param name="key">Whose.</param>
    /// <param name="isSeen">Whether this is the user that the caller saw; null for any.</param>
    /// <param name="change">The profile as it is to be, checked; one that changes nothing writes nothing.</param>
    /// <param name="actor">Who does it.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    public async Task<UserAnswer> ChangeAsync(
        UserKey key,
        Func<UserDocument, bool>? isSeen,
        Func<UserDocument, UserDocument> change,
        AuditActor actor,
        CancellationToken cancellationToken)
    {
        SignalDocument? signal = null;
        var result = await identities.UpdateAsync(
            key, stop => identities.QueryAsync(key, [UserDocument.DocumentId], stop), DecideAsync, cancellationToken);
        if (result.IsWritten)
        {
            await signals.TryAsync(signal);
        }

        return result.Value ?? new UserAnswer(UserFault.Contended);

        async Task<UserAnswer> DecideAsync(PartitionSnapshot snapshot, UpdateAttempt attempt)
        {
            if (snapshot.User is not { LeftAt: null } user)
            {
                return new UserAnswer(UserFault.NotFound);
            }

            if (isSeen?.Invoke(user) == false)
            {
                return new UserAnswer(UserFault.Stale, user);
            }

            var wanted = change(user);
            var changed = Keyed(wanted with { SharesEmail = wanted.SharesEmail && wanted.Email == user.Email });
            var (was, becomes) = Differences(user, changed);
            if (changed == user)
            {
                return new UserAnswer(UserFault.None, user);
            }

            changed = changed with { ChangedAt = time.GetUtcNow() };
            if (await EnterAsync(changed, user, actor, cancellationToken) is var fault and not UserFault.None)
            {
                return new UserAnswer(fault, user);
            }

            attempt.Batch.Replace(changed);
            if (was.Count > 0)
            {
                attempt.Batch.Create(key.Entry(time.GetUtcNow(), actor, AuditActions.UserChanged, key.UserId) with { Before = was, After = becomes });
            }

            signal = TellAddress(attempt.Batch, user, changed, actor);
            return new UserAnswer(UserFault.None, changed);
        }
    }

    /// <summary>Lets the address of before, and applications, know that it was changed.</summary>
    private SignalDocument? TellAddress(PartitionBatch batch, UserDocument user, UserDocument changed, AuditActor actor) =>
        FoldedNames.Fold(changed.Email) == FoldedNames.Fold(user.Email)
            ? null
            : signals.Add(batch, UserSignals.AddressChanged(user, changed.Email, actor, time.GetUtcNow()));

    /// <summary>With what follows from the profile.</summary>
    private static UserDocument Keyed(UserDocument user) => user with
    {
        EmailKey = user.SharesEmail || user.Email.Length == 0 ? null : FoldedNames.Fold(user.Email),
        UserNameKey = user.UserName is null ? null : FoldedNames.Fold(user.UserName),
        DepartmentKey = DepartmentKey(user.Department),
        SearchText = SearchText.Of(user.GivenName, user.FamilyName, user.Email, user.Mobile),
        SortName = SortName(user.UserId, user.GivenName, user.FamilyName),
    };

    private static (Dictionary<string, string?> Was, Dictionary<string, string?> Becomes) Differences(UserDocument before, UserDocument after)
    {
        var (was, becomes) = (Profile(before), Profile(after));
        foreach (var name in becomes.Keys.Where(name => was[name] == becomes[name]).ToList())
        {
            was.Remove(name);
            becomes.Remove(name);
        }

        return (was, becomes);
    }
}
