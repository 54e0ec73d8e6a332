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
    /// <summary>What the user shows; a reading that fails in passing is tried again.</summary>
    public async Task<Found> LookAsync(IReadOnlyList<TimeSpan> pauses, CancellationToken cancellationToken)
    {
        for (var attempt = 0; ; attempt++)
        {
            var result = ApiConnection.Read(await api.ReadUserAsync(user.UserId, cancellationToken), PortalJson.Default.UserDetails);
            if (result.Value is { } now)
            {
                return Find(now);
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
