using BlokSec.Contracts;
using BlokSec.Functions.Audit;
using BlokSec.Functions.Identities;
using BlokSec.Functions.Security;
using BlokSec.Functions.Telemetry;
using Microsoft.Azure.Cosmos;

namespace BlokSec.Functions.Owners;

/// <summary>
/// Enters the keys of users whose documents are older than the registry, or were written past this app: their DID, the DIDs that were
/// reset, and the keys of their devices and removed devices. Each user once; a run that is killed is repeated.
/// </summary>
internal sealed partial class EnterExistingKeys(IdentityStore identities, KeyOwners owners, TimeProvider time, ILogger<EnterExistingKeys> logger)
{
    public const string Schedule = "30 */5 * * * *";

    /// <summary>Users that are worked on at the same time.</summary>
    private const int AtOnce = 8;

    /// <summary>How long a run may take: less than the host allows; the next run continues.</summary>
    private static readonly TimeSpan Longest = TimeSpan.FromMinutes(2);

    [Function(nameof(EnterExistingKeys))]
    public async Task HandleAsync([TimerTrigger(Schedule, UseMonitor = true)] TimerInfo timer, CancellationToken cancellationToken)
    {
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        patience.CancelAfter(Longest);
        var users = identities.EverywhereAsync<UserDocument>(
            "SELECT * FROM c WHERE c.type = 'user' AND (NOT IS_DEFINED(c.keysEntered) OR c.keysEntered = false)", [], patience.Token);
        var parallel = new ParallelOptions { MaxDegreeOfParallelism = AtOnce, CancellationToken = patience.Token };
        try
        {
            await Parallel.ForEachAsync(users, parallel, EnterAsync);
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            Log.Unfinished(logger);
        }
    }

    private async ValueTask EnterAsync(UserDocument user, CancellationToken cancellationToken)
    {
        try
        {
            await EnterAsync(Thumbprint(user.Did), KeyUses.Did, user, user.Epoch, cancellationToken);
            foreach (var retired in user.RetiredDids)
            {
                await EnterAsync(Thumbprint(retired), KeyUses.Did, user, user.Epoch - 1, cancellationToken);
            }

            await EnterDevicesAsync(user, cancellationToken);

            // Not if it was unregistered meanwhile: the next run enters the DID that was retired by it.
            await identities.TryPatchAsync(
                user.Key, user.Id, $"FROM c WHERE c.epoch = {user.Epoch}", [PatchOperation.Set("/keysEntered", true)], cancellationToken);
        }
        catch (Exception exception) when (exception is CosmosException or System.Text.Json.JsonException)
        {
            Log.Postponed(logger, exception, user.UserId);
        }
    }

    private async Task EnterDevicesAsync(UserDocument user, CancellationToken cancellationToken)
    {
        const string devices = "SELECT c.deviceId, c.epoch FROM c WHERE c.type IN ('device', 'revocation')";
        await foreach (var device in identities.StreamAsync<DeviceKey>(user.Key, devices, [], cancellationToken))
        {
            // The id of a device is the thumbprint of its key.
            await EnterAsync(device.DeviceId, KeyUses.Device, user, device.Epoch, cancellationToken);
        }
    }

    private async Task EnterAsync(string? thumbprint, string use, UserDocument user, long epoch, CancellationToken cancellationToken)
    {
        if (thumbprint is not null
            && await owners.EnterAsync(thumbprint, use, user.Key, epoch, cancellationToken)
                is KeyOwnership.OfOther or KeyOwnership.OfOtherUse)
        {
            Measures.SecurityEvent("key-in-use");
            await identities.TryRaiseAsync(
                user.Key.Entry(time.GetUtcNow(), AuditActor.System(nameof(EnterExistingKeys)), AuditActions.KeyInUseRefused, thumbprint), proof: null, cancellationToken);
            Log.InUse(logger, user.TenantId, user.UserId, use, thumbprint);
        }
    }

    private static string? Thumbprint(string? did) => DidKey.TryParse(did, out var key) ? key.Thumbprint : null;

    private sealed record DeviceKey(string? DeviceId, long Epoch);

    private static partial class Log
    {
        [LoggerMessage(1, LogLevel.Error, "User {UserId} of tenant {TenantId} has a {Use} key that another owner or use had before: {Thumbprint}.")]
        public static partial void InUse(ILogger logger, string tenantId, string userId, string use, string thumbprint);

        [LoggerMessage(2, LogLevel.Warning, "The keys of user {UserId} cannot be registered now; the next run retries.")]
        public static partial void Postponed(ILogger logger, Exception exception, string userId);

        [LoggerMessage(3, LogLevel.Information, "Not all existing keys could be registered in time; the next run continues.")]
        public static partial void Unfinished(ILogger logger);
    }
}
