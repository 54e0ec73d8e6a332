using System.Text.Json.Nodes;
using BlokSec.Contracts;
using BlokSec.Functions.Http;
using BlokSec.Functions.Identities;
using BlokSec.Functions.Security;
using BlokSec.Functions.Users;
using Microsoft.Net.Http.Headers;

namespace BlokSec.Functions.Scim;

/// <summary>What the calls that write a user have in common.</summary>
internal static class ScimUserWrites
{
    public static AuditActor Actor(this CallingDirectory directory) =>
        new(AuditActorKinds.Directory, directory.Id, directory.Name, directory.Address, directory.Agent);

    /// <summary>Whose partition an id of a request names.</summary>
    /// <exception cref="ScimRefusal">No user has such an id.</exception>
    public static UserKey KeyOf(this CallingDirectory directory, string id) =>
        Identifiers.IsUserId(id) ? new UserKey(directory.TenantId, id) : throw ScimRefusal.NotFound();

    /// <summary>The user, with a status and the headers that go with it.</summary>
    public static ScimAnswer Answer(this ScimRepresentation representation, HttpContext context, UserDocument user, int status) =>
        new(status, ProjectionOf(context).Of(representation.Of(user)))
        {
            ETag = ScimRepresentation.VersionOf(user),
            Location = representation.LocationOf(user.UserId),
        };

    public static ScimProjection ProjectionOf(HttpContext context) =>
        ScimProjection.Of(context.Request.Query["attributes"], context.Request.Query["excludedAttributes"]);

    /// <summary>Makes sure that the caller saw the user as it is, if it says what it saw.</summary>
    /// <exception cref="ScimRefusal">It saw another version.</exception>
    public static void EnsureSeen(HttpContext context, UserDocument user)
    {
        if (Tags(context.Request.Headers.IfMatch) is { Count: > 0 } seen && !IsIn(seen, user))
        {
            throw new ScimRefusal(StatusCodes.Status412PreconditionFailed, scimType: null, "The user changed since it was read. Nothing was changed.");
        }
    }

    /// <summary>Whether the caller has the user as it is.</summary>
    public static bool HasCurrent(HttpContext context, UserDocument user) => IsIn(Tags(context.Request.Headers.IfNoneMatch), user);

    /// <summary>The user that was written.</summary>
    /// <exception cref="ScimRefusal">None was.</exception>
    /// <exception cref="TimeoutException">Others wrote it at the same moment, again and again.</exception>
    public static UserDocument Written(this UserAnswer answer) => answer switch
    {
        { Fault: UserFault.None, User: { } user } => user,
        // A reused key is another request for the same new user, at the same moment: see UserDirectory.CreateAsync.
        { Fault: UserFault.UserNameInUse or UserFault.KeyReused } => throw new ScimRefusal(
            StatusCodes.Status409Conflict, ScimTypes.Uniqueness, "Another user has this userName. Upper and lower case are the same."),
        { Fault: UserFault.NotFound } => throw ScimRefusal.NotFound(),
        _ => throw new TimeoutException("Other writers changed the user during every attempt."),
    };

    /// <summary>The attributes of a user that a request replaces; without <c>active</c>, that stays as it is.</summary>
    public static JsonObject Patched(UserDocument user, JsonObject request)
    {
        var patched = ScimPatch.Apply(ScimUsers.Attributes(user), request);
        ScimResource.Check(patched);
        return patched;
    }

    private static IList<EntityTagHeaderValue> Tags(IList<string?> headers) =>
        headers.Count > 0 && EntityTagHeaderValue.TryParseList([.. headers.OfType<string>()], out var tags) ? tags : [];

    private static bool IsIn(IList<EntityTagHeaderValue> tags, UserDocument user) =>
        tags.Count > 0 && EntityTagHeaderValue.Parse(ScimRepresentation.VersionOf(user)) is var current
        && tags.Any(tag => tag.Equals(EntityTagHeaderValue.Any) || tag.Compare(current, useStrongComparison: false));
}
