using System.Text;
using System.Text.Json;
using BlokSec.Contracts;
using BlokSec.Functions.Signals;
using BlokSec.Functions.Tests.Infrastructure;
using BlokSec.Functions.Tests.Signals;
using BlokSec.Local.Demo;
using BlokSec.Local.SignIn;
using Microsoft.IdentityModel.Tokens;

namespace BlokSec.Functions.Tests.Crash;

/// <summary>What the receiver of a stream has to get of a flow: each event once, by its id, however often it was sent.</summary>
/// <param name="receiver">The receiver.</param>
/// <param name="streamId">The stream.</param>
/// <param name="count">How many events.</param>
internal sealed class EventsEnd(EventReceiver receiver, string streamId, int count)
{
    private static readonly DemoApplication Application = DemoApplication.Defaults[1];

    /// <summary>Makes a stream to a receiver.</summary>
    /// <returns>Its id.</returns>
    public static async Task<string> SubscribedAsync(TestCloud test, EventReceiver receiver)
    {
        using var client = new ApplicationClient(test.Cloud.ApiAddress, test.Cloud.SignIn.Address, Application);
        var body = new
        {
            delivery = new { method = Receiver.Push, endpoint_url = receiver.Address },
            events_requested = new[] { Receiver.SessionRevoked, Receiver.CredentialChange },
            format = "iss_sub",
        };
        using var answer = await client.SendRawAsync(HttpMethod.Post, $"ssf/{TestCloud.Tenant}/streams", body, TestContext.Current.CancellationToken);
        var text = await answer.Content.ReadAsStringAsync(TestContext.Current.CancellationToken);
        Assert.True(answer.IsSuccessStatusCode, text);
        return JsonElement.Parse(text).GetProperty("stream_id").GetString()!;
    }

    /// <summary>Deletes the stream.</summary>
    public static async Task UnsubscribedAsync(TestCloud test, string streamId)
    {
        using var client = new ApplicationClient(test.Cloud.ApiAddress, test.Cloud.SignIn.Address, Application);
        using var answer = await client.SendRawAsync(
            HttpMethod.Delete, $"ssf/{TestCloud.Tenant}/streams?stream_id={streamId}", body: null, TestContext.Current.CancellationToken);
    }

    public async Task<bool> IsDoneAsync(TestCloud test, TestUser user) =>
        await OfAsync(test, user) is { } events && events.Count == count && events.All(one => one.State == EventDeliveryState.Delivered);

    public async Task<IEnumerable<string>> DescribeAsync(TestCloud test, TestUser user)
    {
        var received = receiver.Received.Select(ClaimsOf).Where(claims => claims.GetProperty("sub_id").GetProperty("sub").GetString() == user.UserId).ToArray();
        var order = received.Select(claims => claims.GetProperty("jti").GetString()).Distinct().ToArray();
        return
        [
            .. (await OfAsync(test, user)).Select(one => $"event {one.EventType} {one.State} next {one.NextAttemptAt is not null}"),
            $"events received {order.Length} in order {order.SequenceEqual(order.Order(StringComparer.Ordinal))}",
        ];
    }

    private async Task<IReadOnlyList<EventDocument>> OfAsync(TestCloud test, TestUser user)
    {
        var partition = new TestUser(user.TenantId, $"~stream-{streamId}", [], []);
        return [.. (await test.AllAsync<EventDocument>(partition, EventDocument.DocumentType)).Where(one => one.Subject == user.UserId)];
    }

    private static JsonElement ClaimsOf(PushedSet pushed) => JsonElement.Parse(Encoding.UTF8.GetString(Base64UrlEncoder.DecodeBytes(pushed.Set.Split('.')[1])));
}
