using BlokSec.Contracts;
using BlokSec.Local.Faults;

namespace BlokSec.Functions.Tests.Push;

public sealed class ProviderHealthTests : IAsyncLifetime
{
    private PushCloud cloud = null!;

    public async ValueTask InitializeAsync() => cloud = await PushCloud.StartAsync();

    public ValueTask DisposeAsync() => cloud.DisposeAsync();

    [Fact]
    public async Task What_was_seen_of_a_provider_is_told_without_anything_of_a_phone()
    {
        Assert.Equal([new PushProviderHealth("apns", null, null, null, null, null), new("fcm", null, null, null, null, null)], cloud.Senders.Health);
        var begun = cloud.Time.GetUtcNow();
        await cloud.SendAsync(cloud.ToApple());
        Assert.Equal(new PushProviderHealth("apns", begun, "accepted", null, begun, null), cloud.Senders.Health[0]);

        cloud.Time.Advance(TimeSpan.FromMinutes(1));
        var refused = cloud.Time.GetUtcNow();
        using (cloud.Traffic.Add(new FaultRule { StandIn = "apns", Status = 403, Reason = "InvalidProviderToken" }))
        {
            await cloud.SendAsync(cloud.ToApple());
        }

        var seen = cloud.Senders.Health[0];
        Assert.Equal((refused, "misconfigured", begun, refused.AddSeconds(30)), (seen.LastAnswerAt, seen.LastOutcome, seen.LastAcceptedAt, seen.HeldUntil));
        Assert.NotEmpty(seen.LastReason!);
        Assert.Null(cloud.Senders.Health[1].LastAnswerAt);
        cloud.Time.Advance(TimeSpan.FromSeconds(30));
        await cloud.SendAsync(cloud.ToApple());
        Assert.Equal(("accepted", null), (cloud.Senders.Health[0].LastOutcome, cloud.Senders.Health[0].HeldUntil));
    }
}
