using System.Net;
using BlokSec.Contracts;
using BlokSec.Portal.Api;
using BlokSec.Portal.Requests;
using BlokSec.Portal.Tests.Infrastructure;
using Bunit;

namespace BlokSec.Portal.Tests.Requests;

public sealed class RequestPageTests : ConsoleTest
{
    private const string Request = "GET /api/users/maria-lopez/authentication-requests/r-1";

    [Fact]
    public void A_pending_request_is_followed_until_it_ends()
    {
        Answer(Samples.SignIn());
        Answer(Samples.SignIn(Samples.Request() with
        {
            Status = AuthenticationRequestStatus.Accepted,
            RespondedAt = Samples.Now,
        }) with
        { AnsweringDevice = new SignInDevice("pushed", "Work phone"), WrongNumbers = 1 });
        var page = Open();
        Assert.Contains("Waiting for the answer", page.Find("[data-testid=timeline]").TextContent, StringComparison.Ordinal);

        Clock.Advance(TimeSpan.FromSeconds(2));

        page.WaitForAssertion(() => Assert.Contains("Accepted", page.Find("[data-testid=timeline]").TextContent, StringComparison.Ordinal));
        Assert.Contains("6 digits, 1 wrong number typed.", Text(page), StringComparison.Ordinal);
        Clock.Advance(TimeSpan.FromMinutes(10));
        Assert.Equal(2, Stub.Requests.Count);
    }

    [Fact]
    public void A_request_that_is_not_there_is_told()
    {
        Stub.Refuse(Request, HttpStatusCode.NotFound, ProblemCodes.NotFound);
        Assert.NotEmpty(Open().FindAll("[data-testid=no-such-request]"));
    }

    [Fact]
    public void What_to_do_stands_beside_it_was_not_me()
    {
        Answer(Samples.SignIn(Samples.Request() with { Status = AuthenticationRequestStatus.Denied, Reason = DenialReason.NotMe }));
        Assert.Contains("Ask the user about it.", Text(Open()), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(AuthenticationRequestStatus.Pending, "Push on its way", "Not opened on a phone yet", "Waiting for the answer")]
    [InlineData(AuthenticationRequestStatus.Expired, "Push not confirmed", "Not opened on a phone", "Expired")]
    [InlineData(AuthenticationRequestStatus.Superseded, "Push not confirmed", "Not opened on a phone", "Superseded")]
    public void Each_end_has_its_timeline(AuthenticationRequestStatus status, params string[] titles) => Assert.Equal(
        ["Requested by the application", .. titles],
        RequestWords.Timeline(Samples.SignIn(Samples.Request() with { Status = status })).Select(stage => stage.Title));

    private IRenderedComponent<RequestPage> Open() => Render<RequestPage>(parameters => parameters
        .Add(page => page.UserId, "maria-lopez")
        .Add(page => page.RequestId, "r-1"));

    private void Answer(AuthenticationRequestRecord record) => Stub.Answer(Request, record, PortalJson.Default.AuthenticationRequestRecord);
}
