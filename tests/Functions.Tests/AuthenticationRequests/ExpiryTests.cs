using System.Net;
using BlokSec.Contracts;
using BlokSec.Functions.Tests.Infrastructure;
using BlokSec.Functions.Tests.Promises;
using BlokSec.Local.Phones.Wire;
using static BlokSec.Functions.Tests.AuthenticationRequests.AnsweringPhone;
using static BlokSec.Functions.Tests.AuthenticationRequests.SignInTest;

namespace BlokSec.Functions.Tests.AuthenticationRequests;

/// <summary>What ends by the clock ends exactly then: for whoever asks, answers and polls.</summary>
public sealed class ExpiryTests(StoppedClock clock) : IClassFixture<StoppedClock>
{
    private static readonly TimeSpan Moment = TimeSpan.FromMilliseconds(1);

    private TestCloud Test => clock.Cloud;

    [Fact]
    public async Task I13_A_moment_before_its_end_a_request_is_pending_shown_and_accepted()
    {
        var user = await Test.NewUserAsync();
        using var application = Test.Application();
        var asked = await application.AskAsync(new AuthenticationRequest { LoginHint = Hint(user), RequestedExpiry = 30 }, Stop);
        await Test.PassAsync(TimeSpan.FromSeconds(30) - Moment);

        Assert.Equal(AuthenticationRequestStatus.Pending, (await application.OutcomeAsync(asked.AuthenticationRequestId, Stop)).Status);
        Assert.Equal(AuthenticationRequestStatus.Accepted, Read(await Test.AnswerAsync(user, await ShownAsync(user.Phones[0]), asked.Number)).Status);
        await Test.PassAsync(TimeSpan.FromSeconds(asked.Interval));
        Assert.Equal(AuthenticationRequestStatus.Accepted, (await application.OutcomeAsync(asked.AuthenticationRequestId, Stop)).Status);
    }

    [Fact]
    public async Task I13_At_its_end_a_request_is_expired_for_everybody()
    {
        var user = await Test.NewUserAsync();
        using var application = Test.Application();
        var asked = await application.AskAsync(new AuthenticationRequest { LoginHint = Hint(user), RequestedExpiry = 30 }, Stop);
        var shown = await ShownAsync(user.Phones[0]);
        await Test.PassAsync(TimeSpan.FromSeconds(30));

        Assert.Equal(
            new AuthenticationOutcome(AuthenticationRequestStatus.Expired, null, null), await application.OutcomeAsync(asked.AuthenticationRequestId, Stop));
        var listed = await Test.CallAsync(HttpMethod.Get, "mobile/authentication-requests", user.Signer(0), null);
        Assert.Empty(listed.Read<WaitingRequestList>()!.Requests);
        var fetched = await Test.CallAsync(HttpMethod.Get, $"mobile/authentication-requests/{shown.RequestId}", user.Signer(0), null);
        ApiAnswer[] answers =
        [
            fetched,
            await Test.AnswerAsync(user, shown, asked.Number),
            await Test.AnswerAsync(user, shown, Wrong(asked.Number, 1)),
            await Test.CallAsync(user.Phones[0], shown.RequestId, new AuthenticationAnswer { Decision = SignInDecision.Cancel }),
            await Test.CallAsync(user.Phones[0], shown.RequestId, new AuthenticationAnswer { Decision = SignInDecision.NotMe }),
        ];
        Assert.All(answers, answer => Assert.Equal((410, ProblemCodes.RequestExpired), (answer.Status, answer.ProblemCode)));
        Assert.DoesNotContain(await Test.AuditAsync(user), entry => entry.Alert);
    }

    [Fact]
    public async Task The_pause_after_it_was_not_me_ends_exactly_when_it_said()
    {
        var user = await Test.NewUserAsync();
        await Test.AskAsync(user);
        Read(await Test.CallAsync(
            user.Phones[0], (await ShownAsync(user.Phones[0])).RequestId, new AuthenticationAnswer { Decision = SignInDecision.NotMe }));
        using var application = Test.Application();
        await Test.PassAsync(TimeSpan.FromMinutes(10) - Moment);

        using (var refused = await application.AskRawAsync(new { login_hint = Hint(user) }, Stop))
        {
            Assert.Equal((HttpStatusCode.TooManyRequests, TimeSpan.FromSeconds(1)), (refused.StatusCode, refused.Headers.RetryAfter!.Delta));
        }

        await Test.PassAsync(Moment);
        await application.AskAsync(new AuthenticationRequest { LoginHint = Hint(user) }, Stop);
    }

    [Fact]
    public async Task The_pause_after_requests_that_nobody_accepted_is_counted_from_the_end_of_the_last_one()
    {
        var user = await Test.NewUserAsync();
        using var application = Test.Application();
        for (var count = 0; count < 5; count++)
        {
            await application.AskAsync(new AuthenticationRequest { LoginHint = Hint(user), RequestedExpiry = 30 }, Stop);
            await Test.PassAsync(TimeSpan.FromSeconds(30));
        }

        Assert.Equal(
            (HttpStatusCode.TooManyRequests, ProblemCodes.RequestsHeldBack), await CodeAsync(application.AskRawAsync(new { login_hint = Hint(user) }, Stop)));
        await Test.PassAsync(TimeSpan.FromMinutes(10) - Moment);
        Assert.Equal(
            (HttpStatusCode.TooManyRequests, ProblemCodes.RequestsHeldBack), await CodeAsync(application.AskRawAsync(new { login_hint = Hint(user) }, Stop)));
        await Test.PassAsync(Moment);
        await application.AskAsync(new AuthenticationRequest { LoginHint = Hint(user) }, Stop);
    }

    [Fact]
    public async Task A_poll_may_be_half_a_second_early_and_no_moment_more()
    {
        var user = await Test.NewUserAsync();
        using var application = Test.Application();
        var asked = await application.AskAsync(new AuthenticationRequest { LoginHint = Hint(user) }, Stop);
        await application.OutcomeAsync(asked.AuthenticationRequestId, Stop);
        var earliest = TimeSpan.FromSeconds(asked.Interval - 0.5);

        await Test.PassAsync(earliest);
        Assert.Equal(HttpStatusCode.OK, (await CodeAsync(application.PollRawAsync(asked.AuthenticationRequestId, Stop))).Status);
        await Test.PassAsync(earliest - Moment);
        Assert.Equal(ProblemCodes.SlowDown, (await CodeAsync(application.PollRawAsync(asked.AuthenticationRequestId, Stop))).Code);
    }
}
