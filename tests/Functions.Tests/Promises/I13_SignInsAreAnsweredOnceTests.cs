using System.Net;
using System.Text.Json.Nodes;
using BlokSec.Contracts;
using BlokSec.Functions.Identities;
using BlokSec.Functions.Tests.AuthenticationRequests;
using BlokSec.Functions.Tests.Infrastructure;
using BlokSec.Local.Faults;
using Microsoft.Azure.Cosmos;
using static BlokSec.Functions.Tests.AuthenticationRequests.AnsweringPhone;
using static BlokSec.Functions.Tests.AuthenticationRequests.SignInTest;

namespace BlokSec.Functions.Tests.Promises;

public sealed class I13_SignInsAreAnsweredOnceTests(CloudFixture fixture) : IClassFixture<CloudFixture>
{
    private TestCloud Test => fixture.Cloud;

    [Fact]
    public async Task I13_Of_two_phones_that_answer_at_the_same_moment_one_wins_and_the_other_learns_it()
    {
        var user = await Test.NewUserAsync(phones: 2);
        // A push that is late would take an answered request off the other's screen.
        await Task.WhenAll(user.Phones.Select(phone => phone.SetLosePushesAsync(true, Stop)));
        using var application = Test.Application();
        var asked = await application.AskAsync(new AuthenticationRequest { LoginHint = Hint(user) }, Stop);
        var (one, other) = (await ShownAsync(user.Phones[0]), await ShownAsync(user.Phones[1]));

        await Task.WhenAll(
            user.Phones[0].AnswerSignInAsync(one.RequestId, SignInDecision.Accept, asked.Number, Stop),
            user.Phones[1].AnswerSignInAsync(other.RequestId, SignInDecision.Cancel, number: null, Stop));

        var outcome = await application.OutcomeAsync(asked.AuthenticationRequestId, Stop);
        string[] messages = [.. user.Phones.Select(phone => phone.State.Message!)];
        Assert.Contains("This sign-in was answered already.", messages);
        Assert.Contains(outcome.Status == AuthenticationRequestStatus.Accepted ? "Signed in." : "The sign-in was cancelled.", messages);
        Assert.Equal(outcome.Status == AuthenticationRequestStatus.Accepted, outcome.Assertion is not null);
    }

    [Fact]
    public async Task I13_An_answer_whose_answer_got_lost_is_the_same_answer()
    {
        var user = await Test.NewUserAsync();
        using var application = Test.Application();
        var asked = await application.AskAsync(new AuthenticationRequest { LoginHint = Hint(user) }, Stop);
        var shown = await ShownAsync(user.Phones[0]);

        var first = await Test.AnswerAsync(user, shown, asked.Number);
        var assertion = (await application.OutcomeAsync(asked.AuthenticationRequestId, Stop)).Assertion;
        var again = await Test.AnswerAsync(user, shown, asked.Number);
        var otherwise = await Test.CallAsync(user.Phones[0], shown.RequestId, new AuthenticationAnswer { Decision = SignInDecision.Cancel });

        Assert.Equal((200, 200), (first.Status, again.Status));
        Assert.Equal((409, ProblemCodes.RequestAnswered), (otherwise.Status, otherwise.ProblemCode));
        Assert.NotNull(assertion);
        Assert.Equal(assertion, (await Test.RequestOfAsync(user, shown)).Assertion);
    }

    [Theory]
    [InlineData("before")]
    [InlineData("after")]
    public async Task I13_A_lost_answer_of_the_database_loses_no_decision(string stage)
    {
        var user = await Test.NewUserAsync();
        using var application = Test.Application();
        var asked = await application.AskAsync(new AuthenticationRequest { LoginHint = Hint(user) }, Stop);
        var shown = await ShownAsync(user.Phones[0]);
        Test.Traffic.Add(new FaultRule
        {
            StandIn = "cosmos",
            Operation = "batch",
            Contains = user.UserId,
            Drop = true,
            Times = 1,
            Stage = Enum.Parse<FaultStage>(stage, ignoreCase: true),
        });

        await Test.UntilAsync(async () => (await Test.AnswerAsync(user, shown, asked.Number)).IsSuccess ? this : null, "the answer was taken");

        Assert.Equal(AuthenticationRequestStatus.Accepted, (await application.OutcomeAsync(asked.AuthenticationRequestId, Stop)).Status);
    }

    [Fact]
    public async Task I13_Three_wrong_numbers_deny_whatever_the_request()
    {
        var user = await Test.NewUserAsync();
        using var application = Test.Application();
        var first = await application.AskAsync(new AuthenticationRequest { LoginHint = Hint(user) }, Stop);
        var shown = await ShownAsync(user.Phones[0]);
        Assert.Equal(2, AttemptsLeft(await Test.AnswerAsync(user, shown, Wrong(first.Number, 1))));
        Assert.Equal(2, AttemptsLeft(await Test.AnswerAsync(user, shown, Wrong(first.Number, 1))));
        Assert.Equal(1, AttemptsLeft(await Test.AnswerAsync(user, shown, Wrong(first.Number, 2))));

        var second = await application.AskAsync(new AuthenticationRequest { LoginHint = Hint(user) }, Stop);
        var answer = await Test.AnswerAsync(user, await ShownAsync(user.Phones[0]), Wrong(second.Number, 3));

        Assert.Equal((AuthenticationRequestStatus.Denied, DenialReason.WrongNumber), Read(answer));
        Assert.Equal(
            new AuthenticationOutcome(AuthenticationRequestStatus.Denied, DenialReason.WrongNumber, null),
            await application.OutcomeAsync(second.AuthenticationRequestId, Stop));
        var audit = await Test.Admin().Http.GetStringAsync(new Uri($"users/{user.UserId}/audit", UriKind.Relative), Stop);
        Assert.Contains(AuditActions.SignInWrongNumber, audit, StringComparison.Ordinal);

        // The user is not locked out by it: the right number is accepted, and what was before is forgotten.
        var third = await application.AskAsync(new AuthenticationRequest { LoginHint = Hint(user) }, Stop);
        Assert.Equal(AuthenticationRequestStatus.Accepted, Read(await Test.AnswerAsync(user, await ShownAsync(user.Phones[0]), third.Number)).Status);
        var fourth = await application.AskAsync(new AuthenticationRequest { LoginHint = Hint(user) }, Stop);
        Assert.Equal(2, AttemptsLeft(await Test.AnswerAsync(user, await ShownAsync(user.Phones[0]), Wrong(fourth.Number, 1))));
    }

    [Fact]
    public async Task I13_A_removed_phone_never_accepts()
    {
        var user = await Test.NewUserAsync(phones: 2);
        using var application = Test.Application();
        var asked = await application.AskAsync(new AuthenticationRequest { LoginHint = Hint(user) }, Stop);
        var shown = await ShownAsync(user.Phones[1]);
        var registration = user.Phones[1].State.Registration!;
        await Test.Admin().RemoveAsync(user.UserId, registration.DeviceId, reason: null, Stop);

        var answer = await Test.AnswerAsync(registration, shown, asked.Number);

        Assert.Equal((410, ProblemCodes.DeviceRemoved), (answer.Status, answer.ProblemCode));
        Assert.NotEqual(AuthenticationRequestStatus.Accepted, (await application.OutcomeAsync(asked.AuthenticationRequestId, Stop)).Status);
    }

    [Fact]
    public async Task I13_An_expired_request_yields_no_acceptance()
    {
        var user = await Test.NewUserAsync();
        using var application = Test.Application();
        var asked = await application.AskAsync(new AuthenticationRequest { LoginHint = Hint(user), RequestedExpiry = 30 }, Stop);
        var shown = await ShownAsync(user.Phones[0]);
        // As if it had been asked for half a minute ago.
        await Test.PatchAsync(user, AuthenticationRequestDocument.IdOf(shown.RequestId), PatchOperation.Set("/expiresAt", Test.Time.GetUtcNow()));

        var answer = await Test.AnswerAsync(user, shown, asked.Number);

        Assert.Equal((410, ProblemCodes.RequestExpired), (answer.Status, answer.ProblemCode));
        Assert.Equal(
            new AuthenticationOutcome(AuthenticationRequestStatus.Expired, null, null), await application.OutcomeAsync(asked.AuthenticationRequestId, Stop));
    }

    [Theory]
    [MemberData(nameof(Forgeries))]
    public async Task I13_What_is_not_signed_by_both_keys_over_this_request_is_refused(string what)
    {
        var user = await Test.NewUserAsync();
        var stranger = await Test.NewUserAsync();
        var asked = await Test.AskAsync(user);
        var shown = await ShownAsync(user.Phones[0]);
        var mine = user.Phones[0].State.Registration!;
        var theirs = stranger.Phones[0].State.Registration!;
        var byDevice = Test.Signed(mine, shown, asked.Number);
        var byDid = byDevice with { Key = mine.DidKey, KeyId = mine.DidKey.Did };
        var (device, did) = what switch
        {
            "the DID of another user" => (byDevice, byDid with { Key = theirs.DidKey, KeyId = theirs.DidKey.Did }),
            "the DID's name with another key" => (byDevice, byDid with { Key = theirs.DidKey }),
            "the device's name with another key" => (byDevice with { Key = theirs.DeviceKey }, byDid),
            "the device's signature twice" => (byDevice, byDevice),
            "another request" => (byDevice, byDid with { Claims = Claim("request", new string('0', 32)) }),
            "another number" => (byDevice, byDid with { Claims = Claim("number", "000000") }),
            "another context" => (byDevice with { Claims = Claim("context", "x") }, byDid),
            "another audience" => (byDevice with { Claims = Claim("aud", "https://elsewhere.example") }, byDid),
            "a decision to cancel" => (byDevice, byDid with { Claims = Claim("decision", "cancel") }),
            "another type" => (byDevice, byDid with { Header = Claim("typ", "did-proof+jwt") }),
            "no algorithm" => (byDevice, byDid with { Header = Claim("alg", "none") }),
            _ => throw new ArgumentOutOfRangeException(nameof(what), what, null),
        };

        var answer = await Test.CallAsync(user.Phones[0], shown.RequestId, new AuthenticationAnswer
        {
            Decision = SignInDecision.Accept,
            Number = asked.Number,
            DeviceSignature = device.Build(),
            DidSignature = did.Build(),
        });

        Assert.Equal((401, ProblemCodes.ProofInvalid), (answer.Status, answer.ProblemCode));
        Assert.Equal(AuthenticationRequestStatus.Pending, (await Test.RequestOfAsync(user, shown)).Status);
    }

    public static TheoryData<string> Forgeries() =>
    [
        "the DID of another user", "the DID's name with another key", "the device's name with another key", "the device's signature twice",
        "another request", "another number", "another context", "another audience", "a decision to cancel", "another type", "no algorithm",
    ];

    [Fact]
    public async Task I13_The_phone_of_another_user_sees_and_answers_nothing()
    {
        var user = await Test.NewUserAsync();
        var stranger = await Test.NewUserAsync();
        var asked = await Test.AskAsync(user);
        var shown = await ShownAsync(user.Phones[0]);

        var answer = await Test.AnswerAsync(stranger.Phones[0].State.Registration!, shown, asked.Number);

        Assert.Equal((404, ProblemCodes.NotFound), (answer.Status, answer.ProblemCode));
        Assert.Equal(AuthenticationRequestStatus.Pending, (await Test.RequestOfAsync(user, shown)).Status);
    }

    [Fact]
    public async Task Requests_that_nobody_accepts_are_held_back_with_an_alert()
    {
        var user = await Test.NewUserAsync();
        using var application = Test.Application();
        for (var count = 0; count < 6; count++)
        {
            await application.AskAsync(new AuthenticationRequest { LoginHint = Hint(user) }, Stop);
        }

        Assert.Equal(
            (HttpStatusCode.TooManyRequests, ProblemCodes.RequestsHeldBack), await CodeAsync(application.AskRawAsync(new { login_hint = Hint(user) }, Stop)));
        var audit = await Test.Admin().Http.GetStringAsync(new Uri($"users/{user.UserId}/audit", UriKind.Relative), Stop);
        Assert.Contains(AuditActions.SignInsHeldBack, audit, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_unregistered_user_is_refused()
    {
        var user = await Test.NewUserAsync();
        await Test.Admin().UnregisterAsync(user.UserId, reason: null, Stop);
        using var application = Test.Application();

        Assert.Equal(
            (HttpStatusCode.Forbidden, ProblemCodes.SignInRefused), await CodeAsync(application.AskRawAsync(new { login_hint = Hint(user) }, Stop)));
    }

    private static Dictionary<string, JsonNode?> Claim(string name, string value) => new() { [name] = value };
}
