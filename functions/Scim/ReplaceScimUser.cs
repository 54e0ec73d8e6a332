using BlokSec.Functions.Security;
using BlokSec.Functions.Users;

namespace BlokSec.Functions.Scim;

/// <summary>Replaces what a directory says of a user (RFC 7644, section 3.5.1). Without <c>active</c>, that stays as it is.</summary>
internal sealed class ReplaceScimUser(UserDirectory users, ScimRepresentation representation, TimeProvider time)
{
    [Function(nameof(ReplaceScimUser))]
    [Authorize(ApplicationPolicies.DirectoryProvision)]
    [ExcludeFromDescription]
    public Task<IResult> HandleAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "put", Route = "scim/v2/Users/{id}")] HttpContext context,
        string id,
        CallingDirectory directory,
        CancellationToken cancellationToken) => ScimAnswer.OfAsync(async () =>
        {
            var key = directory.KeyOf(id);
            var attributes = ScimResource.Read(await ScimBody.ReadAsync(context.Request, cancellationToken));
            var answer = await users.ProvisionAsync(
                key,
                user =>
                {
                    ScimUserWrites.EnsureSeen(context, user);
                    return ScimUsers.With(user, ScimUsers.Replacing(user, attributes), directory.Name, time.GetUtcNow());
                },
                directory.Actor(),
                cancellationToken);
            return representation.Answer(context, answer.Written(), StatusCodes.Status200OK);
        });
}
