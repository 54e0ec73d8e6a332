namespace BlokSec.Local.Faults;

/// <summary>When a fault strikes: before the stand-in acts, or after it acted but before its answer leaves.</summary>
public enum FaultStage
{
    /// <summary>The request has no effect.</summary>
    Before,

    /// <summary>The request has its effect, the answer is lost or replaced.</summary>
    After,
}

/// <summary>
/// What goes wrong, and for which requests. A rule without conditions meets every request; conditions that are set must all hold.
/// </summary>
public sealed record FaultRule
{
    /// <summary>Which stand-in: <c>cosmos</c>, <c>servicebus</c>, <c>fcm</c>, <c>apns</c>, <c>smtp</c>, <c>eventgrid</c> or <c>signin</c>; null for all.</summary>
    public string? StandIn { get; init; }

    /// <summary>What the request does, in the words of <see cref="SeenRequest.Operation"/>; null for anything.</summary>
    public string? Operation { get; init; }

    /// <summary>
    /// Text that the path must contain, or what the stand-in adds to it: Cosmos DB the partition key, Service Bus the broker properties
    /// and body of what is sent, FCM, APNs and Event Grid the body; null for any.
    /// </summary>
    public string? Contains { get; init; }

    /// <summary>Text that the <c>User-Agent</c> must contain; null for any.</summary>
    public string? Caller { get; init; }

    /// <summary>Whether the request still has its effect.</summary>
    public FaultStage Stage { get; init; }

    /// <summary>Answer with this HTTP status (mail: SMTP reply code) instead; null leaves the answer alone.</summary>
    public int? Status { get; init; }

    /// <summary>Body of the answer given with <see cref="Status"/>; null lets the stand-in word it as the real service would.</summary>
    public string? Body { get; init; }

    /// <summary>The provider's reason or error code, worded into the body by the stand-in, such as <c>BadDeviceToken</c> or <c>UNREGISTERED</c>.</summary>
    public string? Reason { get; init; }

    /// <summary>Headers of the answer given with <see cref="Status"/>, such as <c>Retry-After</c>.</summary>
    public IReadOnlyDictionary<string, string>? Headers { get; init; }

    /// <summary>Hold the request for this many milliseconds first.</summary>
    public int? DelayMilliseconds { get; init; }

    /// <summary>Break the connection instead of answering.</summary>
    public bool Drop { get; init; }

    /// <summary>Never answer on this connection again, neither this request nor a later one; the connection itself stays up.</summary>
    public bool Silence { get; init; }

    /// <summary>Service Bus: store the message once more. FCM and APNs: deliver the push once more.</summary>
    public bool Duplicate { get; init; }

    /// <summary>FCM and APNs: answer success but lose the push on the way.</summary>
    public bool Lose { get; init; }

    /// <summary>Service Bus: hand out the newest waiting message first.</summary>
    public bool Reorder { get; init; }

    /// <summary>Cosmos DB: answer a page of a query without a result and with a continuation, as the service does when its own time is over.</summary>
    public bool EmptyPage { get; init; }

    /// <summary>How many requests the rule strikes before it is used up; null until it is taken away.</summary>
    public int? Times { get; init; }
}
