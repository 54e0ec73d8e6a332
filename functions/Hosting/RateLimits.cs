using System.ComponentModel.DataAnnotations;
using System.Globalization;
using System.Threading.RateLimiting;
using BlokSec.Contracts;
using BlokSec.Functions.Security;
using Microsoft.Extensions.Options;

namespace BlokSec.Functions.Hosting;

/// <summary>How many calls one caller may make of one instance. Section <c>RateLimits</c>.</summary>
internal sealed partial class RateLimitOptions
{
    public const string Section = "RateLimits";

    /// <summary>Calls of one administrator in a minute; 600 unless told. The console asks about twice a second while work is under way.</summary>
    [Range(1, 100_000)]
    public int AdministratorPerMinute { get; set; } = 600;

    /// <summary>Calls of one device in a minute; 120 unless told.</summary>
    [Range(1, 100_000)]
    public int DevicePerMinute { get; set; } = 120;

    /// <summary>Redemptions tried for one user in a minute, whoever tries; 60 unless told. The claim itself locks much earlier.</summary>
    [Range(1, 100_000)]
    public int ClaimPerMinute { get; set; } = 60;

    [OptionsValidator]
    internal sealed partial class Validator : IValidateOptions<RateLimitOptions>;
}

/// <summary>
/// Limits callers that are known: each administrator, each device, and each user's claim. Whoever is not known was refused before. The
/// host's own calls have no limit.
/// </summary>
internal static class RateLimits
{
    public static void AddRateLimits(this WebApplicationBuilder builder)
    {
        builder.Services.AddOptionsWithValidateOnStart<RateLimitOptions, RateLimitOptions.Validator>()
            .BindConfiguration(RateLimitOptions.Section);
    }

    /// <summary>
    /// Middleware; callers are known by now. Not the platform's, which makes two limiters with a timer each as the app starts; ours is made
    /// for the first caller who is known.
    /// </summary>
    public static void UseRateLimits(this WebApplication app)
    {
        var limiter = new Lazy<PartitionedRateLimiter<HttpContext>>(() => Create(app.Services.GetRequiredService<IOptions<RateLimitOptions>>().Value));
        app.Lifetime.ApplicationStopped.Register(() =>
        {
            if (limiter.IsValueCreated)
            {
                limiter.Value.Dispose();
            }
        });
        app.Use(async (context, next) =>
        {
            if (context.User.Identity?.IsAuthenticated != true)
            {
                await next(context);
                return;
            }

            using var lease = limiter.Value.AttemptAcquire(context);
            await (lease.IsAcquired ? next(context) : RefuseAsync(context, lease));
        });
    }

    private static PartitionedRateLimiter<HttpContext> Create(RateLimitOptions options) =>
        PartitionedRateLimiter.Create<HttpContext, string>(context => Partition(context, options));

    private static RateLimitPartition<string> Partition(HttpContext context, RateLimitOptions options)
    {
        if (context.Features.Get<DeviceProof>() is { } proof)
        {
            return context.GetEndpoint()?.Metadata.GetMetadata<LimitedByClaim>() is null
                ? Limited($"device {proof.DeviceId}", options.DevicePerMinute)
                : Limited($"claim {proof.TenantId} {proof.UserId}", options.ClaimPerMinute);
        }

        var administrator = Administrator.From(context.User, context.RequestServices.GetRequiredService<IOptions<AuthOptions>>().Value);
        return administrator is null
            ? RateLimitPartition.GetNoLimiter("")
            : Limited($"administrator {administrator.TenantId} {administrator.Subject}", options.AdministratorPerMinute);
    }

    private static RateLimitPartition<string> Limited(string key, int perMinute) => RateLimitPartition.GetTokenBucketLimiter(
        key,
        _ => new TokenBucketRateLimiterOptions
        {
            TokenLimit = perMinute,
            TokensPerPeriod = 1,
            ReplenishmentPeriod = TimeSpan.FromMinutes(1) / perMinute,
        });

    private static Task RefuseAsync(HttpContext context, RateLimitLease lease)
    {
        var wait = lease.TryGetMetadata(MetadataName.RetryAfter, out var told) ? told : TimeSpan.FromSeconds(1);
        context.Response.Headers.RetryAfter = Math.Max(1, Math.Ceiling(wait.TotalSeconds)).ToString(CultureInfo.InvariantCulture);
        return Problems.Of(
                StatusCodes.Status429TooManyRequests,
                ProblemCodes.TooManyRequests,
                "Too many calls in a short time. Nothing was changed; try again after the time in Retry-After.")
            .ExecuteAsync(context);
    }
}

/// <summary>Marks the function whose calls are counted against the user's claim, as any stranger can make a device key.</summary>
internal sealed class LimitedByClaim;
