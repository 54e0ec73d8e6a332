using BlokSec.Contracts;
using BlokSec.Portal.Api;

namespace BlokSec.Portal.Removals;

/// <summary>Looks in the user whether a removal was carried out whose answer was lost.</summary>
/// <param name="api">The API.</param>
/// <param name="time">The clock.</param>
/// <param name="user">The user as seen before it was sent.</param>
/// <param name="deviceId">The device; null for all of them.</param>
internal sealed class RemovalLook(AdminApi api, TimeProvider time, UserDetails user, string? deviceId)
{
    /// <summary>After so long a request whose answer was lost has ended: twice the time that the API allows one.</summary>
    public static readonly TimeSpan Certain = TimeSpan.FromSeconds(30);

    private static readonly TimeSpan BetweenLooks = TimeSpan.FromSeconds(3);

    /// <summary>
    /// What the user shows. A reading that fails in passing is tried again. That nothing was done is only certain when the request can no
    /// longer be on its way: until then the user is read again.
    /// </summary>
    /// <param name="lostAt">When the last answer was lost; null when every request was answered.</param>
    /// <param name="pauses">How long to wait after each reading that failed.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    public async Task<Found> LookAsync(DateTimeOffset? lostAt, IReadOnlyList<TimeSpan> pauses, CancellationToken cancellationToken)
    {
        for (var attempt = 0; ; attempt++)
        {
            var isCertain = lostAt is null || time.GetUtcNow() - lostAt >= Certain;
            var result = ApiConnection.Read(await api.ReadUserAsync(user.UserId, cancellationToken), PortalJson.Default.UserDetails);
            if (result.Value is { } now)
            {
                if (Find(now) is var found && (isCertain || found.Outcome != RemovalOutcome.NothingDone))
                {
                    return found;
                }

                attempt = -1;
                await Task.Delay(BetweenLooks, time, cancellationToken);
                continue;
            }

            if (result.Problem is not { IsPassing: true } || attempt == pauses.Count)
            {
                return new Found(RemovalOutcome.Unknown, null, result.Problem);
            }

            await Task.Delay(pauses[attempt], time, cancellationToken);
        }
    }

    private Found Find(UserDetails now) => Operation(now) is { } operation
        ? new Found(RemovalOutcome.None, operation, null)
        : new Found(IsDone(now) ? RemovalOutcome.Done : RemovalOutcome.NothingDone, null, null);

    private OperationDetails? Operation(UserDetails now) => deviceId is null
        ? now.Operations.FirstOrDefault(
            operation => operation.Kind == OperationKind.UnregisterAllDevices && user.Operations.All(before => before.OperationId != operation.OperationId))
        : now.Revocations.FirstOrDefault(revocation => revocation.DeviceId == deviceId) is { } revocation
            ? now.Operations.FirstOrDefault(operation => operation.OperationId == revocation.OperationId)
            : null;

    private bool IsDone(UserDetails now) =>
        deviceId is null ? now.Epoch > user.Epoch : now.Devices.All(device => device.DeviceId != deviceId);

    /// <summary>What was found.</summary>
    /// <param name="Outcome">Whether it was done.</param>
    /// <param name="Operation">The operation that did it, if it is listed.</param>
    /// <param name="Problem">Why the user could not be read.</param>
    internal readonly record struct Found(RemovalOutcome Outcome, OperationDetails? Operation, ApiProblem? Problem);
}
