using System.Globalization;
using BlokSec.Contracts;
using BlokSec.Functions.Http;
using BlokSec.Functions.Identities;
using BlokSec.Functions.Security;
using Microsoft.AspNetCore.Mvc;
using Microsoft.Extensions.Options;

namespace BlokSec.Functions.AuthenticationRequests;

/// <summary>The application that asked polls for the outcome.</summary>
/// <remarks>
/// While a request is pending, polls come <c>interval</c> seconds apart. With <c>Prefer: wait=30</c> the answer waits for the outcome instead, up to 30
/// seconds, when there is room; it says so in <c>Preference-Applied</c>, and the next poll may follow at once.
/// </remarks>
internal sealed class GetAuthenticationRequest(
    IdentityStore identities, SignInSecrets secrets, PollPace pace, HeldPolls held, IOptions<SignInOptions> options, TimeProvider time)
{
    /// <inheritdoc cref="GetAuthenticationRequest"/>
    /// <param name="context">The call.</param>
    /// <param name="authenticationRequestId">The <c>auth_req_id</c>.</param>
    /// <param name="application">Who asks; the requests of other applications do not exist.</param>
    /// <param name="preferred">For how long the answer may wait.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    [Function(nameof(GetAuthenticationRequest))]
    [Authorize(ApplicationPolicies.AuthenticationRequest)]
    [ProducesResponseType<AuthenticationOutcome>(StatusCodes.Status200OK)]
    [Refuses(ProblemCodes.NotFound, ProblemCodes.SlowDown)]
    public async Task<IResult> HandleAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "authentication-requests/{authenticationRequestId}")] HttpContext context,
        string authenticationRequestId,
        CallingApplication application,
        PreferredWait preferred,
        CancellationToken cancellationToken)
    {
        if (!secrets.TryOpen(application, authenticationRequestId, out var userId, out var requestId))
        {
            return Problems.NotFound("authentication request");
        }

        if (pace.Refuse(requestId) is { } pause)
        {
            context.Response.Headers.RetryAfter = Math.Ceiling(pause.TotalSeconds).ToString(CultureInfo.InvariantCulture);
            return Problems.Of(ProblemCodes.SlowDown, $"Wait {Math.Ceiling(pause.TotalSeconds)} seconds between two polls from now on.");
        }

        var request = await ReadAsync(cancellationToken);
        using var place = preferred.Seconds > 0 && request?.WaitsAt(time.GetUtcNow()) == true ? held.TryEnter(application) : null;
        if (place is not null)
        {
            preferred.Apply(context);
            request = await held.WaitAsync(context, TimeSpan.FromSeconds(preferred.Seconds), request, ReadAsync, cancellationToken);
            pace.AllowNext(requestId);
        }

        if (request is null)
        {
            return Problems.NotFound("authentication request");
        }

        var status = request.StatusAt(time.GetUtcNow());
        if (status != AuthenticationRequestStatus.Pending)
        {
            pace.Forget(requestId);
        }
        else if (place is null)
        {
            context.Response.Headers.RetryAfter = options.Value.PollInterval.ToString(CultureInfo.InvariantCulture);
        }

        return TypedResults.Ok(new AuthenticationOutcome(status, request.Reason, request.Assertion));

        async Task<AuthenticationRequestDocument?> ReadAsync(CancellationToken stop) =>
            await identities.ReadAsync<AuthenticationRequestDocument>(
                new UserKey(application.TenantId, userId), AuthenticationRequestDocument.IdOf(requestId), stop) is { } found
            && (found.ClientId ?? found.ApplicationId) == application.ClientId
                ? found
                : null;
    }
}
