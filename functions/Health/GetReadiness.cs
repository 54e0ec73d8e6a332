using BlokSec.Contracts;
using BlokSec.Functions.Http;
using BlokSec.Functions.Identities;
using Microsoft.AspNetCore.Mvc;
using Microsoft.Azure.Cosmos;

namespace BlokSec.Functions.Health;

/// <summary>The database answers, so that decisions can be committed. The bus is not asked: without it they still are.</summary>
internal sealed class GetReadiness(IdentityStore identities)
{
    private static readonly UserKey Nobody = new("$system", "health");

    /// <inheritdoc cref="GetReadiness"/>
    /// <param name="context">The request.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    [Function(nameof(GetReadiness))]
    [AllowAnonymous]
    [ProducesResponseType<HealthState>(StatusCodes.Status200OK)]
    [Refuses(ProblemCodes.Unavailable)]
    public async Task<IResult> HandleAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "health/ready")] HttpContext context,
        CancellationToken cancellationToken)
    {
        try
        {
            await identities.ReadAsync<UserDocument>(Nobody, UserDocument.DocumentId, cancellationToken);
            return TypedResults.Ok(new HealthState("ready"));
        }
        catch (Exception exception) when (exception is CosmosException or HttpRequestException or OperationCanceledException)
        {
            return Problems.Of(
                ProblemCodes.Unavailable, "The database cannot be reached.");
        }
    }
}
