using System.Globalization;
using System.Threading.RateLimiting;
using BlokSec.Contracts;
using BlokSec.Functions.Http;
using BlokSec.Functions.Security;
using Microsoft.Extensions.Options;

namespace BlokSec.Functions.Limits;

/// <summary>
/// Limits callers that are known: each administrator, each application and each device. Strangers are limited before, by <see cref="StrangerLimits"/>. The
/// host's own calls have no limit.
/// </summary>
internal static class RateLimits
{
    public static void AddRateLimits(this IHostApplicationBuilder builder)
    {
        builder.AddValidated<RateLimitOptions, RateLimitOptions.Validator>(RateLimitOptions.Section);
        builder.Services.AddSingleton<StrangerLimits>();
        builder.Services.AddSingleton<PhoneWrites>();
    }

    /// <summary>Middleware; nobody is known yet.</summary>
    public static void UseStrangerLimits(this IApplicationBuilder app) => app.Use(async (context, next) =>
    {
        if (StrangerLimits.Concern(context))
        {
            await context.RequestServices.GetRequiredService<StrangerLimits>().AdmitAsync(context, next);
        }
        else
        {
            await next(context);
        }
    });

    /// <summary>
    /// Middleware; callers are known by now. Not the platform's, which makes two limiters with a timer each as the app starts; ours is made
    /// for the first caller who is known.
    /// </summary>
    public static void UseRateLimits(this IApplicationBuilder app)
    {
        var limiter = new Lazy<PartitionedRateLimiter<HttpContext>>(() => Create(app.ApplicationServices.GetRequiredService<IOptions<RateLimitOptions>>().Value));
        app.ApplicationServices.GetRequiredService<IHostApplicationLifetime>().ApplicationStopped.Register(() =>
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
            await (lease.IsAcquired ? next(context) : Refuse(lease).ExecuteAsync(context));
        });
    }

    /// <summary>A bucket of so many calls, which fills up again in a minute.</summary>
    public static RateLimitPartition<TKey> PerMinute<TKey>(TKey key, int calls) => RateLimitPartition.GetTokenBucketLimiter(
        key,
        _ => new TokenBucketRateLimiterOptions
        {
            TokenLimit = calls,
            TokensPerPeriod = 1,
            ReplenishmentPeriod = TimeSpan.FromMinutes(1) / calls,
        });

    /// <summary>429 with the time after which there is room again.</summary>
    public static IResult Refuse(RateLimitLease lease) =>
        new TooManyRequests(lease.TryGetMetadata(MetadataName.RetryAfter, out var wait) ? wait : TimeSpan.FromSeconds(1));

    private static PartitionedRateLimiter<HttpContext> Create(RateLimitOptions options) =>
        PartitionedRateLimiter.Create<HttpContext, string>(context => Partition(context, options));

    private static RateLimitPartition<string> Partition(HttpContext context, RateLimitOptions options)
    {
        if (context.Features.Get<DeviceProof>() is { } proof)
        {
            return PerMinute($"device {proof.DeviceId}", options.DevicePerMinute);
        }

        var auth = context.RequestServices.GetRequiredService<IOptions<AuthOptions>>().Value;
        if (CallingApplication.From(context.User, auth) is { } application)
        {
            return PerMinute($"application {application.TenantId} {application.ClientId}", options.ApplicationPerMinute);
        }

        if (CallingDirectory.FromToken(context.User) is { } directory)
        {
            return PerMinute($"directory {directory.TenantId} {directory.Id}", options.ApplicationPerMinute);
        }

        return Administrator.From(context.User, auth) is { } administrator
            ? PerMinute($"administrator {administrator.TenantId} {administrator.Subject}", options.AdministratorPerMinute)
            : RateLimitPartition.GetNoLimiter("");
    }

    private sealed class TooManyRequests(TimeSpan wait) : IResult
    {
        public Task ExecuteAsync(HttpContext httpContext)
        {
            httpContext.Response.Headers.RetryAfter = Math.Max(1, Math.Ceiling(wait.TotalSeconds)).ToString(CultureInfo.InvariantCulture);
            return Problems.Of(
                    ProblemCodes.TooManyRequests,
                    "Too many calls in a short time. Nothing was changed; try again after the time in Retry-After.")
                .ExecuteAsync(httpContext);
        }
    }
}
