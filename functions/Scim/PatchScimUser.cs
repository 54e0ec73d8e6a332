using BlokSec.Functions.Security;
using BlokSec.Functions.Users;

namespace BlokSec.Functions.Scim;

/// <summary>Changes a user by operations (RFC 7644, section 3.5.2): all of them or none.</summary>
internal sealed class PatchScimUser(UserDirectory users, ScimRepresentation representation, TimeProvider time)
{
    [Function(nameof(PatchScimUser))]
    [Authorize(ApplicationPolicies.DirectoryProvision)]
    [ExcludeFromDescription]
    public Task<IResult> HandleAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "patch", Route = "scim/v2/Users/{id}")] HttpContext context,
        string id,
        CallingDirectory directory,
        CancellationToken cancellationToken) => ScimAnswer.OfAsync(async () =>
        {
            var key = directory.KeyOf(id);
            var request = await ScimBody.ReadAsync(context.Request, cancellationToken);
            var answer = await users.ProvisionAsync(
                key,
                user =>
                {
                    ScimUserWrites.EnsureSeen(context, user);
                    return ScimUsers.With(user, ScimUserWrites.Patched(user, request), directory.Name, time.GetUtcNow());
                },
                directory.Actor(),
                cancellationToken);
            return representation.Answer(context, answer.Written(), StatusCodes.Status200OK);
        });
}
