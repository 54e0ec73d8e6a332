using System.Diagnostics;
using BlokSec.Functions.Telemetry;

namespace BlokSec.Functions.Messaging;

/// <summary>
/// The spans of a message's way, after OpenTelemetry's conventions for messaging
/// (https://opentelemetry.io/docs/specs/semconv/messaging/). The trace goes on at the receiver, from what the body carries.
/// </summary>
internal static class MessageSpans
{
    public static Activity? Send(string queue, QueueMessage message) =>
        Tag(Sources.Activities.StartActivity($"send {queue}", ActivityKind.Producer), "send", queue, message);

    public static Activity? Process(string function, string queue, QueueMessage message)
    {
        ActivityContext.TryParse(message.TraceParent, traceState: null, isRemote: true, out var sender);
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
        .SetTag("bloksec.operation", message.OperationId);
}
