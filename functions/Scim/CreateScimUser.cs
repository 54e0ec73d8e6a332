using BlokSec.Contracts;
using BlokSec.Functions.Security;
using BlokSec.Functions.Users;

namespace BlokSec.Functions.Scim;

/// <summary>Makes a user (RFC 7644, section 3.3), with a first claim, as an invitation does.</summary>
internal sealed class CreateScimUser(UserDirectory users, ScimRepresentation representation, TimeProvider time)
{
    [Function(nameof(CreateScimUser))]
    [Authorize(ApplicationPolicies.DirectoryProvision)]
    [ExcludeFromDescription]
    public Task<IResult> HandleAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "post", Route = "scim/v2/Users")] HttpContext context,
        CallingDirectory directory,
        CancellationToken cancellationToken) => ScimAnswer.OfAsync(async () =>
        {
            var attributes = ScimResource.Read(await ScimBody.ReadAsync(context.Request, cancellationToken));
            var answer = await users.CreateAsync(
                directory.TenantId,
                ScimUsers.Arriving(attributes, directory.Name, time.GetUtcNow()),
                directory.Actor(),
                AuditActions.UserProvisioned,
                idempotencyKey: null,
                user => ScimUsers.Extend(user, attributes),
                cancellationToken);
            return representation.Answer(context, answer.Written(), StatusCodes.Status201Created);
        });
}
