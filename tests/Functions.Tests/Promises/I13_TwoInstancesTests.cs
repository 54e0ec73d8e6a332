using System.Net;
using System.Text.Json;
using BlokSec.Contracts;
using BlokSec.Functions.Tests.Attacks;
using BlokSec.Functions.Tests.AuthenticationRequests;
using BlokSec.Functions.Tests.Infrastructure;
using BlokSec.Local.Demo;
using BlokSec.Local.Phones;
using static BlokSec.Functions.Tests.AuthenticationRequests.AnsweringPhone;
using static BlokSec.Functions.Tests.AuthenticationRequests.SignInTest;

namespace BlokSec.Functions.Tests.Promises;

/// <summary>Two instances of the app, which share nothing but the database.</summary>
public sealed class I13_TwoInstancesTests(TwoInstances instances) : IClassFixture<TwoInstances>
{
    private TestCloud Test => instances.Cloud;

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    public async Task I13_A_request_is_asked_for_at_one_instance_answered_at_the_other_and_polled_at_both(int asking)
    {
        var user = await Test.NewUserAsync();
        using var here = Test.Application(instance: instances[asking]);
        using var there = Test.Application(instance: instances[1 - asking]);
        var asked = await here.AskAsync(new AuthenticationRequest { LoginHint = Hint(user) }, Stop);
        Assert.Equal(AuthenticationRequestStatus.Pending, (await there.OutcomeAsync(asked.AuthenticationRequestId, Stop)).Status);

        Read(await Test.AnswerAsync(user, await ShownAsync(user.Phones[0]), asked.Number, instances[1 - asking]));

        var outcome = await here.OutcomeAsync(asked.AuthenticationRequestId, Stop);
        Assert.Equal(AuthenticationRequestStatus.Accepted, outcome.Status);
        Test.Time.Advance(TimeSpan.FromSeconds(asked.Interval));
        Assert.Equal(outcome, await there.OutcomeAsync(asked.AuthenticationRequestId, Stop));
    }

    [Fact]
    public async Task I13_Denied_requests_are_counted_across_instances()
    {
        var user = await Test.NewUserAsync();
        using var one = Test.Application(instance: instances[0]);
        using var other = Test.Application(instance: instances[1]);
        ApplicationClient[] applications = [one, other];
        for (var count = 0; count < 5; count++)
        {
            await applications[count % 2].AskAsync(new AuthenticationRequest { LoginHint = Hint(user) }, Stop);
            await CancelAsync(user, instances[(count + 1) % 2]);
        }

        foreach (var application in applications)
        {
            Assert.Equal(
                (HttpStatusCode.TooManyRequests, ProblemCodes.RequestsHeldBack), await CodeAsync(application.AskRawAsync(new { login_hint = Hint(user) }, Stop)));
        }

        Assert.Single(await Test.AuditAsync(user), entry => entry.Action == AuditActions.SignInsHeldBack);
    }

    [Fact]
    public async Task I13_After_it_was_not_me_no_instance_takes_a_request()
    {
        var user = await Test.NewUserAsync();
        using var here = Test.Application(instance: instances[0]);
        using var there = Test.Application(instance: instances[1]);
        await here.AskAsync(new AuthenticationRequest { LoginHint = Hint(user) }, Stop);
        var answer = new AuthenticationAnswer { Decision = SignInDecision.NotMe };
        Read(await Test.CallAsync(user.Signer(0), (await ShownAsync(user.Phones[0])).RequestId, answer, instances[0]));

        Assert.Equal((HttpStatusCode.TooManyRequests, ProblemCodes.RequestsHeldBack), await CodeAsync(there.AskRawAsync(new { login_hint = Hint(user) }, Stop)));
    }

    [Fact]
    public async Task I13_Wrong_numbers_are_counted_across_instances_and_requests()
    {
        var user = await Test.NewUserAsync();
        using var here = Test.Application(instance: instances[0]);
        using var there = Test.Application(instance: instances[1]);
        var first = await here.AskAsync(new AuthenticationRequest { LoginHint = Hint(user) }, Stop);
        var shown = await ShownAsync(user.Phones[0]);
        Assert.Equal(2, AttemptsLeft(await Test.AnswerAsync(user, shown, Wrong(first.Number, 1), instances[0])));
        Assert.Equal(2, AttemptsLeft(await Test.AnswerAsync(user, shown, Wrong(first.Number, 1), instances[1])));
        Assert.Equal(1, AttemptsLeft(await Test.AnswerAsync(user, shown, Wrong(first.Number, 2), instances[1])));

        var second = await there.AskAsync(new AuthenticationRequest { LoginHint = Hint(user) }, Stop);
        var answer = await Test.AnswerAsync(user, await ShownAsync(user.Phones[0]), Wrong(second.Number, 3), instances[0]);

        Assert.Equal((AuthenticationRequestStatus.Denied, DenialReason.WrongNumber), Read(answer));
        Assert.Equal(DenialReason.WrongNumber, (await there.OutcomeAsync(second.AuthenticationRequestId, Stop)).Reason);
    }

    [Theory]
    [InlineData("accept")]
    [InlineData("cancel")]
    [InlineData("wrong number")]
    public async Task I13_The_proof_of_an_answer_counts_once_for_all_instances(string what)
    {
        var user = await Test.NewUserAsync();
        var asked = await Test.AskAsync(user);
        var shown = await ShownAsync(user.Phones[0]);
        var registration = user.Phones[0].State.Registration!;
        var answer = what == "cancel"
            ? new AuthenticationAnswer { Decision = SignInDecision.Cancel }
            : Test.Acceptance(registration, shown, what == "accept" ? asked.Number : Wrong(asked.Number, 1));
        var call = Test.Call(
            user,
            HttpMethod.Post,
            $"mobile/authentication-requests/{shown.RequestId}/answer",
            JsonSerializer.SerializeToUtf8Bytes(answer, PhoneJson.Options));
        var proof = call.Proof.Build();
        using var here = new RawApi(instances[0]);
        using var there = new RawApi(instances[1]);
        await Test.QuietAsync();
        Assert.Equal(what == "wrong number" ? ProblemCodes.WrongNumber : null, (await call.SendAsync(here, proof)).Code);
        var before = await Test.TextAsync(user);

        foreach (var api in (RawApi[])[here, there])
        {
            (await call.SendAsync(api, proof)).Problem(401, ProblemCodes.ProofInvalid);
        }

        Assert.Equal(before, await Test.TextAsync(user));
    }

    private async Task CancelAsync(TestUser user, Uri instance)
    {
        var shown = await ShownAsync(user.Phones[0]);
        var answer = await Test.CallAsync(user.Signer(0), shown.RequestId, new AuthenticationAnswer { Decision = SignInDecision.Cancel }, instance);
        Assert.Equal((AuthenticationRequestStatus.Denied, DenialReason.Cancelled), Read(answer));
    }
}
