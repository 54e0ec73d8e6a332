using BlokSec.Contracts;
using BlokSec.Functions.Audit;
using BlokSec.Functions.Identities;
using BlokSec.Functions.Signals;

namespace BlokSec.Functions.Users;

/// <summary>Changes by a directory: the profile and whether the user may sign in, in one transaction.</summary>
internal sealed partial class UserDirectory
{
    /// <summary>Changes what a directory decides about: a query, one request for each unique name that is new, and a write.</summary>
    /// <param name="key">Whose.</param>
    /// <param name="change">
    /// The user as it is to be: profile and suspension. Given back as it is when nothing changes. It may throw when the request cannot be carried out.
    /// </param>
    /// <param name="actor">Which directory does it.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    public async Task<UserAnswer> ProvisionAsync(
        UserKey key, Func<UserDocument, UserDocument> change, AuditActor actor, CancellationToken cancellationToken)
    {
        SignalDocument? signal = null;
        SignalDocument? aboutAddress = null;
        var result = await identities.UpdateAsync(key, stop => ReadWithPhonesAsync(key, stop), DecideAsync, cancellationToken);
        if (result.IsWritten)
        {
            await signals.TryAsync(signal);
            await signals.TryAsync(aboutAddress);
        }

        return result.Value ?? new UserAnswer(UserFault.Contended);

        async Task<UserAnswer> DecideAsync(PartitionSnapshot snapshot, UpdateAttempt attempt)
        {
            if (snapshot.User is not { LeftAt: null } user)
            {
                return new UserAnswer(UserFault.NotFound);
            }

            var changed = change(user);
            if (changed == user)
            {
                return new UserAnswer(UserFault.None, user);
            }

            var now = time.GetUtcNow();
            changed = Keyed(changed) with { ChangedAt = now };
            var fault = await EnterAsync(changed, user, actor, cancellationToken);
            if (fault == UserFault.EmailInUse)
            {
                // A directory decides about its addresses; what it calls unique is the user name.
                changed = changed with { SharesEmail = true, EmailKey = null };
                fault = await EnterAsync(changed, user, actor, cancellationToken);
            }

            if (fault != UserFault.None)
            {
                return new UserAnswer(fault, user);
            }

            attempt.Batch.Replace(changed);
            signal = Tell(attempt.Batch, snapshot, user, changed, actor, now);
            aboutAddress = TellAddress(attempt.Batch, user, changed, actor);
            return new UserAnswer(UserFault.None, changed);
        }
    }

    /// <summary>Writes what the auditor and, if the user was suspended or came back, phones and applications have to learn.</summary>
    private SignalDocument? Tell(PartitionBatch batch, PartitionSnapshot snapshot, UserDocument user, UserDocument changed, AuditActor actor, DateTimeOffset now)
    {
        var (was, becomes) = Differences(user, changed);
        var isBarred = changed.Suspension is not null;
        SignalDocument? signal = null;
        if (isBarred != user.Suspension is not null)
        {
            var action = isBarred ? AuditActions.UserSuspended : AuditActions.UserReactivated;
            Bar(batch, snapshot, changed, now);
            batch.Create(user.Key.Entry(now, actor, action, user.UserId) with { Reason = changed.Suspension?.Reason });
            signal = signals.Add(batch, SignalOf(action, user, actor, now));
        }
        else if (was.Count == 0)
        {
            // Only what is kept for the directory.
            batch.Create(user.Key.Entry(now, actor, AuditActions.UserChanged, user.UserId));
        }

        if (was.Count > 0)
        {
            batch.Create(user.Key.Entry(now, actor, AuditActions.UserChanged, user.UserId) with { Before = was, After = becomes });
        }

        return signal;
    }
}
