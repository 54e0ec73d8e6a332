using BlokSec.Contracts;
using BlokSec.Functions.Http;
using BlokSec.Functions.Security;
using Microsoft.AspNetCore.Mvc;

namespace BlokSec.Functions.Signals;

/// <summary>A receiver replaces a stream's configuration (Shared Signals Framework 1.0, section 8.1.1.4): what it does not say is gone.</summary>
internal sealed class ReplaceStream(StreamWrites writes, StreamConfigurations configurations)
{
    /// <inheritdoc cref="ReplaceStream"/>
    /// <param name="context">The call.</param>
    /// <param name="tenantId">The tenant of the issuer.</param>
    /// <param name="receiver">Who asks; the streams of others do not exist.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    [Function(nameof(ReplaceStream))]
    [Authorize(ApplicationPolicies.EventsReceive)]
    [ProducesResponseType<StreamAnswer>(StatusCodes.Status200OK)]
    [Refuses(ProblemCodes.InvalidRequest, ProblemCodes.NotFound, ProblemCodes.Conflict, ProblemCodes.PayloadTooLarge, ProblemCodes.UnsupportedMediaType)]
    public Task<IResult> HandleAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "put", Route = "ssf/{tenantId}/streams")] HttpContext context,
        string tenantId,
        CallingApplication receiver,
        CancellationToken cancellationToken) =>
        writes.ConfigureAsync(context, tenantId, receiver, configurations.Replace, cancellationToken);
}
