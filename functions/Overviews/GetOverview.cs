using BlokSec.Contracts;
using BlokSec.Functions.Push;
using BlokSec.Functions.Security;
using Microsoft.AspNetCore.Mvc;
using Microsoft.Azure.Cosmos;

namespace BlokSec.Functions.Overviews;

/// <summary>
/// What needs somebody in the tenant now. Six queries at most, each of a bounded number of rows. A part that cannot be read is left out, so that the
/// others are seen; when none can, the database is unavailable.
/// </summary>
internal sealed partial class GetOverview(OverviewQueries queries, PushSenders push, ILogger<GetOverview> logger, TimeProvider time)
{
    /// <inheritdoc cref="GetOverview"/>
    /// <param name="context">The request.</param>
    /// <param name="administrator">Who asks; nothing of other tenants is counted.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    [Function(nameof(GetOverview))]
    [Authorize(AdminPolicies.UsersRead)]
    [ProducesResponseType<TenantOverview>(StatusCodes.Status200OK)]
    public async Task<IResult> HandleAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "overview")] HttpContext context,
        Administrator administrator,
        CancellationToken cancellationToken)
    {
        var (tenant, now) = (administrator.TenantId, time.GetUtcNow());
        var operations = TryAsync(queries.OperationsAsync(tenant, now, cancellationToken));
        var waiting = TryAsync(queries.WaitingAsync(tenant, now, cancellationToken));
        var removals = TryAsync(queries.RemovalsAsync(tenant, now, cancellationToken));
        var claims = TryAsync(queries.ClaimsAsync(tenant, now, cancellationToken));
        var alerts = TryAsync(queries.AlertsAsync(tenant, now, cancellationToken));
        await Task.WhenAll(operations, waiting, removals, claims, alerts);
        var overview = new TenantOverview(now, push.Health)
        {
            Operations = (await operations).Part,
            Failures = (await waiting).Part?.Failures,
            BulkOperations = (await waiting).Part?.BulkOperations,
            Removals = (await removals).Part,
            Claims = (await claims).Part,
            Alerts = (await alerts).Part,
        };
        return overview is { Operations: null, Failures: null, Removals: null, Claims: null, Alerts: null }
            ? throw (await operations).Outage!
            : TypedResults.Ok(overview);
    }

    private async Task<(T? Part, CosmosException? Outage)> TryAsync<T>(Task<T> reading)
        where T : class
    {
        try
        {
            return (await reading, null);
        }
        catch (CosmosException exception)
        {
            Log.LeftOut(logger, exception, typeof(T).Name);
            return (null, exception);
        }
    }

    private static partial class Log
    {
        [LoggerMessage(1, LogLevel.Warning, "The overview is answered without {Part}, which cannot be read now.")]
        public static partial void LeftOut(ILogger logger, Exception exception, string part);
    }
}
