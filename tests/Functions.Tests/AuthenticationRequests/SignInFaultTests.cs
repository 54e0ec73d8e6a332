using System.Net;
using BlokSec.Contracts;
using BlokSec.Functions.Identities;
using BlokSec.Functions.Tests.Infrastructure;
using BlokSec.Functions.Tests.Promises;
using BlokSec.Functions.Tests.SignIns;
using BlokSec.Local.Faults;
using static BlokSec.Functions.Tests.AuthenticationRequests.SignInTest;

namespace BlokSec.Functions.Tests.AuthenticationRequests;

/// <summary>What the flows of the crash tests do not meet: calls that name no user, and what the database does within one call.</summary>
public sealed class SignInFaultTests(CloudFixture fixture) : IClassFixture<CloudFixture>
{
    private TestCloud Test => fixture.Cloud;

    [Fact]
    public async Task A_request_that_was_written_although_the_database_said_to_try_again_is_not_made_twice()
    {
        var user = await Test.NewUserAsync();
        await Test.ForgetSignInsAsync(user);
        using (Test.Traffic.Add(Database("batch") with { Contains = user.UserId, Status = 449, Times = 1, Stage = FaultStage.After }))
        {
            Assert.Equal(SignInPush.Queued, (await Test.AskAsync(user)).Push);
        }

        var request = Assert.Single(await RequestsAsync(user));
        Assert.Equal(AuthenticationRequestStatus.Pending, request.Status);
        var guard = Assert.Single(await Test.AllAsync<SignInGuardDocument>(user, SignInGuardDocument.DocumentType));
        Assert.Equal(request.RequestId, Assert.Single(guard.Unanswered).RequestId);
    }

    [Theory]
    [InlineData(FaultStage.Before)]
    [InlineData(FaultStage.After)]
    public async Task An_application_whose_user_cannot_be_looked_up_is_told_of_an_outage_and_asks_again(FaultStage stage)
    {
        var user = await Test.NewUserAsync();
        await Test.ForgetSignInsAsync(user);
        using var application = Test.Application();
        using (Test.Traffic.Add(Database("query") with { Status = 503, Stage = stage }))
        {
            Assert.Equal(
                (HttpStatusCode.ServiceUnavailable, ProblemCodes.Unavailable), await CodeAsync(application.AskRawAsync(new { login_hint = Hint(user) }, Stop)));
        }

        Assert.Empty(await RequestsAsync(user));
        await application.AskAsync(new AuthenticationRequest { LoginHint = Hint(user) }, Stop);
        Assert.Single(await RequestsAsync(user));
    }

    [Fact]
    public async Task An_outage_is_no_outcome_for_an_application_that_polls()
    {
        var user = await Test.NewUserAsync();
        var asked = await Test.AskAsync(user);
        using var application = Test.Application();
        using (Test.Traffic.Add(Database("read") with { Contains = user.UserId, Status = 503 }))
        {
            Assert.Equal(
                (HttpStatusCode.ServiceUnavailable, ProblemCodes.Unavailable), await CodeAsync(application.PollRawAsync(asked.AuthenticationRequestId, Stop)));
        }

        Test.Time.Advance(TimeSpan.FromSeconds(asked.Interval));
        Assert.Equal(AuthenticationRequestStatus.Pending, (await application.OutcomeAsync(asked.AuthenticationRequestId, Stop)).Status);
    }

    private static FaultRule Database(string operation) => new() { StandIn = "cosmos", Operation = operation, Caller = "BlokSec.Functions" };

    private Task<IReadOnlyList<AuthenticationRequestDocument>> RequestsAsync(TestUser user) =>
        Test.AllAsync<AuthenticationRequestDocument>(user, AuthenticationRequestDocument.DocumentType);
}
