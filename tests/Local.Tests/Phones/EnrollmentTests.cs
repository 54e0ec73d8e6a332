using BlokSec.Contracts;
using BlokSec.Local.Phones;
using BlokSec.Local.Phones.Keys;

namespace BlokSec.Local.Tests.Phones;

public sealed class EnrollmentTests
{
    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_scanned_claim_enrolls_the_phone_with_new_keys()
    {
        await using var world = await PhoneWorld.StartAsync();
        var phone = world.Phone(DevicePlatform.Ios);

        await phone.EnrollAsync(PhoneWorld.Link, Stop);

        var registration = phone.State.Registration!;
        Assert.Equal(("contoso", "ada", 7), (registration.TenantId, registration.UserId, registration.Epoch));
        var call = Assert.Single(world.Api.Calls);
        Assert.Equal("Q29kZS1vZi0xMjgtYml0cw", call.Body.GetProperty("code").GetString());
        Assert.Equal(registration.Did, call.Body.GetProperty("did").GetString());
        var device = call.Body.GetProperty("device");
        Assert.Equal("ios", device.GetProperty("platform").GetString());
        Assert.Equal("apns", device.GetProperty("pushHandle").GetProperty("kind").GetString());
        Assert.Equal(phone.State.PushAddress.Token, device.GetProperty("pushHandle").GetProperty("value").GetString());
        Assert.Equal(1, world.Api.KeySetFetches);
        Assert.Equal(PhoneScreen.Home, phone.View.Screen);
    }

    [Fact]
    public async Task The_key_of_the_did_vouches_for_the_device_key_and_the_claim()
    {
        await using var world = await PhoneWorld.StartAsync();
        var phone = await world.EnrolledAsync(DevicePlatform.Android);

        var call = Assert.Single(world.Api.Calls);
        Assert.True(CompactJws.TryParse(call.Body.GetProperty("didProof").GetString()!, out var proof));
        Assert.True(proof.IsSignedBy(phone.State.Registration!.DidKey.Public));
        Assert.Equal(call.Proof.ClaimText("htu"), proof.ClaimText("aud"));
        Assert.Equal(phone.State.Registration.DeviceId, proof.ClaimText("device"));
    }

    [Fact]
    public async Task Without_permission_to_notify_no_push_handle_is_registered()
    {
        await using var world = await PhoneWorld.StartAsync();
        var phone = world.Phone(DevicePlatform.Android);
        await phone.SetAllowNotificationsAsync(false, Stop);

        await phone.EnrollAsync(PhoneWorld.Link, Stop);

        Assert.False(Assert.Single(world.Api.Calls).Body.GetProperty("device").TryGetProperty("pushHandle", out _));
        await phone.SetAllowNotificationsAsync(true, Stop);
        Assert.Equal(1, world.Api.Count("device/push-handle"));
    }

    [Fact]
    public async Task A_lost_answer_is_asked_for_again_with_the_same_keys()
    {
        await using var world = await PhoneWorld.StartAsync();
        var phone = world.Phone(DevicePlatform.Android);
        world.Api.Script = _ => world.Api.Calls.Count == 1 ? new FakeAnswer(null) : null;

        await phone.EnrollAsync(PhoneWorld.Link, Stop);

        Assert.NotNull(phone.State.Registration);
        Assert.Equal(2, world.Api.Calls.Count);
        AssertSameIdentity(world);
    }

    [Fact]
    public async Task After_a_long_outage_and_a_restart_the_next_scan_still_has_the_same_keys()
    {
        await using var world = await PhoneWorld.StartAsync();
        var phone = world.Phone(DevicePlatform.Android);
        world.Api.Script = _ => FakeApi.Problem(503, ProblemCodes.Unavailable);
        await phone.EnrollAsync(PhoneWorld.Link, Stop);
        Assert.Equal(PhoneTexts.Unreachable, phone.State.Message);
        world.Restart();
        world.Api.Script = _ => null;

        phone = world.Book.Find(phone.Id)!;
        await phone.EnrollAsync(PhoneWorld.Link, Stop);

        Assert.NotNull(phone.State.Registration);
        AssertSameIdentity(world);
    }

    [Theory]
    [InlineData(403, ProblemCodes.ClaimInvalid, "not valid")]
    [InlineData(403, ProblemCodes.ClaimLocked, "Too many wrong codes")]
    [InlineData(403, ProblemCodes.DidRetired, "was reset")]
    [InlineData(409, ProblemCodes.ClaimUsed, "used already")]
    [InlineData(409, ProblemCodes.ClaimReplaced, "replaced by a newer one")]
    [InlineData(409, ProblemCodes.KeyInUse, "cannot be used for this account")]
    [InlineData(409, ProblemCodes.DeviceKeyRevoked, "was removed")]
    [InlineData(409, ProblemCodes.DeviceLimit, "as many phones")]
    [InlineData(410, ProblemCodes.ClaimExpired, "expired")]
    [InlineData(410, ProblemCodes.DeviceRemoved, "was removed")]
    [InlineData(401, ProblemCodes.ClockSkewed, "date and time")]
    [InlineData(401, ProblemCodes.ProofInvalid, "could not recognise")]
    [InlineData(429, ProblemCodes.TooManyRequests, "Can't reach BlokSec")]
    [InlineData(500, ProblemCodes.InternalError, "Can't reach BlokSec")]
    [InlineData(404, ProblemCodes.NotFound, "could not recognise")]
    public async Task A_refusal_is_told_in_plain_words(int status, string code, string words)
    {
        await using var world = await PhoneWorld.StartAsync();
        var phone = world.Phone(DevicePlatform.Android);
        world.Api.Script = _ => FakeApi.Problem(status, code);

        await phone.EnrollAsync(PhoneWorld.Link, Stop);

        Assert.Null(phone.State.Registration);
        Assert.Contains(words, phone.State.Message!, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(409, ProblemCodes.DeviceKeyRevoked)]
    [InlineData(410, ProblemCodes.DeviceRemoved)]
    public async Task After_the_key_was_revoked_the_next_attempt_has_a_new_key(int status, string code)
    {
        await using var world = await PhoneWorld.StartAsync();
        var phone = world.Phone(DevicePlatform.Android);
        world.Api.Script = _ => world.Api.Calls.Count == 1 ? FakeApi.Problem(status, code) : null;

        await phone.EnrollAsync(PhoneWorld.Link, Stop);
        await phone.EnrollAsync(PhoneWorld.Link, Stop);

        Assert.NotNull(phone.State.Registration);
        Assert.Equal(2, world.Api.Calls.Select(call => call.Proof.ClaimText("device")).Distinct().Count());
    }

    [Fact]
    public async Task An_answer_about_another_device_is_not_believed()
    {
        await using var world = await PhoneWorld.StartAsync();
        var phone = world.Phone(DevicePlatform.Android);
        world.Api.Script = call => new FakeAnswer(201, new EnrolledDevice(
            "contoso", "ada", "another-device", call.Body.GetProperty("did").GetString()!, 7, world.Time.GetUtcNow()));

        await phone.EnrollAsync(PhoneWorld.Link, Stop);

        Assert.Null(phone.State.Registration);
    }

    [Fact]
    public async Task A_backup_brings_the_same_did_to_a_second_phone_with_its_own_key()
    {
        await using var world = await PhoneWorld.StartAsync();
        var first = await world.EnrolledAsync(DevicePlatform.Ios);
        var backup = await first.CreateBackupAsync(Stop);
        var second = world.Phone(DevicePlatform.Android);

        await second.RestoreAsync(backup!, Stop);

        Assert.Equal(first.State.Registration!.Did, second.State.Registration!.Did);
        Assert.NotEqual(first.State.Registration.DeviceId, second.State.Registration.DeviceId);
        Assert.Equal(1, world.Api.Count("devices"));
    }

    [Fact]
    public async Task An_enrolled_phone_and_a_foreign_QR_code_send_nothing()
    {
        await using var world = await PhoneWorld.StartAsync();
        var phone = world.Phone(DevicePlatform.Android);
        await phone.EnrollAsync("https://example.com/menu", Stop);
        Assert.Equal(PhoneTexts.NoClaim, phone.State.Message);
        Assert.Empty(world.Api.Calls);

        await phone.EnrollAsync(PhoneWorld.Link, Stop);
        await phone.EnrollAsync(PhoneWorld.Link, Stop);

        Assert.Equal(PhoneTexts.AlreadyEnrolled, phone.State.Message);
        Assert.Single(world.Api.Calls);
    }

    [Theory]
    [InlineData("https://app.example.com/claim#a.b.c", true)]
    [InlineData(" https://app.example.com/claim#a_1.b-2.c\n", true)]
    [InlineData("https://app.example.com/claim#a.b", false)]
    [InlineData("https://app.example.com/claim#a.b.c.d", false)]
    [InlineData("https://app.example.com/claim#a..c", false)]
    [InlineData("https://app.example.com/other#a.b.c", false)]
    [InlineData("https://app.example.com/claim?a.b.c", false)]
    [InlineData("javascript:/claim#a.b.c", false)]
    [InlineData("", false)]
    [InlineData(null, false)]
    public void Only_a_claim_link_is_read_as_one(string? text, bool expected) => Assert.Equal(expected, ClaimLink.TryParse(text, out _));

    private static void AssertSameIdentity(PhoneWorld world) => Assert.Single(world.Api.Calls
        .Select(call => (call.Proof.ClaimText("device"), call.Body.GetProperty("did").GetString()))
        .Distinct());
}
