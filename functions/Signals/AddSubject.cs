using BlokSec.Contracts;
using BlokSec.Functions.Http;
using BlokSec.Functions.Security;
using Microsoft.AspNetCore.Mvc;

namespace BlokSec.Functions.Signals;

/// <summary>
/// A receiver wants events about a subject again (Shared Signals Framework 1.0, section 8.1.3.2). All subjects are in a stream until they are taken out.
/// Whether there is such a subject is not told.
/// </summary>
internal sealed class AddSubject(StreamSubjects subjects)
{
    /// <inheritdoc cref="AddSubject"/>
    /// <param name="context">The call.</param>
    /// <param name="tenantId">The tenant of the issuer.</param>
    /// <param name="receiver">Who asks; the streams of others do not exist.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    [Function(nameof(AddSubject))]
    [Authorize(ApplicationPolicies.EventsReceive)]
    [ProducesResponseType(StatusCodes.Status200OK)]
    [Refuses(
        ProblemCodes.InvalidRequest, ProblemCodes.NotFound, ProblemCodes.Conflict, ProblemCodes.PayloadTooLarge, ProblemCodes.UnsupportedMediaType,
        ProblemCodes.TooManyRequests)]
    public async Task<IResult> HandleAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "post", Route = "ssf/{tenantId}/subjects/add")] HttpContext context,
        string tenantId,
        CallingApplication receiver,
        CancellationToken cancellationToken) =>
        await subjects.ChangeAsync(context, tenantId, receiver, isRemoved: false, cancellationToken) ?? TypedResults.Ok();
}
