using BlokSec.Contracts;
using BlokSec.Functions.Http;
using BlokSec.Functions.Security;
using Microsoft.AspNetCore.Mvc;

namespace BlokSec.Functions.Signals;

/// <summary>
/// A receiver wants no more events about a subject (Shared Signals Framework 1.0, section 8.1.3.3).
/// Whether there is such a subject is not told.
/// </summary>
internal sealed class RemoveSubject(StreamSubjects subjects)
{
    /// <inheritdoc cref="RemoveSubject"/>
    /// <param name="context">The call.</param>
    /// <param name="tenantId">The tenant of the issuer.</param>
    /// <param name="receiver">Who asks; the streams of others do not exist.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    [Function(nameof(RemoveSubject))]
    [Authorize(ApplicationPolicies.EventsReceive)]
    [ProducesResponseType(StatusCodes.Status204NoContent)]
    [Refuses(
        ProblemCodes.InvalidRequest, ProblemCodes.NotFound, ProblemCodes.Conflict, ProblemCodes.PayloadTooLarge, ProblemCodes.UnsupportedMediaType,
        ProblemCodes.TooManyRequests)]
    public async Task<IResult> HandleAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "post", Route = "ssf/{tenantId}/subjects/remove")] HttpContext context,
        string tenantId,
        CallingApplication receiver,
        CancellationToken cancellationToken) =>
        await subjects.ChangeAsync(context, tenantId, receiver, isRemoved: true, cancellationToken) ?? TypedResults.NoContent();
}
