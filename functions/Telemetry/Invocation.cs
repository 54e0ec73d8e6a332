using System.Diagnostics;

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

    /// <summary>An invocation begins; what it asks from here on is counted.</summary>
    public static Invocation Begin() => Running.Value = new Invocation();

    /// <summary>It ended.</summary>
    public void Record(string function)
    {
        Measures.Invocation(function, "cosmos", cosmos);
        Measures.Invocation(function, "bus", bus);
    }
}
