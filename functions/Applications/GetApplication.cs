using BlokSec.Contracts;
using BlokSec.Functions.Http;
using BlokSec.Functions.Security;
using Microsoft.AspNetCore.Mvc;

namespace BlokSec.Functions.Applications;

/// <summary>Shows an application of the tenant.</summary>
internal sealed class GetApplication(ApplicationRegister applications)
{
    /// <inheritdoc cref="GetApplication"/>
    /// <param name="context">The request.</param>
    /// <param name="applicationId">The application.</param>
    /// <param name="administrator">Who asks; applications of other tenants do not exist.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    [Function(nameof(GetApplication))]
    [Authorize(AdminPolicies.UsersRead)]
    [ProducesResponseType<ApplicationDetails>(StatusCodes.Status200OK)]
    [Refuses(ProblemCodes.NotFound)]
    public async Task<IResult> HandleAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "applications/{applicationId}")] HttpContext context,
        string applicationId,
        Administrator administrator,
        CancellationToken cancellationToken) =>
        await applications.FindAsync(administrator.TenantId, applicationId, cancellationToken) is { } application
            ? ApplicationViews.Ok(context, application)
            : Problems.NotFound("application");
}
