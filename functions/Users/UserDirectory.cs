using BlokSec.Contracts;
using BlokSec.Functions.Audit;
using BlokSec.Functions.Claims;
using BlokSec.Functions.Identities;
using BlokSec.Functions.Signals;

namespace BlokSec.Functions.Users;

/// <summary>
/// People come, change and go: one way for the console, imports and directories. Each change is one transaction with its audit entry;
/// email address and user name are unique inside the tenant.
/// </summary>
internal sealed partial class UserDirectory(IdentityStore identities, UniqueNames names, ClaimFactory claims, SignalDispatch signals, TimeProvider time)
{
    /// <summary>
    /// Makes a user who has no identity yet, and the claim to get one: one request for the unique names and one for the rest; a query more when the
    /// user gets accounts.
    /// </summary>
    /// <param name="tenantId">The tenant.</param>
    /// <param name="person">Who arrives, checked.</param>
    /// <param name="actor">Who does it.</param>
    /// <param name="action">What the auditor reads.</param>
    /// <param name="idempotencyKey">The same key of the same actor makes one user.</param>
    /// <param name="extend">What else the caller stores in the document; null for nothing.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    public async Task<UserAnswer> CreateAsync(
        string tenantId,
        NewUser person,
        AuditActor actor,
        string action,
        string? idempotencyKey,
        Func<UserDocument, UserDocument>? extend,
        CancellationToken cancellationToken)
    {
        var now = time.GetUtcNow();
        var key = new UserKey(tenantId, RequestIds.For(UserKey.OfTenant(tenantId, "users"), actor.Id, idempotencyKey, now));
        var answer = await CreateAsync(key, person, actor, action, extend, now, cancellationToken);

        // A directory knows no idempotency keys: what it began and did not end, because the call was cut off between the names and the user, it ends here.
        return answer.Fault == UserFault.UserNameInUse && actor.Kind == AuditActorKinds.Directory
            && await names.UnfinishedAsync(tenantId, NameUse.UserName, NameOf(person), actor.Id, cancellationToken) is { } unfinished
                ? await CreateAsync(new UserKey(tenantId, unfinished), person, actor, action, extend, now, cancellationToken)
                : answer;
    }

    private async Task<UserAnswer> CreateAsync(
        UserKey key,
        NewUser person,
        AuditActor actor,
        string action,
        Func<UserDocument, UserDocument>? extend,
        DateTimeOffset now,
        CancellationToken cancellationToken)
    {
        var user = Document(key, person, now);
        user = extend?.Invoke(user) ?? user;
        var accounts = await AccountsAsync(user, person.Accounts, cancellationToken);
        if (accounts.Refusal is { } refusal)
        {
            return await EarlierAsync(key, user, cancellationToken) ?? refusal;
        }

        var fault = await EnterAsync(user, before: null, actor, cancellationToken);
        if (fault == UserFault.EmailInUse && actor.Kind == AuditActorKinds.Directory)
        {
            user = user with { SharesEmail = true, EmailKey = null };
            fault = await EnterAsync(user, before: null, actor, cancellationToken);
        }

        if (fault != UserFault.None)
        {
            return await EarlierAsync(key, user, cancellationToken) ?? new UserAnswer(fault);
        }

        var claim = await claims.CreateAsync(user, previous: null, RequestIds.For(key, actor.Id, idempotencyKey: null, now), now, cancellationToken);
        var entry = key.Entry(now, actor, action, key.UserId) with { After = Profile(user) };
        SignalDocument? signal = null;
        var result = await identities.UpdateAsync(
            key,
            stop => identities.QueryAsync(key, [UserDocument.DocumentId, ClaimDocument.DocumentId], stop),
            (snapshot, attempt) =>
            {
                if (snapshot.User is { } known)
                {
                    return Again(known, user) with { Claim = snapshot.Claim };
                }

                attempt.Batch.Create(user).Create(claim).Create(entry);
                foreach (var account in accounts.Documents)
                {
                    attempt.Batch.Create(account)
                        .Create(key.Entry(now, actor, AuditActions.AccountCreated, account.AccountId) with { After = account.Audited() });
                }

                signal = user.IsBarred ? null : signals.Add(attempt.Batch, UserSignals.ClaimMade(user, claim, isFirst: true, actor));
                return new UserAnswer(UserFault.None, user) { Claim = claim, IsNew = true };
            },
            known: identities.NothingRead,
            cancellationToken);
        if (result.IsWritten)
        {
            await signals.TryAsync(signal);
        }

        return result.Value ?? new UserAnswer(UserFault.Contended);
    }

    private static UserDocument Document(UserKey key, NewUser person, DateTimeOffset now) => new()
    {
        Id = UserDocument.DocumentId,
        TenantId = key.TenantId,
        UserId = key.UserId,
        GivenName = person.GivenName,
        FamilyName = person.FamilyName,
        Email = person.Email,
        Mobile = person.Mobile,
        SearchText = SearchText.Of(person.GivenName, person.FamilyName, person.Email, person.Mobile),
        SortName = SortName(key.UserId, person.GivenName, person.FamilyName),
        UserName = person.UserName ?? person.Email,
        UserNameKey = NameOf(person),
        EmailKey = person.Email.Length == 0 ? null : FoldedNames.Fold(person.Email),
        ExternalId = person.ExternalId,
        DisplayName = person.DisplayName,
        Department = person.Department,
        DepartmentKey = DepartmentKey(person.Department),
        Suspension = person.Suspension,
        CreatedAt = now,
        CreatedBy = Fingerprint(person),
        DidState = DidState.Unclaimed,
        Epoch = UserDocument.FirstEpoch,
        KeysEntered = true,
        AccountCount = person.Accounts.Count,
    };

    private static string NameOf(NewUser person) => FoldedNames.Fold(person.UserName ?? person.Email);

    private static string? DepartmentKey(string? department) => string.IsNullOrEmpty(department) ? null : FoldedNames.Fold(department);

    private static string Fingerprint(NewUser person) => RequestIds.Fingerprint(
        [
            person.GivenName, person.FamilyName, person.Email, person.Mobile, person.UserName, person.ExternalId, person.DisplayName,
            .. person.Department is null ? [] : new[] { person.Department },
            .. person.Accounts.SelectMany(account => new[] { account.ApplicationId, account.AccountName }),
        ]);

    /// <summary>The order of lists: family name, given name and id, in lower case.</summary>
    private static string SortName(string userId, string givenName, string familyName) => $"{familyName} {givenName} {userId}".ToLowerInvariant();

    /// <summary>The answer to a request that was carried out before, or to another one with its key.</summary>
    private static UserAnswer Again(UserDocument known, UserDocument asked) =>
        known.CreatedBy == asked.CreatedBy ? new UserAnswer(UserFault.None, known) : new UserAnswer(UserFault.KeyReused);

    /// <summary>An earlier call with this key may have made the user, who may have another address by now.</summary>
    private async Task<UserAnswer?> EarlierAsync(UserKey key, UserDocument asked, CancellationToken cancellationToken)
    {
        var snapshot = await identities.QueryAsync(key, [UserDocument.DocumentId, ClaimDocument.DocumentId], cancellationToken);
        return snapshot.User is { } known ? Again(known, asked) with { Claim = snapshot.Claim } : null;
    }

    /// <summary>Enters the names that a user is to have and does not have in the document as it was read.</summary>
    private async Task<UserFault> EnterAsync(UserDocument user, UserDocument? before, AuditActor actor, CancellationToken cancellationToken)
    {
        var wanted = new[] { (NameUse.Email, user.EmailKey, before?.EmailKey), (NameUse.UserName, user.UserNameKey, before?.UserNameKey) };
        var taken = await names.EnterAsync(
            user.Key,
            [.. wanted.Where(name => name.Item2 is not null && name.Item2 != name.Item3).Select(name => (name.Item1, name.Item2!))],
            before?.ETag,
            actor.Id,
            cancellationToken);
        return taken switch
        {
            null => UserFault.None,
            NameUse.Email => UserFault.EmailInUse,
            _ => UserFault.UserNameInUse,
        };
    }

    private static Dictionary<string, string?> Profile(UserDocument user) => new()
    {
        ["givenName"] = user.GivenName,
        ["familyName"] = user.FamilyName,
        ["email"] = user.Email,
        ["mobile"] = user.Mobile,
        ["userName"] = user.UserName,
        ["externalId"] = user.ExternalId,
        ["displayName"] = user.DisplayName,
        ["department"] = user.Department is { Length: > 0 } department ? department : null,
    };
}
