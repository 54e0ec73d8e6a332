using System.Diagnostics.Metrics;
using System.Net;
using System.Net.Http.Json;
using BlokSec.Contracts;
using BlokSec.Functions.AuthenticationRequests;
using BlokSec.Functions.Security;
using BlokSec.Functions.Tests.Infrastructure;
using BlokSec.Functions.Tests.Promises;
using BlokSec.Local.Demo;
using BlokSec.Local.SignIn;
using Microsoft.Extensions.DependencyInjection;
using static BlokSec.Functions.Tests.AuthenticationRequests.SignInTest;

namespace BlokSec.Functions.Tests.AuthenticationRequests;

/// <summary>Polls that wait for an outcome: <c>Prefer: wait</c>.</summary>
public sealed class LongPollTests(CloudFixture fixture) : IClassFixture<CloudFixture>
{
    private TestCloud Test => fixture.Cloud;

    [Fact]
    public async Task A_poll_that_waits_is_answered_as_soon_as_the_user_answers()
    {
        using var application = Test.Application();
        var user = await Test.NewUserAsync();
        var asked = await Test.AskAsync(user);
        var shown = await ShownAsync(user.Phones[0]);
        var poll = await HeldAsync(Test, application, asked, shown.RequestId);

        await user.Phones[0].AnswerSignInAsync(shown.RequestId, SignInDecision.Accept, asked.Number, Stop);
        var mark = Test.Traffic.Mark;

        var answer = await AnswerAsync(poll);
        Assert.Equal((AuthenticationRequestStatus.Accepted, "wait=30", null), (answer.Outcome.Status, answer.Applied, answer.RetryAfter));
        Assert.NotNull(answer.Outcome.Assertion);
        Assert.InRange(Reads(Test, shown.RequestId, mark), 0, 1);
    }

    [Fact]
    public async Task Two_polls_wait_at_the_same_time_and_each_gets_its_own_outcome()
    {
        using var application = Test.Application();
        var (one, other) = (await Test.NewUserAsync(), await Test.NewUserAsync());
        var (first, second) = (await Test.AskAsync(one), await Test.AskAsync(other));
        var (shown, alsoShown) = (await ShownAsync(one.Phones[0]), await ShownAsync(other.Phones[0]));
        var poll = await HeldAsync(Test, application, first, shown.RequestId);
        var otherPoll = await HeldAsync(Test, application, second, alsoShown.RequestId);

        await other.Phones[0].AnswerSignInAsync(alsoShown.RequestId, SignInDecision.Cancel, number: null, Stop);
        await one.Phones[0].AnswerSignInAsync(shown.RequestId, SignInDecision.Accept, first.Number, Stop);

        Assert.Equal(AuthenticationRequestStatus.Denied, (await AnswerAsync(otherPoll)).Outcome.Status);
        Assert.Equal(AuthenticationRequestStatus.Accepted, (await AnswerAsync(poll)).Outcome.Status);
    }

    [Fact]
    public async Task A_poll_waits_no_longer_than_it_said_reads_one_document_a_second_and_the_next_one_may_follow_at_once()
    {
        using var application = Test.Application();
        var user = await Test.NewUserAsync(phones: 0);
        var asked = await Test.AskAsync(user);
        await Test.QuietAsync();
        var mark = Test.Traffic.Mark;

        var answer = await AnswerAsync(application.PollRawAsync(asked.AuthenticationRequestId, wait: 1, Stop));

        Assert.Equal((AuthenticationRequestStatus.Pending, "wait=1", null), (answer.Outcome.Status, answer.Applied, answer.RetryAfter));
        var database = Test.Traffic.Since(mark)
            .Where(request => request.StandIn == "cosmos" && request.Searchable.Contains(user.UserId, StringComparison.Ordinal)).ToArray();
        Assert.All(database, request => Assert.Equal("read", request.Operation));
        Assert.InRange(database.Length, 2, 3);

        var next = await AnswerAsync(application.PollRawAsync(asked.AuthenticationRequestId, Stop));
        Assert.Equal((AuthenticationRequestStatus.Pending, null, "5"), (next.Outcome.Status, next.Applied, next.RetryAfter));
        Assert.Equal(
            (HttpStatusCode.TooManyRequests, ProblemCodes.SlowDown), await CodeAsync(application.PollRawAsync(asked.AuthenticationRequestId, wait: 30, Stop)));
    }

    [Fact]
    public async Task A_poll_may_take_longer_than_other_calls()
    {
        using var application = Test.Application();
        var asked = await Test.AskAsync(await Test.NewUserAsync(phones: 0));

        var answer = await AnswerAsync(application.PollRawAsync(asked.AuthenticationRequestId, wait: 17, Stop));

        Assert.Equal((AuthenticationRequestStatus.Pending, "wait=17"), (answer.Outcome.Status, answer.Applied));
    }

    [Fact]
    public async Task A_request_that_expires_ends_the_wait()
    {
        using var application = Test.Application();
        var user = await Test.NewUserAsync();
        var asked = await Test.AskAsync(user, expiry: 60);
        var poll = await HeldAsync(Test, application, asked, (await ShownAsync(user.Phones[0])).RequestId);

        Test.Time.Advance(TimeSpan.FromSeconds(61));

        Assert.Equal(AuthenticationRequestStatus.Expired, (await AnswerAsync(poll)).Outcome.Status);
    }

    [Fact]
    public async Task A_newer_request_ends_the_wait_for_the_older()
    {
        using var application = Test.Application();
        var user = await Test.NewUserAsync();
        var poll = await HeldAsync(Test, application, await Test.AskAsync(user), (await ShownAsync(user.Phones[0])).RequestId);

        await Test.AskAsync(user);

        Assert.Equal(AuthenticationRequestStatus.Superseded, (await AnswerAsync(poll)).Outcome.Status);
    }

    [Fact]
    public async Task I9_Nobody_waits_for_the_request_of_another_application()
    {
        var user = await Test.NewUserAsync(phones: 0);
        var asked = await Test.AskAsync(user);
        await Test.QuietAsync();
        foreach (var other in DemoApplication.Defaults.Where(other => other != Payroll && other.Roles.Contains(DemoApplication.Request)))
        {
            using var application = Test.Application(other);
            var mark = Test.Traffic.Mark;
            using var answer = await application.PollRawAsync(asked.AuthenticationRequestId, wait: 30, Stop);
            Assert.Equal((HttpStatusCode.NotFound, false), (answer.StatusCode, answer.Headers.Contains("Preference-Applied")));
            Assert.DoesNotContain(Test.Traffic.Since(mark), request => request is { StandIn: "cosmos", Operation: "read" }
                && request.Searchable.Contains(user.UserId, StringComparison.Ordinal));
        }
    }

    [Fact]
    public async Task I14_An_instance_holds_a_bounded_number_of_polls_of_which_one_application_gets_half()
    {
        await using var test = await TestCloud.StartAsync(new TestCloudOptions
        {
            Settings = new Dictionary<string, string> { ["SignIns__MaxHeldPolls"] = "3" },
        });
        var neighbours = DemoApplication.Defaults.Single(application => application.TenantId != TestCloud.Tenant && application.Name == Payroll.Name);
        using var application = test.Application();
        using var neighbour = test.Application(neighbours);
        using var first = Place(test, Payroll)!;
        using var second = Place(test, Payroll)!;
        Assert.Null(await AppliedAsync(test, application, Payroll));

        Assert.Equal("wait=1", await AppliedAsync(test, neighbour, neighbours));
        using var third = Place(test, neighbours)!;
        Assert.Null(await AppliedAsync(test, neighbour, neighbours));

        second.Dispose();
        Assert.Equal("wait=1", await AppliedAsync(test, application, Payroll));
    }

    [Fact]
    public async Task Whoever_hangs_up_makes_room()
    {
        await using var test = await TestCloud.StartAsync(new TestCloudOptions
        {
            Settings = new Dictionary<string, string> { ["SignIns__MaxHeldPolls"] = "1" },
        });
        using var application = test.Application();
        using var leaving = new CancellationTokenSource();
        var user = await test.NewUserAsync();
        var asked = await test.AskAsync(user);
        var requestId = (await ShownAsync(user.Phones[0])).RequestId;
        var poll = await HeldAsync(test, application, asked, requestId, leaving.Token);

        await leaving.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => poll);
        var mark = test.Traffic.Mark;
        using var place = await test.UntilAsync(() => Task.FromResult(Place(test, Payroll)), "the place is free");

        Assert.InRange(Reads(test, requestId, mark), 0, 10);
    }

    [Fact]
    public async Task An_instance_that_stops_answers_the_polls_that_it_holds()
    {
        var user = await Test.NewUserAsync();
        var asked = await Test.AskAsync(user);
        var shown = await ShownAsync(user.Phones[0]);
        await using var host = await Test.Cloud.StartAnotherHostAsync();
        var instance = await AppInstance.StartAsync(Test.Cloud, host, Test.Time);
        await host.WaitUntilReadyAsync(Stop);
        using var application = new ApplicationClient(host.Address, Test.Cloud.SignIn.Address, Payroll);
        var poll = await HeldAsync(Test, application, asked, shown.RequestId);

        await instance.DisposeAsync();

        Assert.Equal(AuthenticationRequestStatus.Pending, (await AnswerAsync(poll)).Outcome.Status);
    }

    [Fact]
    public async Task A_poll_that_waited_does_not_count_as_a_slow_call()
    {
        using var application = Test.Application();
        var (first, second) = (await Test.AskAsync(await Test.NewUserAsync(phones: 0)), await Test.AskAsync(await Test.NewUserAsync(phones: 0)));
        var calls = 0;
        using var listener = new MeterListener
        {
            InstrumentPublished = (instrument, listener) =>
            {
                if (instrument.Name == "http.server.request.duration" && instrument.Meter.Scope == Test.Services.GetRequiredService<IMeterFactory>())
                {
                    listener.EnableMeasurementEvents(instrument);
                }
            },
        };
        listener.SetMeasurementEventCallback<double>((_, _, tags, _) =>
        {
            foreach (var tag in tags)
            {
                if (tag is { Key: "http.route", Value: string route } && route.EndsWith("authentication-requests/{authenticationRequestId}", StringComparison.Ordinal))
                {
                    Interlocked.Increment(ref calls);
                }
            }
        });
        listener.Start();

        await AnswerAsync(application.PollRawAsync(first.AuthenticationRequestId, wait: 1, Stop));
        await AnswerAsync(application.PollRawAsync(second.AuthenticationRequestId, Stop));
        await AnswerAsync(application.PollRawAsync(first.AuthenticationRequestId, Stop));

        await Test.UntilAsync(() => Task.FromResult(Volatile.Read(ref calls) >= 2 ? Test : null), "the two that came at once are counted");
        Assert.Equal(2, calls);
    }

    /// <summary>A poll that waits, which is seen by a second read of the request.</summary>
    private static async Task<Task<HttpResponseMessage>> HeldAsync(
        TestCloud test, ApplicationClient application, AuthenticationRequestAcknowledgement asked, string requestId, CancellationToken? stop = null)
    {
        var mark = test.Traffic.Mark;
        var poll = application.PollRawAsync(asked.AuthenticationRequestId, wait: 60, stop ?? Stop);
        await test.UntilAsync(() => Task.FromResult(Reads(test, requestId, mark) > 1 ? test : null), "the poll is held");
        return poll;
    }

    /// <summary>What a poll of a new request was granted; null for an answer at once.</summary>
    private static async Task<string?> AppliedAsync(TestCloud test, ApplicationClient application, DemoApplication of)
    {
        var user = await test.NewUserAsync(phones: 0, tenantId: of.TenantId);
        var asked = await application.AskAsync(new AuthenticationRequest { LoginHint = Hint(user) }, Stop);
        var answer = await AnswerAsync(application.PollRawAsync(asked.AuthenticationRequestId, wait: 1, Stop));
        Assert.Equal((AuthenticationRequestStatus.Pending, answer.Applied is null ? "5" : null), (answer.Outcome.Status, answer.RetryAfter));
        return answer.Applied;
    }

    private static IDisposable? Place(TestCloud test, DemoApplication of) =>
        test.Services.GetRequiredService<HeldPolls>().TryEnter(new CallingApplication(of.TenantId, of.ClientId));

    private static int Reads(TestCloud test, string requestId, long mark) => test.Traffic.Since(mark).Count(request =>
        request is { StandIn: "cosmos", Operation: "read" } && request.Path.Contains(requestId, StringComparison.Ordinal));

    private static async Task<(AuthenticationOutcome Outcome, string? Applied, string? RetryAfter)> AnswerAsync(Task<HttpResponseMessage> poll)
    {
        using var response = await poll;
        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        return (
            (await response.Content.ReadFromJsonAsync<AuthenticationOutcome>(AdminClient.Json, Stop))!,
            response.Headers.TryGetValues("Preference-Applied", out var applied) ? Assert.Single(applied) : null,
            response.Headers.RetryAfter?.ToString());
    }
}
