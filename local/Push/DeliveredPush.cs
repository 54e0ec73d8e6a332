using System.Text;
using System.Text.Json;

namespace BlokSec.Local.Push;

/// <summary>A push that a stand-in accepted, as it reaches a virtual phone.</summary>
/// <param name="Provider"><c>apns</c> or <c>fcm</c>.</param>
/// <param name="Token">The push handle it was addressed to.</param>
/// <param name="Id">The provider's id: the apns-id, or FCM's <c>projects/*/messages/*</c>.</param>
/// <param name="Headers">The request's headers, names in lower case.</param>
/// <param name="Payload">APNs: the whole payload; FCM: the <c>message</c>.</param>
/// <param name="Body">The request body as it came.</param>
internal sealed record DeliveredPush(
    string Provider, string Token, string Id, IReadOnlyDictionary<string, string> Headers, JsonElement Payload, ReadOnlyMemory<byte> Body)
{
    /// <summary>The request body as text.</summary>
    public string Text => Encoding.UTF8.GetString(Body.Span);
}
