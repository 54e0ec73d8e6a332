using BlokSec.Contracts;
using BlokSec.Portal.Api;
using BlokSec.Portal.Security;

namespace BlokSec.Portal.Operations;

/// <summary>Starts a failed operation again: asking for the same again restarts it; it was confirmed before.</summary>
internal static class OperationRestart
{
    /// <summary>Single accounts are named by their request only; whoever still sees them can remove them again.</summary>
    public static bool IsFor(Administrator administrator, OperationDetails operation) => (operation.Kind, operation.AccountScope) switch
    {
        (OperationKind.Enrollment or OperationKind.ImportUsers, _) or (_, AccountScopeKind.Accounts) => false,
        (_, AccountScopeKind.All) => administrator.ManagesUsers,
        (_, AccountScopeKind.Application) => administrator.ManagesApplications && operation.Steps is [{ ApplicationId: not null }],
        _ => administrator.Manages,
    };

    /// <summary>Leaving the page does not take back what was asked for.</summary>
    public static Task<ApiResult<OperationDetails>> StartAsync(AdminApi api, OperationDetails operation)
    {
        var key = Guid.NewGuid().ToString();
        return operation switch
        {
            { AccountScope: AccountScopeKind.All } => api.StartDepartureAsync(
                operation.UserId,
                new StartDepartureRequest { Confirmation = ConfirmationPhrases.RemoveAccounts, Reason = operation.Reason },
                key,
                CancellationToken.None),
            { Kind: OperationKind.RemoveAccounts } => api.RemoveAccountsAsync(
                operation.UserId,
                new RemoveAccountsRequest
                {
                    Confirmation = ConfirmationPhrases.RemoveAccounts,
                    ApplicationId = operation.Steps[0].ApplicationId,
                    Reason = operation.Reason,
                },
                key,
                CancellationToken.None),
            { Kind: OperationKind.RemoveDevice, DeviceIds: [var deviceId, ..] } => api.RemoveDeviceAsync(
                operation.UserId,
                deviceId,
                new RemoveDeviceRequest { Confirmation = ConfirmationPhrases.RemoveDevice, Reason = operation.Reason },
                key,
                CancellationToken.None),
            _ => api.UnregisterAllDevicesAsync(
                operation.UserId,
                new UnregisterAllDevicesRequest { Confirmation = ConfirmationPhrases.UnregisterAllDevices, Reason = operation.Reason },
                key,
                CancellationToken.None),
        };
    }
}
