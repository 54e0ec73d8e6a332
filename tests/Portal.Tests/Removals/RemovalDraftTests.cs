using System.Net;
using BlokSec.Contracts;
using BlokSec.Portal.Api;
using BlokSec.Portal.Removals;
using BlokSec.Portal.Tests.Infrastructure;
using Microsoft.Extensions.Time.Testing;

namespace BlokSec.Portal.Tests.Removals;

public sealed class RemovalDraftTests : IDisposable
{
    private const string Path = "/api/users/maria-lopez/devices/d1/removal";
    private const string Ask = $"GET {Path}/plan";
    private const string Do = $"POST {Path}";

    private const string Look = "GET /api/users/maria-lopez";

    private static readonly UserDetails Maria = Samples.User(Samples.Device(id: "d1"));

    private static readonly UserDetails Removed = Samples.User() with
    {
        Operations = [Samples.Operation("op-1", "d1")],
        Revocations = [Samples.Revocation(Samples.Device(id: "d1"))],
    };

    private readonly FakeTimeProvider clock = new(Samples.Now) { AutoAdvanceAmount = TimeSpan.Zero };
    private readonly StubApi stub = new();
    private readonly RemovalDraft draft;

    public RemovalDraftTests()
    {
        draft = new RemovalDraft(stub.Api, clock, Maria, "d1");
        stub.Answer(Ask, Samples.Plan(Samples.Planned(Samples.Device())), PortalJson.Default.RevocationPlanDetails);
    }

    private static CancellationToken CancellationToken => TestContext.Current.CancellationToken;

    private IReadOnlyList<string> Keys => [.. stub.Requests.Where(seen => seen.Request == Do).Select(seen => seen.Headers["Idempotency-Key"])];

    public void Dispose() => stub.Dispose();

    [Fact]
    public async Task Nothing_is_sent_before_the_phrase_is_right()
    {
        await draft.LoadAsync(CancellationToken);
        draft.Typed = "Remove device";
        Assert.Null(await draft.SendAsync(CancellationToken));
        Assert.Empty(Keys);
    }

    [Fact]
    public async Task Of_a_time_of_the_loss_that_came_twice_the_first_is_meant()
    {
        clock.SetLocalTimeZone(TimeZoneInfo.FindSystemTimeZoneById("Europe/Berlin"));
        stub.Answer(Do, Samples.Operation(), PortalJson.Default.OperationDetails, HttpStatusCode.Accepted);
        await draft.LoadAsync(CancellationToken);
        (draft.Typed, draft.LostSince) = ("remove device", "2026-10-25T02:30");
        await draft.SendAsync(CancellationToken);
        Assert.Contains("2026-10-25T00:30:00", stub.Requests[^1].Body, StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_is_sent_is_the_plan_that_was_seen_the_phrase_and_the_reason()
    {
        stub.Answer(Do, Samples.Operation(), PortalJson.Default.OperationDetails, HttpStatusCode.Accepted);
        await draft.LoadAsync(CancellationToken);
        (draft.Typed, draft.Reason) = ("remove device", "  stolen ");
        Assert.Equal("op-1", (await draft.SendAsync(CancellationToken))?.OperationId);
        Assert.Equal("""{"confirmation":"remove device","planHash":"hash-1","reason":"stolen","immediately":false}""", stub.Requests[^1].Body);
    }

    [Fact]
    public async Task A_lost_answer_is_asked_for_again_with_the_same_key()
    {
        stub.Lose(Do).Refuse(Do, HttpStatusCode.ServiceUnavailable, ProblemCodes.Unavailable)
            .Answer(Do, Samples.Operation(), PortalJson.Default.OperationDetails, HttpStatusCode.Accepted);
        await draft.LoadAsync(CancellationToken);
        draft.Typed = "remove device";
        Assert.Equal("op-1", (await WithTimeAsync(draft.SendAsync(CancellationToken)))?.OperationId);
        Assert.Equal(3, Keys.Count);
        Assert.Single(Keys.Distinct());
    }

    [Fact]
    public async Task I11_When_every_answer_was_lost_the_user_tells_that_it_was_done()
    {
        stub.Lose(Do).Answer(Look, Removed, PortalJson.Default.UserDetails);
        Assert.Equal("op-1", (await SendAsync())?.OperationId);
        Assert.Null(draft.Problem);
    }

    [Fact]
    public async Task I11_When_every_answer_was_lost_the_user_tells_that_nothing_was_done()
    {
        stub.Refuse(Do, HttpStatusCode.InternalServerError, ProblemCodes.InternalError).Answer(Look, Maria, PortalJson.Default.UserDetails);
        Assert.Null(await SendAsync());
        Assert.Equal((RemovalOutcome.NothingDone, ProblemKind.Fault), (draft.Outcome, draft.Problem?.Kind));
    }

    [Fact]
    public async Task I11_A_request_that_may_still_arrive_is_looked_for_until_it_is_certain()
    {
        stub.Lose(Do).Answer(Look, Maria, PortalJson.Default.UserDetails).Answer(Look, Removed, PortalJson.Default.UserDetails);
        Assert.Equal("op-1", (await SendAsync())?.OperationId);
    }

    [Fact]
    public async Task I11_Nothing_is_said_to_be_done_before_a_lost_request_can_no_longer_be_carried_out()
    {
        stub.Lose(Do).Answer(Look, Maria, PortalJson.Default.UserDetails);
        await draft.LoadAsync(CancellationToken);
        draft.Typed = "remove device";
        DateTimeOffset? lost = null;
        draft.Changed += () => lost ??= draft.Outcome == RemovalOutcome.Looking ? clock.GetUtcNow() : null;
        Assert.Null(await WithTimeAsync(draft.SendAsync(CancellationToken)));
        Assert.Equal(RemovalOutcome.NothingDone, draft.Outcome);
        Assert.True(draft.OutcomeAt - lost >= RemovalLook.Certain);
    }

    [Fact]
    public async Task I11_What_cannot_be_found_out_is_not_known_until_it_is_looked_again()
    {
        stub.Lose(Do).Lose(Look).Lose(Look).Lose(Look).Answer(Look, Removed, PortalJson.Default.UserDetails);
        Assert.Null(await SendAsync());
        Assert.Equal(RemovalOutcome.Unknown, draft.Outcome);
        Assert.Equal("op-1", (await draft.LookAsync(CancellationToken))?.OperationId);
        Assert.Equal(3, Keys.Count);
    }

    [Fact]
    public async Task I11_A_refusal_after_a_lost_answer_does_not_tell_what_became_of_the_first()
    {
        stub.Lose(Do).Refuse(Do, HttpStatusCode.TooManyRequests, ProblemCodes.TooManyRequests)
            .Refuse(Do, HttpStatusCode.Conflict, ProblemCodes.OperationInProgress)
            .Answer(Look, Removed, PortalJson.Default.UserDetails);
        Assert.Equal("op-1", (await SendAsync())?.OperationId);
    }

    [Fact]
    public async Task A_refusal_alone_says_that_nothing_was_done_without_looking()
    {
        stub.Refuse(Do, HttpStatusCode.Conflict, ProblemCodes.OperationInProgress);
        Assert.Null(await SendAsync());
        Assert.Equal(RemovalOutcome.NothingDone, draft.Outcome);
        Assert.DoesNotContain(stub.Requests, seen => seen.Request == Look);
    }

    [Fact]
    public async Task I11_A_device_that_is_gone_although_its_operation_is_not_listed_was_removed()
    {
        stub.Lose(Do).Answer(Look, Samples.User(), PortalJson.Default.UserDetails);
        Assert.Null(await SendAsync());
        Assert.Equal((RemovalOutcome.Done, null), (draft.Outcome, draft.Problem));
    }

    [Fact]
    public async Task A_double_click_sends_once()
    {
        stub.Answer(Do, Samples.Operation(), PortalJson.Default.OperationDetails);
        await draft.LoadAsync(CancellationToken);
        draft.Typed = "remove device";
        var second = Task.FromResult<OperationDetails?>(Samples.Operation());
        draft.Changed += SendAgain;
        await draft.SendAsync(CancellationToken);
        Assert.Null(await second);
        Assert.Single(Keys);

        void SendAgain()
        {
            if (draft.IsSending)
            {
                second = draft.SendAsync(CancellationToken);
            }
        }
    }

    [Fact]
    public async Task Another_reason_is_another_request()
    {
        stub.Refuse(Do, HttpStatusCode.Conflict, ProblemCodes.OperationInProgress);
        await draft.LoadAsync(CancellationToken);
        draft.Typed = "remove device";
        await draft.SendAsync(CancellationToken);
        await draft.SendAsync(CancellationToken);
        draft.Reason = "stolen";
        await draft.SendAsync(CancellationToken);
        Assert.Equal(2, Keys.Distinct().Count());
        Assert.Equal(Keys[0], Keys[1]);
    }

    [Fact]
    public async Task A_stale_plan_is_shown_anew_and_has_to_be_confirmed_anew()
    {
        var other = Samples.Plan(Samples.Planned(Samples.Device())) with { PlanHash = "hash-2", RemainingDevices = 1 };
        stub.Answer(Ask, other, PortalJson.Default.RevocationPlanDetails);
        stub.Refuse(Do, HttpStatusCode.Conflict, ProblemCodes.PlanStale);
        await draft.LoadAsync(CancellationToken);
        draft.Typed = "remove device";
        Assert.Null(await draft.SendAsync(CancellationToken));
        Assert.Equal("hash-2", draft.Plan?.PlanHash);
        Assert.Equal(["The user would keep 1 device, not 2."], draft.Changes);
        Assert.Equal("", draft.Typed);
        Assert.Null(draft.Problem);
    }

    private async Task<OperationDetails?> SendAsync()
    {
        await draft.LoadAsync(CancellationToken);
        draft.Typed = "remove device";
        return await WithTimeAsync(draft.SendAsync(CancellationToken));
    }

    private async Task<OperationDetails?> WithTimeAsync(Task<OperationDetails?> sending)
    {
        while (!sending.IsCompleted)
        {
            clock.Advance(TimeSpan.FromSeconds(1));
            await Task.Yield();
        }

        return await sending;
    }
}
