using System.Diagnostics;
using Azure.Messaging.ServiceBus;
using BlokSec.Functions.Telemetry;

namespace BlokSec.Functions.Messaging;

/// <summary>
/// The spans of a message's way, after OpenTelemetry's conventions for messaging
/// (https://opentelemetry.io/docs/specs/semconv/messaging/). The receiver continues the trace from what the message carries.
/// </summary>
internal static class MessageSpans
{
    /// <summary>The application property in which the SDK and the Functions host carry a trace context.</summary>
    public const string Carrier = "Diagnostic-Id";

    // And what W3C's trace context names it
    private static readonly string[] Carriers = [Carrier, "traceparent"];

    /// <summary>The sending of one message, or of several that belong to the same operation.</summary>
    public static Activity? Send(string queue, QueueMessage message, int count = 1)
    {
        var activity = Tag(Sources.Activities.StartActivity($"send {queue}", ActivityKind.Producer), "send", queue, message);
        return count == 1 ? activity : activity?.SetTag("messaging.message.id", null).SetTag("messaging.batch.message_count", count);
    }

    /// <summary>Lets the receiver continue from a span.</summary>
    public static void Carry(string? traceParent, ServiceBusMessage message)
    {
        if (traceParent is null)
        {
            return;
        }

        foreach (var name in Carriers)
        {
            message.ApplicationProperties[name] = traceParent;
        }
    }

    public static Activity? Process(string function, string queue, QueueMessage message, string? traceParent)
    {
        _ = ActivityContext.TryParse(traceParent, traceState: null, isRemote: true, out var sender);
        var activity = Tag(Sources.Activities.StartActivity(function, ActivityKind.Consumer, sender), "process", queue, message);
        return activity?.SetTag("faas.trigger", "pubsub").SetTag("bloksec.attempt", message.Attempt);
    }

    private static Activity? Tag(Activity? activity, string operation, string queue, QueueMessage message) => activity
        ?.SetTag("messaging.system", "servicebus")
        .SetTag("messaging.destination.name", queue)
        .SetTag("messaging.operation.name", operation)
        .SetTag("messaging.operation.type", operation)
        .SetTag("messaging.message.id", message.MessageId())
        .SetTag("bloksec.tenant", message.TenantId)
        .SetTag("bloksec.user", message.UserId)
        .SetTag("bloksec.operation", message.Operation);
}
