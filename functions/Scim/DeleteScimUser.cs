using BlokSec.Contracts;
using BlokSec.Functions.Accounts;
using BlokSec.Functions.Identities;
using BlokSec.Functions.Security;
using BlokSec.Functions.Users;
using Microsoft.Net.Http.Headers;

namespace BlokSec.Functions.Scim;

/// <summary>
/// The user leaves (RFC 7644, section 3.6): does not exist for the directory any more, can neither sign in nor enroll, and frees the user name. The
/// accounts are removed from the applications. The audit stays.
/// </summary>
internal sealed class DeleteScimUser(IdentityStore identities, UserDirectory users, AccountRemovalRequests accounts, TimeProvider time)
{
    private const string Reason = "Deleted by the directory";

    [Function(nameof(DeleteScimUser))]
    [Authorize(ApplicationPolicies.DirectoryProvision)]
    [ExcludeFromDescription]
    public Task<IResult> HandleAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "delete", Route = "scim/v2/Users/{id}")] HttpContext context,
        string id,
        CallingDirectory directory,
        CancellationToken cancellationToken) => ScimAnswer.OfAsync(async () =>
        {
            var key = directory.KeyOf(id);
            var user = await identities.ReadAsync<UserDocument>(key, UserDocument.DocumentId, cancellationToken);
            if (user is not { LeftAt: null })
            {
                throw ScimRefusal.NotFound();
            }

            ScimUserWrites.EnsureSeen(context, user);
            if (user.AccountCount > 0)
            {
                // First, so that a call that ends between the two is repeated by the directory: for it, the user is still there.
                await RemoveAccountsAsync(context, key, directory, cancellationToken);
            }

            var answer = await users.LeaveAsync(key, changed => EnsureSeen(context, user, changed), Reason, directory.Actor(), cancellationToken);
            answer.Written();
            return new ScimAnswer(StatusCodes.Status204NoContent, body: null);
        });

    /// <summary>The removal of the accounts is no change that the directory has to see.</summary>
    private static void EnsureSeen(HttpContext context, UserDocument user, UserDocument changed)
    {
        if (ScimRepresentation.VersionOf(user) != ScimRepresentation.VersionOf(changed))
        {
            ScimUserWrites.EnsureSeen(context, changed);
        }
    }

    /// <exception cref="TimeoutException">Others write the user at the same moment, again and again.</exception>
    private async Task RemoveAccountsAsync(HttpContext context, UserKey key, CallingDirectory directory, CancellationToken cancellationToken)
    {
        var now = time.GetUtcNow();
        var removal = new AccountRemoval(
            RequestIds.For(key, directory.Id, nameof(DeleteScimUser), now),
            directory.Actor(),
            Reason,
            RequestIds.Fingerprint(nameof(DeleteScimUser), key.UserId),
            now)
        {
            Kind = AccountScopeKind.All,
        };
        var result = await accounts.CommitAsync(context, key, removal, cancellationToken);
        context.Response.Headers.Remove("Operation-Location");
        context.Response.Headers.Remove(HeaderNames.RetryAfter);
        if (result is Microsoft.AspNetCore.Http.HttpResults.ProblemHttpResult { ProblemDetails: var problem }
            && problem.Extensions["code"] is not (ProblemCodes.NoAccounts or ProblemCodes.NotFound))
        {
            throw new TimeoutException("The accounts could not be removed because the user was changed at the same moment.");
        }
    }
}
