using Microsoft.AspNetCore.Mvc;

namespace BlokSec.Functions.Health;

/// <summary>The process answers.</summary>
internal sealed class GetLiveness
{
    /// <inheritdoc cref="GetLiveness"/>
    /// <param name="context">The request.</param>
    [Function(nameof(GetLiveness))]
    [AllowAnonymous]
    [ProducesResponseType<HealthState>(StatusCodes.Status200OK)]
    public static IResult Handle(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "health/live")] HttpContext context) => TypedResults.Text("""{"status":"live"}""", "application/json");
}

/// <summary>A good state; a bad one is a problem.</summary>
/// <param name="Status">Live or ready.</param>
internal sealed record HealthState(string Status);
