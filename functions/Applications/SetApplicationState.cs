using BlokSec.Contracts;
using BlokSec.Functions.Http;
using BlokSec.Functions.Identities;
using BlokSec.Functions.Security;
using Microsoft.AspNetCore.Mvc;

namespace BlokSec.Functions.Applications;

/// <summary>Disables an application, so that its requests for sign-ins are refused, or enables it again.</summary>
internal sealed class SetApplicationState(ApplicationRegister applications, TimeProvider time)
{
    /// <inheritdoc cref="SetApplicationState"/>
    /// <param name="context">The request.</param>
    /// <param name="applicationId">The application.</param>
    /// <param name="request">The state from now on, and why.</param>
    /// <param name="administrator">Who asks; applications of other tenants do not exist.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    [Function(nameof(SetApplicationState))]
    [Authorize(AdminPolicies.ApplicationsManage)]
    [ProducesResponseType<ApplicationDetails>(StatusCodes.Status200OK)]
    [Refuses(ProblemCodes.NotFound, ProblemCodes.Conflict)]
    public Task<IResult> HandleAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "put", Route = "applications/{applicationId}/state")] HttpContext context,
        string applicationId,
        SetApplicationStateRequest request,
        Administrator administrator,
        CancellationToken cancellationToken) => applications.ChangeAsync(
        administrator,
        applicationId,
        clientId: null,
        (snapshot, batch) => Decide(context, snapshot, batch, applicationId, request, administrator),
        cancellationToken);

    private IResult Decide(
        HttpContext context,
        PartitionSnapshot snapshot,
        PartitionBatch batch,
        string applicationId,
        SetApplicationStateRequest request,
        Administrator administrator)
    {
        if (snapshot.Applications.Find(application => application.ApplicationId == applicationId) is not { } before)
        {
            return Problems.NotFound("application");
        }

        var after = before with { State = request.State };
        if (after.State != before.State)
        {
            var action = after.State == ApplicationState.Disabled ? AuditActions.ApplicationDisabled : AuditActions.ApplicationEnabled;
            batch.Replace(after).Create(ApplicationRegister.Entry(administrator, time.GetUtcNow(), action, before, after) with { Reason = request.Reason });
        }

        return ApplicationViews.Ok(context, after);
    }
}
