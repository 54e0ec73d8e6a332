using BlokSec.Functions.Identities;
using Microsoft.Azure.Cosmos;

namespace BlokSec.Functions.Users;

/// <summary>
/// Enters the names of users whose documents are older than the registry of names, or were written past this app: the email address, which is their
/// user name as well. Each user once; a run that is killed is repeated. Of two with one address the first has it; the other one keeps it all the same.
/// </summary>
internal sealed partial class EnterExistingNames(IdentityStore identities, UniqueNames names, ILogger<EnterExistingNames> logger)
{
    public const string Schedule = "45 */5 * * * *";

    /// <summary>Users that are worked on at the same time.</summary>
    private const int AtOnce = 8;

    /// <summary>The condition that nobody entered the names meanwhile.</summary>
    private const string IsOld = "FROM c WHERE NOT IS_DEFINED(c.userNameKey)";

    /// <summary>How long a run may take: less than the host allows; the next run continues.</summary>
    private static readonly TimeSpan Longest = TimeSpan.FromMinutes(2);

    [Function(nameof(EnterExistingNames))]
    public async Task HandleAsync([TimerTrigger(Schedule, UseMonitor = true)] TimerInfo timer, CancellationToken cancellationToken)
    {
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        patience.CancelAfter(Longest);
        var users = identities.EverywhereAsync<UserDocument>(
            "SELECT * FROM c WHERE c.type = 'user' AND NOT IS_DEFINED(c.userNameKey)", [], patience.Token);
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
            var email = FoldedNames.Fold(user.Email);
            var isTheirs = email.Length > 0
                && await names.EnterAsync(user.Key, [(NameUse.Email, email), (NameUse.UserName, email)], user.ETag, by: null, cancellationToken) is null;
            if (!isTheirs)
            {
                await names.EnterAsync(user.Key, [(NameUse.UserName, FoldedNames.Fold(user.UserId))], user.ETag, by: null, cancellationToken);
            }

            await identities.TryPatchAsync(user.Key, user.Id, IsOld, isTheirs
                ?
                [
                    PatchOperation.Set("/userName", user.Email),
                    PatchOperation.Set("/userNameKey", email),
                    PatchOperation.Set("/emailKey", email),
                ]
                :
                [
                    PatchOperation.Set("/userName", user.UserId),
                    PatchOperation.Set("/userNameKey", FoldedNames.Fold(user.UserId)),
                    PatchOperation.Set("/sharesEmail", true),
                ], cancellationToken);
        }
        catch (Exception exception) when (exception is CosmosException or TimeoutException or System.Text.Json.JsonException)
        {
            Log.Postponed(logger, exception, user.UserId);
        }
    }

    private static partial class Log
    {
        [LoggerMessage(1, LogLevel.Warning, "The names of user {UserId} cannot be entered now; the next run retries.")]
        public static partial void Postponed(ILogger logger, Exception exception, string userId);

        [LoggerMessage(2, LogLevel.Information, "Not all existing names could be entered in time; the next run continues.")]
        public static partial void Unfinished(ILogger logger);
    }
}
