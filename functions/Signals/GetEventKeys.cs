using BlokSec.Functions.Security;
using Microsoft.AspNetCore.Mvc;
using Microsoft.Net.Http.Headers;

namespace BlokSec.Functions.Signals;

/// <summary>The public keys that Security Event Tokens are verified with, as a JWK set (RFC 7517).</summary>
internal sealed class GetEventKeys(EventKeys keys)
{
    /// <inheritdoc cref="GetEventKeys"/>
    /// <param name="context">The call.</param>
    /// <param name="tenantId">The tenant; all have the same keys.</param>
    [Function(nameof(GetEventKeys))]
    [AllowAnonymous]
    [ProducesResponseType<EventKeySet>(StatusCodes.Status200OK, "application/jwk-set+json")]
    public IResult Handle(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "ssf/{tenantId}/jwks.json")] HttpContext context, string tenantId)
    {
        context.Response.Headers[HeaderNames.CacheControl] = "public, max-age=300";
        return TypedResults.Json(keys.PublicKeys, contentType: "application/jwk-set+json");
    }
}
