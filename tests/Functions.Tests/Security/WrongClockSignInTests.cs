using System.Text.Json;
using BlokSec.Contracts;
using BlokSec.Functions.Tests.Attacks;
using BlokSec.Functions.Tests.AuthenticationRequests;
using BlokSec.Functions.Tests.Infrastructure;
using BlokSec.Local.Phones;
using BlokSec.Local.Phones.Wire;
using static BlokSec.Functions.Tests.AuthenticationRequests.SignInTest;

namespace BlokSec.Functions.Tests.Security;

/// <summary>Phones with a wrong clock answer sign-ins, and the window of each of the three signatures of an answer is exact.</summary>
public sealed class WrongClockSignInTests(StoppedClock clock) : IClassFixture<StoppedClock>
{
    private const string Call = "call";
    private const string Device = "device";
    private const string Did = "DID";

    private TestCloud Test => clock.Cloud;

    [Theory]
    [InlineData(-7_200)]
    [InlineData(7_200)]
    [InlineData(-40_000_000)]
    public async Task I13_A_phone_whose_clock_is_off_is_told_so_and_accepts(int seconds)
    {
        var user = await Test.NewUserAsync();
        var phone = user.Phones[0];
        using var application = Test.Application();
        var asked = await application.AskAsync(new AuthenticationRequest { LoginHint = Hint(user) }, Stop);
        var shown = await ShownAsync(phone);

        // Between showing and answering, so that no earlier call has corrected it.
        await phone.SetClockAsync(TimeSpan.FromSeconds(seconds), Stop);
        await phone.AnswerSignInAsync(shown.RequestId, SignInDecision.Accept, asked.Number, Stop);

        Assert.Equal("Signed in.", phone.State.Message);
        var outcome = await application.OutcomeAsync(asked.AuthenticationRequestId, Stop);
        await AssertionCheck.VerifyAsync(Test, outcome.Assertion!, user, Payroll, shown.RequestId);
    }

    [Theory]
    [InlineData(-7_200)]
    [InlineData(7_200)]
    public async Task A_phone_whose_clock_is_off_reports_a_lost_phone_and_unregisters(int seconds)
    {
        var user = await Test.NewUserAsync(phones: 2);
        foreach (var phone in user.Phones)
        {
            await phone.SetLosePushesAsync(true, Stop);
            await phone.SetClockAsync(TimeSpan.FromSeconds(seconds), Stop);
        }

        await user.Phones[0].ReportLostAsync(user.DeviceIds[1], Stop);
        Assert.Equal("The phone was blocked. Your administrator knows.", user.Phones[0].State.Message);
        await user.Phones[0].DepartAsync(Stop);

        Assert.Null(user.Phones[0].State.Registration);
        Assert.Empty((await Test.Admin().UserAsync(user.UserId, Stop)).Devices);
    }

    [Theory]
    [InlineData(Call, -60_000, true)]
    [InlineData(Call, -60_001, false)]
    [InlineData(Call, 60_000, true)]
    [InlineData(Call, 60_001, false)]
    [InlineData(Device, -60_000, true)]
    [InlineData(Device, -60_001, false)]
    [InlineData(Device, 60_000, true)]
    [InlineData(Device, 60_001, false)]
    [InlineData(Did, -60_000, true)]
    [InlineData(Did, -60_001, false)]
    [InlineData(Did, 60_000, true)]
    [InlineData(Did, 60_001, false)]
    [InlineData(Did, -7_200_000, false)]
    public async Task I13_Each_signature_of_an_acceptance_may_be_a_minute_off_and_no_millisecond_more(string signature, int milliseconds, bool isAccepted)
    {
        var user = await Test.NewUserAsync();
        var asked = await Test.AskAsync(user);
        var shown = await ShownAsync(user.Phones[0]);
        var registration = user.Phones[0].State.Registration!;
        var now = Test.Time.GetUtcNow();
        var then = now.AddMilliseconds(milliseconds);
        var byDevice = Test.Signed(registration, shown, asked.Number);
        var byDid = byDevice with { Key = registration.DidKey, KeyId = registration.DidKey.Did };
        var answer = new AuthenticationAnswer
        {
            Decision = SignInDecision.Accept,
            Number = asked.Number,
            DeviceSignature = Of(byDevice, signature == Device).Build(),
            DidSignature = Of(byDid, signature == Did).Build(),
        };
        var call = Test.Call(
            user,
            HttpMethod.Post,
            $"mobile/authentication-requests/{shown.RequestId}/answer",
            JsonSerializer.SerializeToUtf8Bytes(answer, PhoneJson.Options));
        using var api = new RawApi(Test.Cloud.ApiAddress);

        var told = await call.SendAsync(api, (call.Proof with { IssuedAt = signature == Call ? then : now }).Build());

        Assert.Equal(isAccepted ? 200 : 401, told.Status);
        if (!isAccepted)
        {
            Assert.Equal(now, told.Problem(401, ProblemCodes.ClockSkewed).GetProperty("serverTime").GetDateTimeOffset());
            Assert.Equal(AuthenticationRequestStatus.Pending, (await Test.RequestOfAsync(user, shown)).Status);
        }

        SignInAnswer Of(SignInAnswer honest, bool isOff) => honest with { IssuedAt = isOff ? then : now };
    }
}
