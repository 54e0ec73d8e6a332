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
    private static readonly TimeSpan TooManyTokens = TimeSpan.FromMinutes(20);

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
        var (first, second, bystander) = (await NewUserAsync(), await NewUserAsync(), await NewUserAsync());
        var untouched = await test.TextAsync(bystander);
        var (refused, other) = provider == "apns" ? (0, 1) : (1, 0);
        var (mark, log) = (test.Traffic.Mark, test.Logs.Lines.Count);
        using (test.Traffic.Add(new FaultRule { StandIn = provider, Operation = "send", Status = status, Reason = reason }))
        {
            await UnregisterAsync(first);
            await AssertWaitsAsync(first, refused, told, OpenFor);
            await AssertAcceptedAsync(first, other);
            Assert.Equal(requestsPerTry, Sends(provider, mark));

            // While the circuit is open nothing is sent, whoever is removed.
            await UnregisterAsync(second);
            await AssertWaitsAsync(second, refused, told, OpenFor);
            await AssertAcceptedAsync(second, other);
            Assert.Equal(requestsPerTry, Sends(provider, mark));

            // Then one push asks, and the circuit stays open.
            await test.PassAsync(OpenFor + TimeSpan.FromSeconds(2));
            await test.RevocationAsync(first, first.DeviceIds[refused], IsDueLater, "the first waits again");
            await test.RevocationAsync(second, second.DeviceIds[refused], IsDueLater, "the second waits again");
            await test.Cloud.ServiceBus.WaitUntilIdleAsync(Stop);
            Assert.Equal(2 * requestsPerTry, Sends(provider, mark));
        }

        Assert.Equal(untouched, await test.TextAsync(bystander));
        Assert.Single(Lines(log), line => line.StartsWith("Error", StringComparison.Ordinal) && line.Contains($"takes no pushes ({reason})", StringComparison.Ordinal));

        // One push asks first; the others follow when their back-off is over.
        await test.PassAsync(OpenFor + TimeSpan.FromSeconds(2));
        await test.Cloud.ServiceBus.WaitUntilIdleAsync(Stop);
        await test.PassAsync(TimeSpan.FromMinutes(2));
        await AssertAcceptedAsync(first, refused);
        await AssertAcceptedAsync(second, refused);
        Assert.Single(Lines(log), line => line.Contains("takes pushes again", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Apples_two_environments_are_left_alone_one_without_the_other()
    {
        var user = await NewUserAsync();
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
            await UnregisterAsync(user);
            await AssertWaitsAsync(user, 0, AppleRefuses, OpenFor);
            await test.RevocationAsync(user, sandboxed.Key.DeviceId, seen => seen.Push == RevokePushState.Accepted, "the sandbox took it");
        }

        await test.PassAsync(OpenFor + TimeSpan.FromSeconds(2));
        await AssertAcceptedAsync(user, 0);
    }

    [Fact]
    public async Task Too_many_provider_tokens_pause_all_pushes_to_Apple_for_20_minutes_and_no_other_token_is_made()
    {
        // The token must be made before, as it is in an app that has run for a while.
        var before = await NewUserAsync();
        await UnregisterAsync(before);
        await AssertAcceptedAsync(before, 0);
        var (first, second) = (await NewUserAsync(), await NewUserAsync());
        var (mark, tokens) = (test.Traffic.Mark, test.Cloud.Apns.ProviderTokensSeen);
        const string Told = "Apple says that our credentials were renewed too often; pushes wait for a while.";
        using (test.Traffic.Add(new FaultRule { StandIn = "apns", Status = 429, Reason = "TooManyProviderTokenUpdates" }))
        {
            await UnregisterAsync(first);
            await AssertWaitsAsync(first, 0, Told, TooManyTokens);
            await UnregisterAsync(second);
            await AssertWaitsAsync(second, 0, Told, TooManyTokens);
            await AssertAcceptedAsync(second, 1);
            Assert.Equal(1, Sends("apns", mark));
        }

        await test.PassAsync(TooManyTokens - TimeSpan.FromMinutes(1));
        await test.Cloud.ServiceBus.WaitUntilIdleAsync(Stop);
        Assert.Equal(1, Sends("apns", mark));
        Assert.Equal(tokens, test.Cloud.Apns.ProviderTokensSeen);

        await test.PassAsync(TimeSpan.FromMinutes(2));
        await test.Cloud.ServiceBus.WaitUntilIdleAsync(Stop);
        await test.PassAsync(TimeSpan.FromMinutes(2));
        await AssertAcceptedAsync(first, 0);
        await AssertAcceptedAsync(second, 0);
    }

    [Fact]
    public async Task A_provider_that_answers_429_for_an_hour_is_asked_ever_more_seldom_and_gets_the_push_in_the_end()
    {
        var user = await NewUserAsync();
        var mark = test.Traffic.Mark;
        var waits = new List<TimeSpan>();
        using (test.Traffic.Add(new FaultRule { StandIn = "fcm", Operation = "send", Status = 429, Reason = "QUOTA_EXCEEDED" }))
        {
            await UnregisterAsync(user);
            await AssertAcceptedAsync(user, 0);
            for (var until = test.Time.GetUtcNow().AddHours(1); test.Time.GetUtcNow() < until;)
            {
                var attempt = waits.Count + 1;
                var seen = await test.RevocationAsync(
                    user, user.DeviceIds[1], now => now.PushAttempts == attempt, $"attempt {attempt}");
                Assert.Equal(RevokePushState.Retrying, seen.Push);
                waits.Add(seen.NextAttemptAt!.Value - test.Time.GetUtcNow());
                await test.PassAsync(waits[^1] + TimeSpan.FromSeconds(1));
            }

            await test.RevocationAsync(user, user.DeviceIds[1], now => now.PushAttempts == waits.Count + 1, "the last attempt");
            Assert.Equal(waits.Count + 1, Sends("fcm", mark));
        }

        Assert.InRange(waits.Count, 6, 10);
        Assert.All(waits, wait => Assert.True(wait > TimeSpan.FromSeconds(55), "Google wants a minute at least."));
        Assert.True(waits[^1] > TimeSpan.FromMinutes(10), "It is asked ever more seldom.");
        await test.PassAsync(TimeSpan.FromHours(1.25));
        await AssertAcceptedAsync(user, 1);
    }

    [Fact]
    public async Task An_error_that_Google_does_not_name_is_believed_once_and_then_given_up()
    {
        var user = await NewUserAsync();
        var mark = test.Traffic.Mark;
        using (test.Traffic.Add(new FaultRule { StandIn = "fcm", Operation = "send", Status = 500, Reason = "UNSPECIFIED_ERROR" }))
        {
            await UnregisterAsync(user);
            await AssertWaitsAsync(user, 1, "Google's push service failed without a reason.", TimeSpan.FromSeconds(10));
            await test.PassAsync(TimeSpan.FromMinutes(1));
            await test.RevocationAsync(user, user.DeviceIds[1], seen => seen.Push == RevokePushState.GivenUp, "it was given up");
        }

        await test.PassAsync(TimeSpan.FromDays(1));
        await test.Cloud.ServiceBus.WaitUntilIdleAsync(Stop);
        Assert.Equal(2, Sends("fcm", mark));
    }

    [Fact]
    public async Task A_push_after_one_error_that_Google_does_not_name_is_taken()
    {
        var user = await NewUserAsync();
        using (test.Traffic.Add(new FaultRule { StandIn = "fcm", Operation = "send", Status = 500, Reason = "UNSPECIFIED_ERROR" }))
        {
            await UnregisterAsync(user);
            await AssertWaitsAsync(user, 1, "Google's push service failed without a reason.", TimeSpan.FromSeconds(10));
        }

        await test.PassAsync(TimeSpan.FromMinutes(1));
        await AssertAcceptedAsync(user, 1);
    }

    [Fact]
    public async Task A_push_that_was_only_held_back_is_not_made_to_wait_longer_for_it()
    {
        var (first, second) = (await NewUserAsync(), await NewUserAsync());
        using (test.Traffic.Add(new FaultRule { StandIn = "apns", Operation = "send", Status = 403, Reason = "Forbidden" }))
        {
            await UnregisterAsync(first);
            await AssertWaitsAsync(first, 0, AppleRefuses, OpenFor);
            await UnregisterAsync(second);
            await AssertWaitsAsync(second, 0, AppleRefuses, OpenFor);
        }

        Assert.Equal(1, (await test.RevocationAsync(first, first.DeviceIds[0], _ => true, "it is there")).PushAttempts);
        Assert.Equal(0, (await test.RevocationAsync(second, second.DeviceIds[0], _ => true, "it is there")).PushAttempts);
        await test.PassAsync(OpenFor + TimeSpan.FromSeconds(2));
        await test.Cloud.ServiceBus.WaitUntilIdleAsync(Stop);
        await test.PassAsync(TimeSpan.FromMinutes(2));
        await AssertAcceptedAsync(second, 0);
    }

    [Theory]
    [InlineData("token", 503, "Google's sign-in is out of order; it will be tried again.", "00:00:10")]
    [InlineData("token", 400, "Google refuses our service account.", "00:00:30")]
    public async Task Without_Googles_sign_in_pushes_to_Android_wait_and_others_go_on(string operation, int status, string told, string wait)
    {
        // An access token lives an hour; this one has to be requested again.
        await test.PassAsync(TimeSpan.FromHours(2));
        var user = await NewUserAsync();
        using (test.Traffic.Add(new FaultRule { StandIn = "fcm", Operation = operation, Status = status }))
        {
            await UnregisterAsync(user);
            await AssertAcceptedAsync(user, 0);
            await AssertWaitsAsync(user, 1, told, TimeSpan.Parse(wait, System.Globalization.CultureInfo.InvariantCulture));
        }

        await test.PassAsync(OpenFor + TimeSpan.FromSeconds(2));
        await AssertAcceptedAsync(user, 1);
    }

    /// <summary>A user with an iPhone and an Android phone that confirm nothing by themselves.</summary>
    private async Task<TestUser> NewUserAsync()
    {
        var user = await test.NewUserAsync(phones: 2);
        await Task.WhenAll(user.Phones.Select(phone => phone.SetLosePushesAsync(true, Stop)));
        return user;
    }

    private Task UnregisterAsync(TestUser user) => test.Admin().UnregisterAsync(user.UserId, null, Stop);

    private async Task AssertWaitsAsync(TestUser user, int phone, string told, TimeSpan wait)
    {
        var seen = await test.RevocationAsync(user, user.DeviceIds[phone], now => now.Push == RevokePushState.Retrying, "it waits");
        Assert.Equal((told, RevocationState.Blocked), (seen.PushReason, seen.State));
        Assert.InRange(seen.NextAttemptAt!.Value, seen.BlockedAt + (wait / 2), test.Time.GetUtcNow() + (wait * 1.25));
        var stored = await test.DocumentsAsync(user, $"c.id = 'revocation:{user.DeviceIds[phone]}'");
        Assert.True(stored.Values.Single().TryGetProperty("pushHandle", out _), "The push handle is kept.");
    }

    private async Task AssertAcceptedAsync(TestUser user, int phone)
    {
        var seen = await test.RevocationAsync(user, user.DeviceIds[phone], now => now.Push == RevokePushState.Accepted, "it was taken");
        Assert.Equal(RevocationState.PushAccepted, seen.State);
    }

    private bool IsDueLater(RevocationDetails seen) => seen.NextAttemptAt > test.Time.GetUtcNow();

    private int Sends(string provider, long since) =>
        test.Traffic.Since(since).Count(seen => seen.StandIn == provider && seen.Operation == "send");

    private IEnumerable<string> Lines(int since) => test.Logs.Lines.Skip(since);
}
