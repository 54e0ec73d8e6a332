namespace BlokSec.Local.ServiceBus;

/// <summary>
/// A request of the <see href="https://learn.microsoft.com/rest/api/servicebus/service-bus-runtime-rest">run-time REST API</see>,
/// understood from its method and path.
/// </summary>
/// <param name="Operation">send, receive, take (receive and delete), complete, abandon or renew.</param>
/// <param name="Queue">The queue's path, with <c>/$DeadLetterQueue</c> for a dead-letter queue.</param>
/// <param name="Key">Sequence number or message id; of complete, abandon and renew only.</param>
/// <param name="LockToken">As it stands in the path; of complete, abandon and renew only.</param>
internal sealed record BusRequest(string Operation, string Queue, string? Key = null, string? LockToken = null)
{
    public const string DeadLetterSuffix = "$DeadLetterQueue";

    /// <summary>All that <see cref="FaultOperation"/> can be.</summary>
    public static IReadOnlyList<string> FaultOperations => Amqp.BusGate.Operations;

    /// <summary>What the fault switches call the operation.</summary>
    public string FaultOperation => Operation == "take" ? "receive" : Operation;

    /// <summary>Understands a request; null when it is none of these.</summary>
    public static BusRequest? Read(HttpRequest request)
    {
        var segments = request.Path.Value!.Trim('/').Split('/');
        var messages = Array.FindLastIndex(segments, segment => segment.Equals("messages", StringComparison.OrdinalIgnoreCase));
        if (messages < 1)
        {
            return null;
        }

        var queue = string.Join('/', segments[..messages]);
        return (request.Method, segments[(messages + 1)..]) switch
        {
            ("POST", []) => new BusRequest("send", queue),
            ("POST", [var head]) when IsHead(head) => new BusRequest("receive", queue),
            ("DELETE", [var head]) when IsHead(head) => new BusRequest("take", queue),
            ("DELETE", [var key, var token]) => new BusRequest("complete", queue, key, token),
            ("PUT", [var key, var token]) => new BusRequest("abandon", queue, key, token),
            ("POST", [var key, var token]) => new BusRequest("renew", queue, key, token),
            _ => null,
        };
    }

    private static bool IsHead(string segment) => segment.Equals("head", StringComparison.OrdinalIgnoreCase);
}
