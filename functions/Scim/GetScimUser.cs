using BlokSec.Functions.Identities;
using BlokSec.Functions.Security;

namespace BlokSec.Functions.Scim;

/// <summary>Reads a user (RFC 7644, section 3.4.1). Who is not active is there; who left is not.</summary>
internal sealed class GetScimUser(IdentityStore identities, ScimRepresentation representation)
{
    [Function(nameof(GetScimUser))]
    [Authorize(ApplicationPolicies.DirectoryProvision)]
    [ExcludeFromDescription]
    public Task<IResult> HandleAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "scim/v2/Users/{id}")] HttpContext context,
        string id,
        CallingDirectory directory,
        CancellationToken cancellationToken) => ScimAnswer.OfAsync(async () =>
        {
            var user = await identities.ReadAsync<UserDocument>(directory.KeyOf(id), UserDocument.DocumentId, cancellationToken);
            if (user is not { LeftAt: null })
            {
                throw ScimRefusal.NotFound();
            }

            return ScimUserWrites.HasCurrent(context, user)
                ? new ScimAnswer(StatusCodes.Status304NotModified, body: null) { ETag = ScimRepresentation.VersionOf(user) }
                : representation.Answer(context, user, StatusCodes.Status200OK);
        });
}
