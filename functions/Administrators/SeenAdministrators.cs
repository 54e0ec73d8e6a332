using System.Collections.Concurrent;
using System.Threading.Channels;
using BlokSec.Functions.Identities;
using BlokSec.Functions.Security;
using Microsoft.Azure.Cosmos;
using Microsoft.Extensions.Options;

namespace BlokSec.Functions.Administrators;

/// <summary>
/// Remembers who used the API as an administrator: once a day for each, and when the roles change, beside the calls, which never wait for it. What is
/// lost is remembered by the next call.
/// </summary>
internal sealed partial class SeenAdministrators(
    IdentityStore identities,
    IOptions<AdministratorOptions> options,
    IOptions<AuthOptions> auth,
    TimeProvider time,
    ILogger<SeenAdministrators> logger) : BackgroundService
{
    /// <summary>Administrators that are held back from being written again; beyond it they are written more often than daily.</summary>
    private const int MaxRemembered = 10_000;

    private static readonly TimeSpan Exactness = TimeSpan.FromDays(1);

    private readonly Channel<AdministratorDocument> seen = Channel.CreateBounded<AdministratorDocument>(
        new BoundedChannelOptions(100) { FullMode = BoundedChannelFullMode.DropWrite });

    /// <summary>When each was noted, with which roles.</summary>
    private readonly ConcurrentDictionary<(string TenantId, string Subject), (string Roles, DateTimeOffset At)> noted = new();

    /// <summary>Middleware; callers are known and let in by now.</summary>
    public static Task ObserveAsync(HttpContext context, RequestDelegate next)
    {
        if (AdminPolicies.IsForAdministrators(context.GetEndpoint()?.Metadata.GetMetadata<IAuthorizeData>()?.Policy))
        {
            context.RequestServices.GetRequiredService<SeenAdministrators>().Note(context);
        }

        return next(context);
    }

    /// <summary>A name to sign in with, in the form of <see cref="UserDocument.EmailKey"/>.</summary>
    public static string? Folded(string? signInName) => signInName is null ? null : FoldedNames.Fold(signInName);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        await foreach (var administrator in seen.Reader.ReadAllAsync(stoppingToken))
        {
            try
            {
                await identities.Begin(administrator.Key).Upsert(administrator, identities.NothingRead).CommitAsync(stoppingToken);
            }
            catch (Exception exception) when (exception is CosmosException or HttpRequestException)
            {
                noted.TryRemove((administrator.TenantId, administrator.Subject), out _);
                Log.Lost(logger, exception, administrator.TenantId);
            }
        }
    }

    private void Note(HttpContext context)
    {
        // An app that acts for itself is nobody's phone.
        if (options.Value.RememberDays == 0
            || AccessTokens.IsOfApp(context.User)
            || Administrator.From(context.User, auth.Value) is not { } administrator)
        {
            return;
        }

        var (key, now, joined) = ((administrator.TenantId, administrator.Subject), time.GetUtcNow(), string.Join(' ', administrator.Roles));
        if (noted.TryGetValue(key, out var last) && last.Roles == joined && now - last.At is var age && age < Exactness && age > -Exactness)
        {
            return;
        }

        if (noted.Count >= MaxRemembered)
        {
            noted.Clear();
        }

        noted[key] = (joined, now);
        seen.Writer.TryWrite(new AdministratorDocument
        {
            Id = AdministratorDocument.IdOf(administrator.Subject),
            TenantId = administrator.TenantId,
            UserId = AdministratorDocument.KeyOf(administrator.TenantId).UserId,
            Subject = administrator.Subject,
            Name = administrator.Name,
            SignInName = Folded(administrator.SignInName),
            Roles = administrator.Roles,
            SeenAt = now,
            Ttl = (int)TimeSpan.FromDays(options.Value.RememberDays).TotalSeconds,
        });
    }

    private static partial class Log
    {
        [LoggerMessage(1, LogLevel.Warning, "An administrator of tenant {TenantId} could not be remembered; the next call tries again.")]
        public static partial void Lost(ILogger logger, Exception exception, string tenantId);
    }
}
