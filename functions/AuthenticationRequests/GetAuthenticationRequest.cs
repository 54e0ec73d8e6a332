using System.Globalization;
using BlokSec.Contracts;
using BlokSec.Functions.Http;
using BlokSec.Functions.Identities;
using BlokSec.Functions.Security;
using Microsoft.AspNetCore.Mvc;
using Microsoft.Extensions.Options;

namespace BlokSec.Functions.AuthenticationRequests;

/// <summary>The application that asked polls for the outcome.</summary>
internal sealed class GetAuthenticationRequest(
    IdentityStore identities, SignInSecrets secrets, PollPace pace, IOptions<SignInOptions> options, TimeProvider time)
{
    /// <inheritdoc cref="GetAuthenticationRequest"/>
    /// <param name="context">The call.</param>
    /// <param name="authenticationRequestId">The <c>auth_req_id</c>.</param>
    /// <param name="application">Who asks; the requests of other applications do not exist.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    [Function(nameof(GetAuthenticationRequest))]
    [Authorize(ApplicationPolicies.AuthenticationRequest)]
    [ProducesResponseType<AuthenticationOutcome>(StatusCodes.Status200OK)]
    [Refuses(ProblemCodes.NotFound, ProblemCodes.SlowDown)]
    public async Task<IResult> HandleAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "authentication-requests/{authenticationRequestId}")] HttpContext context,
        string authenticationRequestId,
        CallingApplication application,
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

        var key = new UserKey(application.TenantId, userId);
        if (await identities.ReadAsync<AuthenticationRequestDocument>(key, AuthenticationRequestDocument.IdOf(requestId), cancellationToken)
            is not { } request || request.ApplicationId != application.ClientId)
        {
            return Problems.NotFound("authentication request");
        }

        var status = request.StatusAt(time.GetUtcNow());
        if (status != AuthenticationRequestStatus.Pending)
        {
            pace.Forget(requestId);
        }
        else
        {
            context.Response.Headers.RetryAfter = options.Value.PollInterval.ToString(CultureInfo.InvariantCulture);
        }

        return TypedResults.Ok(new AuthenticationOutcome(status, request.Reason, request.Assertion));
    }
}
