using BlokSec.Contracts;
using BlokSec.Functions.Tests.Infrastructure;
using BlokSec.Functions.Tests.Promises;
using BlokSec.Local.Faults;

namespace BlokSec.Functions.Tests.Providers;

/// <summary>
/// Answers of a provider that refuse us and not a phone: nothing more is sent to it for a while, an operator is called once, no device is
/// touched, the other provider goes on, and everything is sent when the fault is repaired.
/// </summary>
public sealed class ProviderRefusalTests(CloudFixture fixture) : IClassFixture<CloudFixture>
{
    private const string AppleRefuses = "Apple refuses our credentials.";

    private static readonly TimeSpan OpenFor = TimeSpan.FromSeconds(30);

    private readonly TestCloud test = fixture.Cloud;

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("apns", 403, "InvalidProviderToken", AppleRefuses, 1)]
    [InlineData("apns", 403, "MissingProviderToken", AppleRefuses, 1)]
    [InlineData("apns", 403, "Forbidden", AppleRefuses, 1)]
    [InlineData("apns", 403, "BadCertificate", AppleRefuses, 1)]
    [InlineData("apns", 403, "BadCertificateEnvironment", AppleRefuses, 1)]
    [InlineData("apns", 403, "ExpiredProviderToken", "Apple says that our credentials have expired, though they were just renewed.", 2)]
    [InlineData("fcm", 401, "THIRD_PARTY_AUTH_ERROR", "Google cannot sign in to Apple or the web push service for us.", 1)]
    [InlineData("fcm", 401, "UNAUTHENTICATED", "Google refuses our credentials.", 2)]
    [InlineData("fcm", 403, "PERMISSION_DENIED", "Google says that we may not send for this project.", 1)]
    [InlineData("fcm", 404, "NOT_FOUND", "Google does not know our project.", 1)]
    public async Task A_provider_that_refuses_us_is_left_alone_and_asked_by_one_push_until_it_takes_us_again(
        string provider, int status, string reason, string told, int requestsPerTry)
    {
        var (first, second, bystander) = (await test.NewLosingUserAsync(), await test.NewLosingUserAsync(), await test.NewLosingUserAsync());
        var untouched = await test.TextAsync(bystander);
        var (refused, other) = provider == "apns" ? (0, 1) : (1, 0);
        var (mark, log) = (test.Traffic.Mark, test.Logs.Lines.Count);
        using (test.Traffic.Add(new FaultRule { StandIn = provider, Operation = "send", Status = status, Reason = reason }))
        {
            await test.UnregisterAsync(first);
            await test.AssertWaitsAsync(first, refused, told, OpenFor);
            await test.AssertAcceptedAsync(first, other);
            Assert.Equal(requestsPerTry, test.Sends(provider, mark));

            // While the circuit is open nothing is sent, whoever is removed.
            await test.UnregisterAsync(second);
            await test.AssertWaitsAsync(second, refused, told, OpenFor);
            await test.AssertAcceptedAsync(second, other);
            Assert.Equal(requestsPerTry, test.Sends(provider, mark));

            // Then one push asks, and the circuit stays open.
            await test.PassAsync(OpenFor + TimeSpan.FromSeconds(2));
            await test.RevocationAsync(first, first.DeviceIds[refused], IsDueLater, "the first waits again");
            await test.RevocationAsync(second, second.DeviceIds[refused], IsDueLater, "the second waits again");
            await test.Cloud.ServiceBus.WaitUntilIdleAsync(Stop);
            Assert.Equal(2 * requestsPerTry, test.Sends(provider, mark));
        }

        Assert.Equal(untouched, await test.TextAsync(bystander));
        Assert.Single(Lines(log), line => line.StartsWith("Error", StringComparison.Ordinal) && line.Contains($"takes no pushes ({reason})", StringComparison.Ordinal));

        // One push asks first; the others follow when their back-off is over.
        await test.PassAsync(OpenFor + TimeSpan.FromSeconds(2));
        await test.Cloud.ServiceBus.WaitUntilIdleAsync(Stop);
        await test.PassAsync(TimeSpan.FromMinutes(2));
        await test.AssertAcceptedAsync(first, refused);
        await test.AssertAcceptedAsync(second, refused);
        Assert.Single(Lines(log), line => line.Contains("takes pushes again", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Apples_two_environments_are_left_alone_one_without_the_other()
    {
        var user = await test.NewLosingUserAsync();
        var sandboxed = user.NewSigner();
        var build = test.Cloud.Phones.Add(new Local.Phones.PhoneFacts
        {
            Name = "Build",
            Model = "iPhone 17",
            Platform = DevicePlatform.Ios,
            OsVersion = "1",
            PushEnvironment = PushEnvironment.Sandbox,
        });
        Assert.Equal(201, (await test.RestoreAsync(sandboxed, user.DidKey(), build.State.PushAddress.ToHandle())).Status);
        using (test.Traffic.Add(new FaultRule
        {
            StandIn = "apns",
            Contains = user.Phones[0].State.PushAddress.Token,
            Status = 403,
            Reason = "InvalidProviderToken",
        }))
        {
            await test.UnregisterAsync(user);
            await test.AssertWaitsAsync(user, 0, AppleRefuses, OpenFor);
            await test.RevocationAsync(user, sandboxed.Key.DeviceId, seen => seen.Push == RevokePushState.Accepted, "the sandbox took it");
        }

        await test.PassAsync(OpenFor + TimeSpan.FromSeconds(2));
        await test.AssertAcceptedAsync(user, 0);
    }

    [Fact]
    public async Task A_push_that_was_only_held_back_is_not_made_to_wait_longer_for_it()
    {
        var (first, second) = (await test.NewLosingUserAsync(), await test.NewLosingUserAsync());
        using (test.Traffic.Add(new FaultRule { StandIn = "apns", Operation = "send", Status = 403, Reason = "Forbidden" }))
        {
            await test.UnregisterAsync(first);
            await test.AssertWaitsAsync(first, 0, AppleRefuses, OpenFor);
            await test.UnregisterAsync(second);
            await test.AssertWaitsAsync(second, 0, AppleRefuses, OpenFor);
        }

        Assert.Equal(1, (await test.RevocationAsync(first, first.DeviceIds[0], _ => true, "it is there")).PushAttempts);
        Assert.Equal(0, (await test.RevocationAsync(second, second.DeviceIds[0], _ => true, "it is there")).PushAttempts);
        await test.PassAsync(OpenFor + TimeSpan.FromSeconds(2));
        await test.Cloud.ServiceBus.WaitUntilIdleAsync(Stop);
        await test.PassAsync(TimeSpan.FromMinutes(2));
        await test.AssertAcceptedAsync(second, 0);
    }

    [Theory]
    [InlineData("token", 503, "Google's sign-in is out of order; it will be tried again.", "00:00:10")]
    [InlineData("token", 400, "Google refuses our service account.", "00:00:30")]
    public async Task Without_Googles_sign_in_pushes_to_Android_wait_and_others_go_on(string operation, int status, string told, string wait)
    {
        // An access token lives an hour; this one has to be requested again.
        await test.PassAsync(TimeSpan.FromHours(2));
        var user = await test.NewLosingUserAsync();
        using (test.Traffic.Add(new FaultRule { StandIn = "fcm", Operation = operation, Status = status }))
        {
            await test.UnregisterAsync(user);
            await test.AssertAcceptedAsync(user, 0);
            await test.AssertWaitsAsync(user, 1, told, TimeSpan.Parse(wait, System.Globalization.CultureInfo.InvariantCulture));
        }

        await test.PassAsync(OpenFor + TimeSpan.FromSeconds(2));
        await test.AssertAcceptedAsync(user, 1);
    }

    private bool IsDueLater(RevocationDetails seen) => seen.NextAttemptAt > test.Time.GetUtcNow();

    private IEnumerable<string> Lines(int since) => test.Logs.Lines.Skip(since);
}
