using BlokSec.Contracts;
using BlokSec.Functions.Http;
using BlokSec.Functions.Security;
using Microsoft.AspNetCore.Mvc;

namespace BlokSec.Functions.Signals;

/// <summary>A receiver changes members of a stream's configuration (Shared Signals Framework 1.0, section 8.1.1.3).</summary>
internal sealed class UpdateStream(StreamWrites writes, StreamConfigurations configurations)
{
    /// <inheritdoc cref="UpdateStream"/>
    /// <param name="context">The call.</param>
    /// <param name="tenantId">The tenant of the issuer.</param>
    /// <param name="receiver">Who asks; the streams of others do not exist.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    [Function(nameof(UpdateStream))]
    [Authorize(ApplicationPolicies.EventsReceive)]
    [ProducesResponseType<StreamAnswer>(StatusCodes.Status200OK)]
    [Refuses(ProblemCodes.InvalidRequest, ProblemCodes.NotFound, ProblemCodes.Conflict, ProblemCodes.PayloadTooLarge, ProblemCodes.UnsupportedMediaType)]
    public Task<IResult> HandleAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "patch", Route = "ssf/{tenantId}/streams")] HttpContext context,
        string tenantId,
        CallingApplication receiver,
        CancellationToken cancellationToken) =>
        writes.ConfigureAsync(context, tenantId, receiver, configurations.Update, cancellationToken);
}
