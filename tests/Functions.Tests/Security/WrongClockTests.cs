using System.Globalization;
using BlokSec.Contracts;
using BlokSec.Functions.Tests.Attacks;
using BlokSec.Functions.Tests.Infrastructure;
using BlokSec.Local.Phones.Keys;

namespace BlokSec.Functions.Tests.Security;

public sealed class WrongClockTests(OpenCloud cloud) : IClassFixture<OpenCloud>
{
    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(-3600)]
    [InlineData(3600)]
    [InlineData(-40_000_000)]
    public async Task A_phone_whose_clock_is_off_enrolls_and_learns_that_it_was_removed(int seconds)
    {
        var user = await cloud.Test.NewUserAsync(phones: 0, invited: true);
        var renewed = await cloud.Api.SendAsync(cloud.Admin, HttpMethod.Post, $"users/{user.UserId}/claim/renewal");
        var phone = cloud.Test.NewPhone();
        await phone.SetClockAsync(TimeSpan.FromSeconds(seconds), Stop);

        await phone.EnrollAsync(renewed.Json.GetProperty("link").GetString()!, Stop);
        var deviceId = phone.State.Registration!.DeviceId;
        await phone.SetLosePushesAsync(true, Stop);
        await phone.SetClockAsync(TimeSpan.FromSeconds(-seconds), Stop);
        var removal = await cloud.Api.SendAsync(
            cloud.Admin, HttpMethod.Post, $"users/{user.UserId}/devices/{deviceId}/removal", """{"confirmation":"remove device"}""");
        Assert.Equal(202, removal.Status);
        await phone.OpenAppAsync(Stop);

        Assert.Null(phone.State.Registration);
        Assert.Empty(phone.State.Dying);
        await cloud.RestAsync(user);
    }

    [Theory]
    [InlineData(-61.5)]
    [InlineData(90)]
    public async Task A_genuine_proof_of_another_time_is_told_the_servers(double seconds)
    {
        var user = await cloud.Test.NewUserAsync();
        var call = cloud.Call(user, HttpMethod.Get, "mobile/device/status");
        var before = cloud.Test.Time.GetUtcNow();

        var answer = await call.SendAsync(cloud.Api, (call.Proof with { IssuedAt = before.AddSeconds(seconds) }).Build());

        AssertTold(answer, before);
    }

    [Theory]
    [InlineData(Victims.Restore)]
    [InlineData(Victims.Redemption)]
    public async Task The_proof_of_a_DID_too(string endpoint)
    {
        var call = await cloud.NewCallAsync(endpoint);
        var before = cloud.Test.Time.GetUtcNow();

        var answer = await call.Enrolling((call.DidProof with { IssuedAt = before.AddHours(-1) }).Build()).SendAsync(cloud.Api);

        AssertTold(answer, before);
    }

    [Fact]
    public async Task Whoever_did_not_sign_is_not_told()
    {
        var call = await cloud.NewCallAsync(Victims.Status);

        var answer = await call.SendAsync(
            cloud.Api, (call.Proof with { IssuedAt = cloud.Test.Time.GetUtcNow().AddHours(-1), SignedBy = PhoneKey.Create(KeyKind.P256) }).Build());

        Assert.False(answer.Problem(401, ProblemCodes.ProofInvalid).TryGetProperty("serverTime", out _));
    }

    private void AssertTold(RawAnswer answer, DateTimeOffset before)
    {
        var told = answer.Problem(401, ProblemCodes.ClockSkewed).GetProperty("serverTime").GetDateTimeOffset();
        Assert.InRange(told, before, cloud.Test.Time.GetUtcNow());
        Assert.Equal(told.ToString("R", CultureInfo.InvariantCulture), answer.Headers.Date!.Value.ToString("R", CultureInfo.InvariantCulture));
        Assert.Contains("clock", answer.Json.GetProperty("detail").GetString(), StringComparison.Ordinal);
    }
}
