using BlokSec.Contracts;
using BlokSec.Functions.Http;
using BlokSec.Functions.Identities;
using BlokSec.Functions.Operations;
using BlokSec.Functions.Security;
using Microsoft.AspNetCore.Mvc;
using Microsoft.Net.Http.Headers;

namespace BlokSec.Functions.Applications;

/// <summary>Registers an application, so that it may ask for sign-ins under a name, and users can get accounts in it.</summary>
internal sealed class CreateApplication(ApplicationRegister applications, PublicAddress address, TimeProvider time)
{
    /// <inheritdoc cref="CreateApplication"/>
    /// <param name="context">The request.</param>
    /// <param name="request">The application.</param>
    /// <param name="administrator">Who asks; the application is of the same tenant.</param>
    /// <param name="idempotencyKey">The same key gives the same application.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    [Function(nameof(CreateApplication))]
    [Authorize(AdminPolicies.ApplicationsManage)]
    [ProducesResponseType<ApplicationDetails>(StatusCodes.Status201Created)]
    [Refuses(ProblemCodes.ApplicationExists, ProblemCodes.ApplicationLimit, ProblemCodes.Conflict, ProblemCodes.IdempotencyKeyReused)]
    public Task<IResult> HandleAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "post", Route = "applications")] HttpContext context,
        CreateApplicationRequest request,
        Administrator administrator,
        IdempotencyKey idempotencyKey,
        CancellationToken cancellationToken)
    {
        var key = ApplicationDocument.KeyOf(administrator.TenantId);
        var now = time.GetUtcNow();
        var requestId = RequestIds.For(key, administrator.Subject, idempotencyKey.Value, now);
        var application = new ApplicationDocument
        {
            Id = ApplicationDocument.IdOf(request.ApplicationId ?? requestId),
            TenantId = key.TenantId,
            UserId = key.UserId,
            ApplicationId = request.ApplicationId ?? requestId,
            Name = request.Name,
            ClientId = request.ClientId,
            State = ApplicationState.Enabled,
            CreatedAt = now,
            RequestId = idempotencyKey.Value is null ? null : requestId,
            Fingerprint = RequestIds.Fingerprint(nameof(CreateApplication), request.ApplicationId, request.Name, request.ClientId),
        };
        return applications.ChangeAsync(
            administrator,
            application.ApplicationId,
            application.ClientId,
            (snapshot, batch) => Decide(context, snapshot, batch, application, administrator, now),
            cancellationToken);
    }

    private IResult Decide(
        HttpContext context, PartitionSnapshot snapshot, PartitionBatch batch, ApplicationDocument application, Administrator administrator, DateTimeOffset now)
    {
        if (application.RequestId is { } requestId && snapshot.Applications.Find(other => other.RequestId == requestId) is { } earlier)
        {
            return earlier.Fingerprint == application.Fingerprint ? Created(context, earlier) : OperationAnswers.IdempotencyKeyReused();
        }

        if (Refusal(snapshot, application) is { } refusal)
        {
            return refusal;
        }

        ApplicationRegister.Guard(snapshot, batch, application.Key, more: 1, now);
        batch.Create(application).Create(ApplicationRegister.Entry(administrator, now, AuditActions.ApplicationCreated, before: null, application));
        return Created(context, application);
    }

    private static IResult? Refusal(PartitionSnapshot snapshot, ApplicationDocument application)
    {
        if (snapshot.Applications.Exists(other => other.ApplicationId == application.ApplicationId || other.ClientId == application.ApplicationId))
        {
            return Problems.Of(ProblemCodes.ApplicationExists, "The tenant has an application with this id.");
        }

        return snapshot.ApplicationRegister?.Count >= ApplicationRegisterDocument.MaxApplications
            ? Problems.Of(ProblemCodes.ApplicationLimit, $"A tenant has at most {ApplicationRegisterDocument.MaxApplications} applications.")
            : ApplicationRegister.Taken(snapshot, application.ApplicationId, application.ClientId);
    }

    private IResult Created(HttpContext context, ApplicationDocument application)
    {
        context.Response.Headers[HeaderNames.ETag] = application.Version();
        return TypedResults.Created($"{address.Url}/api/applications/{application.ApplicationId}", application.ToDetails());
    }
}
