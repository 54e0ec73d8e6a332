using Microsoft.AspNetCore.Mvc;
using Microsoft.Net.Http.Headers;

namespace BlokSec.Functions.Security;

/// <summary>The public keys that revocation statements are verified with, as a JWK set (RFC 7517).</summary>
internal sealed class GetStatementKeys(RevocationStatements statements)
{
    /// <inheritdoc cref="GetStatementKeys"/>
    /// <param name="context">The request.</param>
    [Function(nameof(GetStatementKeys))]
    [AllowAnonymous]
    [ProducesResponseType<StatementKeySet>(StatusCodes.Status200OK, "application/jwk-set+json")]
    public IResult Handle(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = ".well-known/jwks.json")] HttpContext context)
    {
        context.Response.Headers[HeaderNames.CacheControl] = "public, max-age=300";
        return TypedResults.Json(statements.PublicKeys, contentType: "application/jwk-set+json");
    }
}
