using System.Diagnostics;
using BlokSec.Functions.Security;
using BlokSec.Functions.Telemetry;
using Microsoft.Extensions.Options;

namespace BlokSec.Functions.Hosting;

/// <summary>Names whom a call of an HTTP function is about in its logs and on its span.</summary>
internal static class CallScope
{
    /// <summary>Middleware; callers are known by now.</summary>
    public static async Task ObserveAsync(HttpContext context, RequestDelegate next)
    {
        using var scope = Begin(context);
        await next(context);
    }

    /// <summary>The span and the logs of what follows name these.</summary>
    public static IDisposable? Begin(HttpContext context)
    {
        var services = context.RequestServices;
        var proof = context.Features.Get<DeviceProof>();
        var auth = services.GetRequiredService<IOptions<AuthOptions>>().Value;
        var tenantId = proof?.TenantId ?? Administrator.From(context.User, auth)?.TenantId ?? CallingDirectory.FromToken(context.User)?.TenantId;
        Activity.Current?.SetTag("bloksec.device", proof?.DeviceId ?? context.GetRouteValue("deviceId"));
        return Invocation.About(
            services.GetRequiredService<ILogger<Invocation>>(),
            tenantId,
            proof?.UserId ?? (string?)context.GetRouteValue("userId"),
            (string?)context.GetRouteValue("operationId"));
    }
}
