using BlokSec.Local.FunctionsHost.Protocol;

namespace BlokSec.Local.FunctionsHost;

/// <summary>What a worker is told of a tick.</summary>
internal static class TimerTrigger
{
    /// <param name="function">The timer.</param>
    /// <param name="last">Its last tick by schedule; null for the first.</param>
    /// <param name="input">What a caller of the admin endpoint sent; null for a tick by schedule.</param>
    public static InvocationRequest Invoke(TimerFunction function, DateTimeOffset? last, string? input)
    {
        var info = new
        {
            Schedule = new { AdjustForDST = true },
            ScheduleStatus = last is { } tick
                ? new { Last = tick, Next = function.Schedule.GetNextOccurrence(tick, TimeZoneInfo.Utc), LastUpdated = tick }
                : null,
            IsPastDue = false,
        };
        var invocation = Invocation.Of(function, Invocation.Json(info), TraceContext.New());
        if (input is not null)
        {
            invocation.TriggerMetadata[function.Binding] = Invocation.Text(input);
        }

        return invocation;
    }
}
