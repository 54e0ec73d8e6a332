using System.Text.Json;
using System.Text.Json.Nodes;
using BlokSec.Contracts;
using BlokSec.Functions.Tests.Attacks;
using BlokSec.Functions.Tests.AuthenticationRequests;
using BlokSec.Functions.Tests.Infrastructure;
using BlokSec.Functions.Tests.Promises;

namespace BlokSec.Functions.Tests.Devices;

/// <summary>What phones tell of themselves with their calls.</summary>
public sealed class CheckInTests(CloudFixture fixture) : IClassFixture<CloudFixture>, IDisposable
{
    private readonly RawApi api = new(fixture.Cloud.Cloud.ApiAddress);

    private TestCloud Test => fixture.Cloud;

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    public void Dispose() => api.Dispose();

    [Fact]
    public async Task A_phone_tells_what_changed_and_the_administrator_sees_it_as_of_then()
    {
        var user = await Test.NewUserAsync();
        var told = Test.Time.GetUtcNow();
        await CheckInAsync(user, new JsonObject { ["name"] = "Maria's phone", ["os"] = "iOS 20.1", ["app"] = "6.0.0", ["notifications"] = true, ["clock"] = -95 });

        var device = await DeviceAsync(user);
        Assert.Equal(("Maria's phone", "iOS 20.1", "6.0.0", -95), (device.Name, device.OsVersion, device.AppVersion, device.ClockOffset));
        Assert.InRange(device.FactsAt!.Value, told, Test.Time.GetUtcNow());
        Assert.Equal(PushStatus.Receiving, device.Push);
    }

    [Fact]
    public async Task What_is_as_it_was_is_not_written_again()
    {
        var user = await Test.NewUserAsync();
        await CheckInAsync(user, Facts(true, clock: 10));
        var before = await Test.TextAsync(user);

        await CheckInAsync(user, Facts(true, clock: 12));

        Assert.Equal(before, await Test.TextAsync(user));
    }

    [Fact]
    public async Task A_phone_without_notifications_is_not_receiving_until_they_are_on_again()
    {
        var user = await Test.NewUserAsync();
        await CheckInAsync(user, Facts(false));
        Assert.Equal(PushStatus.NotificationsOff, (await DeviceAsync(user)).Push);
        Assert.Equal(SignInPush.NotPossible, (await Test.AskAsync(user)).Push);

        await CheckInAsync(user, Facts(true));
        Assert.Equal(PushStatus.Receiving, (await DeviceAsync(user)).Push);
        Assert.Equal(
            [(PushStatus.Receiving, PushStatus.NotificationsOff), (PushStatus.NotificationsOff, PushStatus.Receiving)],
            (await Test.AuditAsync(user))
                .Where(entry => entry.Action == AuditActions.PushStatusChanged)
                .Select(entry => (Enum.Parse<PushStatus>(entry.Before!["pushStatus"]!), Enum.Parse<PushStatus>(entry.After!["pushStatus"]!))));
    }

    [Theory]
    [InlineData("""{"name":"\u202Eevil\u0000","os":7,"app":null,"notifications":"no","clock":1e99}""")]
    [InlineData("""{"name":"","os":"","later":{"a":1},"clock":12.5}""")]
    [InlineData("[]")]
    [InlineData("\"facts\"")]
    [InlineData("null")]
    public async Task What_cannot_be_taken_is_left_out_and_never_hides_the_status(string facts)
    {
        var user = await Test.NewUserAsync();
        var before = await DeviceAsync(user);

        await CheckInAsync(user, JsonNode.Parse(facts));

        var after = await DeviceAsync(user);
        Assert.DoesNotContain('\u202E', after.Name);
        Assert.Equal((before.OsVersion, before.AppVersion, before.Push, null), (after.OsVersion, after.AppVersion, after.Push, after.ClockOffset));
    }

    [Fact]
    public async Task A_removed_phone_is_told_so_whatever_it_tells()
    {
        var user = await Test.NewUserAsync(phones: 2);
        await user.Phones[0].SetOfflineAsync(true, Stop);
        await Test.RemovedAsync(user, 0);
        var call = Test.Call(user, HttpMethod.Get, "mobile/device/status");

        (await call.SendAsync(api, (call.Proof with { Claims = Claims(Facts(false)) }).Build())).Problem(410, ProblemCodes.DeviceRemoved);
    }

    [Fact]
    public async Task A_push_handle_that_is_taken_back_is_not_pushed_to_and_no_kept_proof_brings_it_back()
    {
        var user = await Test.NewUserAsync();
        var put = Test.PushHandleCall(user);
        var kept = (put.Proof with { IssuedAt = Test.Time.GetUtcNow().AddSeconds(-20) }).Build();
        Assert.Equal(204, (await put.SendAsync(api, (put.Proof with { IssuedAt = Test.Time.GetUtcNow().AddSeconds(-30) }).Build())).Status);
        var taking = Test.Call(user, HttpMethod.Delete, "mobile/device/push-handle");
        var taken = taking.Proof.Build();

        Assert.Equal(204, (await taking.SendAsync(api, taken)).Status);
        Assert.Equal(204, (await taking.SendAsync(api)).Status);
        (await taking.SendAsync(api, taken)).Problem(401, ProblemCodes.ProofInvalid);
        (await put.SendAsync(api, kept)).Problem(401, ProblemCodes.ProofInvalid);

        var device = await DeviceAsync(user);
        Assert.Equal((PushStatus.NotReceiving, false), (device.Push, device.CanBecomeActive));
        Assert.Equal(SignInPush.NotPossible, (await Test.AskAsync(user)).Push);
        Assert.Single(await Test.AuditAsync(user), entry => entry.Action == AuditActions.PushStatusChanged);

        await user.Phones[0].OpenAppAsync(Stop);
        Assert.Equal(PushStatus.Receiving, (await DeviceAsync(user)).Push);
    }

    [Fact]
    public async Task The_app_tells_by_itself_that_notifications_were_turned_off()
    {
        var user = await Test.NewUserAsync();

        await user.Phones[0].SetAllowNotificationsAsync(false, Stop);

        Assert.Equal(PushStatus.NotificationsOff, (await DeviceAsync(user)).Push);
    }

    [Fact]
    public async Task A_test_push_tells_whether_a_device_can_be_reached()
    {
        var user = await Test.NewUserAsync();
        var other = await Test.NewUserAsync();
        var path = $"users/{user.UserId}/devices/{user.DeviceIds[0]}/test-push";

        var reached = await TestAsync(TestCloud.Alice, path);
        Assert.True(reached.Json.GetProperty("accepted").GetBoolean());
        await Test.UntilAsync(
            () => Task.FromResult(user.Phones[0].State.Notifications.FirstOrDefault(shown => shown.Title == "Test notification")), "the test notification");

        await user.Phones[0].DeleteAppAsync(Stop);
        var gone = await TestAsync(TestCloud.Alice, path);
        Assert.False(gone.Json.GetProperty("accepted").GetBoolean());
        Assert.Equal(PushStatus.NotReceiving, (await DeviceAsync(user)).Push);
        Assert.Equal(2, (await Test.AuditAsync(user)).Count(entry => entry.Action == AuditActions.PushTested));

        Assert.Equal(404, (await TestAsync(TestCloud.Neighbour, path)).Status);
        Assert.Equal(403, (await TestAsync(TestCloud.Reader, path)).Status);
        Assert.Equal(404, (await TestAsync(TestCloud.Alice, $"users/{user.UserId}/devices/{other.DeviceIds[0]}/test-push")).Status);
    }

    [Fact]
    public async Task A_phone_that_was_silent_for_a_month_is_doubtful()
    {
        var user = await Test.NewUserAsync();

        await Test.PassAsync(TimeSpan.FromDays(31));
        Assert.Equal(PushStatus.Unknown, (await DeviceAsync(user)).Push);

        await user.Phones[0].OpenAppAsync(Stop);
        Assert.Equal(PushStatus.Receiving, (await DeviceAsync(user)).Push);
    }

    private static JsonObject Facts(bool notifications, int clock = 0) => new() { ["notifications"] = notifications, ["clock"] = clock };

    private static Dictionary<string, JsonNode?> Claims(JsonNode? facts) => new() { ["facts"] = facts };

    private async Task CheckInAsync(TestUser user, JsonNode? facts)
    {
        var call = Test.Call(user, HttpMethod.Get, "mobile/device/status");
        Assert.Equal(200, (await call.SendAsync(api, (call.Proof with { Claims = Claims(facts) }).Build())).Status);
    }

    private async Task<(int Status, JsonElement Json)> TestAsync(string administrator, string path)
    {
        using var answer = await Test.Admin(administrator).Http.PostAsync(new Uri(path, UriKind.Relative), content: null, Stop);
        return ((int)answer.StatusCode, JsonElement.Parse(await answer.Content.ReadAsStringAsync(Stop)));
    }

    private async Task<DeviceDetails> DeviceAsync(TestUser user) => Assert.Single((await Test.Admin().UserAsync(user.UserId, Stop)).Devices);
}
