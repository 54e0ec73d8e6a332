using System.Diagnostics;
using BlokSec.Functions.Hosting;
using BlokSec.Functions.Security;
using Microsoft.Extensions.Options;

namespace BlokSec.Functions.Telemetry;

/// <summary>One call of a function: counts what it asks of others, and names whom it is about in its logs and on its span.</summary>
internal sealed class Invocation
{
    private static readonly AsyncLocal<Invocation?> Running = new();

    private int cosmos;
    private int bus;

    /// <summary>A request to the database leaves.</summary>
    public static void AskedCosmos()
    {
        if (Running.Value is { } invocation)
        {
            Interlocked.Increment(ref invocation.cosmos);
        }
    }

    /// <summary>A message leaves.</summary>
    public static void AskedBus()
    {
        if (Running.Value is { } invocation)
        {
            Interlocked.Increment(ref invocation.bus);
        }
    }

    /// <summary>The span and the logs of what follows name these.</summary>
    public static IDisposable? About(ILogger logger, string? tenantId, string? userId, string? operationId)
    {
        Activity.Current?.SetTag("bloksec.tenant", tenantId).SetTag("bloksec.user", userId).SetTag("bloksec.operation", operationId);
        var names = new List<KeyValuePair<string, object>>(3);
        Add("tenantId", tenantId);
        Add("userId", userId);
        Add("operationId", operationId);
        return names.Count == 0 ? null : logger.BeginScope(names);

        void Add(string name, string? value)
        {
            if (value is not null)
            {
                names.Add(new(name, value));
            }
        }
    }

    /// <summary>The same of what follows in a call of an HTTP function.</summary>
    public static IDisposable? About(HttpContext context)
    {
        var services = context.RequestServices;
        var proof = context.Features.Get<DeviceProof>();
        var tenantId = proof?.TenantId ?? Administrator.From(context.User, services.GetRequiredService<IOptions<AuthOptions>>().Value)?.TenantId;
        Activity.Current?.SetTag("bloksec.device", proof?.DeviceId ?? context.GetRouteValue("deviceId"));
        return About(
            services.GetRequiredService<ILogger<Invocation>>(),
            tenantId,
            proof?.UserId ?? (string?)context.GetRouteValue("userId"),
            (string?)context.GetRouteValue("operationId"));
    }

    /// <summary>Middleware; callers are known by now.</summary>
    public static async Task ObserveAsync(HttpContext context, RequestDelegate next)
    {
        if (context.GetEndpoint()?.Metadata.GetMetadata<FunctionTrigger>() is not { Function: var function } trigger)
        {
            await next(context);
            return;
        }

        var invocation = Running.Value = new Invocation();
        using var scope = trigger is HttpTrigger ? About(context) : null;
        try
        {
            await next(context);
        }
        finally
        {
            Measures.Invocation(function, "cosmos", invocation.cosmos);
            Measures.Invocation(function, "bus", invocation.bus);
        }
    }
}
