using System.ComponentModel;
using BlokSec.Contracts;
using BlokSec.Functions.Http;
using BlokSec.Functions.Identities;
using BlokSec.Functions.Security;
using Microsoft.AspNetCore.Mvc;

namespace BlokSec.Functions.Applications;

/// <summary>Edits the name or the client id of an application.</summary>
internal sealed class EditApplication(ApplicationRegister applications, TimeProvider time)
{
    /// <inheritdoc cref="EditApplication"/>
    /// <param name="context">The request.</param>
    /// <param name="applicationId">The application.</param>
    /// <param name="request">What changes.</param>
    /// <param name="administrator">Who asks; applications of other tenants do not exist.</param>
    /// <param name="ifMatch">The application as the administrator saw it.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    [Function(nameof(EditApplication))]
    [Authorize(AdminPolicies.ApplicationsManage)]
    [ProducesResponseType<ApplicationDetails>(StatusCodes.Status200OK)]
    [Refuses(
        ProblemCodes.NotFound, ProblemCodes.ApplicationExists, ProblemCodes.Conflict, ProblemCodes.PreconditionFailed, ProblemCodes.PreconditionRequired)]
    public async Task<IResult> HandleAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "patch", Route = "applications/{applicationId}")] HttpContext context,
        string applicationId,
        EditApplicationRequest request,
        Administrator administrator,
        [FromHeader(Name = "If-Match"), Description("The ETag of the application that was seen, or * for any. Needed.")] string? ifMatch,
        CancellationToken cancellationToken) => string.IsNullOrEmpty(ifMatch)
        ? Problems.Of(ProblemCodes.PreconditionRequired, "Send If-Match with the ETag of the application you saw, or * for any.")
        : await applications.ChangeAsync(
            administrator,
            applicationId,
            request.ClientId,
            (snapshot, batch) => Decide(context, snapshot, batch, applicationId, request, administrator, ifMatch),
            cancellationToken);

    private IResult Decide(
        HttpContext context,
        PartitionSnapshot snapshot,
        PartitionBatch batch,
        string applicationId,
        EditApplicationRequest request,
        Administrator administrator,
        string ifMatch)
    {
        if (snapshot.Applications.Find(application => application.ApplicationId == applicationId) is not { } before)
        {
            return Problems.NotFound("application");
        }

        if (ifMatch != "*" && ifMatch != before.Version())
        {
            return Problems.Of(ProblemCodes.PreconditionFailed, "The application changed since you looked. Nothing was changed; look again.");
        }

        var after = before with { Name = request.Name ?? before.Name, ClientId = request.ClientId ?? before.ClientId };
        if (after == before)
        {
            return ApplicationViews.Ok(context, before);
        }

        if (after.ClientId != before.ClientId)
        {
            if (ApplicationRegister.Taken(snapshot, applicationId, after.ClientId) is { } taken)
            {
                return taken;
            }

            ApplicationRegister.Guard(snapshot, batch, before.Key, more: 0, time.GetUtcNow());
        }

        batch.Replace(after).Create(ApplicationRegister.Entry(administrator, time.GetUtcNow(), AuditActions.ApplicationEdited, before, after));
        return ApplicationViews.Ok(context, after);
    }
}
