using System.Net;
using BlokSec.Contracts;
using BlokSec.Portal.Api;
using BlokSec.Portal.Tests.Infrastructure;

namespace BlokSec.Portal.Tests.Api;

public sealed class ApiConnectionTests : IDisposable
{
    private const string Ask = "GET /api/users";

    private readonly StubApi stub = new();

    private static CancellationToken CancellationToken => TestContext.Current.CancellationToken;

    public void Dispose() => stub.Dispose();

    [Theory]
    [InlineData(HttpStatusCode.Unauthorized, ProblemCodes.Unauthenticated, ProblemKind.SessionExpired)]
    [InlineData(HttpStatusCode.Forbidden, ProblemCodes.Forbidden, ProblemKind.Forbidden)]
    [InlineData(HttpStatusCode.NotFound, ProblemCodes.NotFound, ProblemKind.NotFound)]
    [InlineData(HttpStatusCode.NotFound, "", ProblemKind.Invalid)]
    [InlineData(HttpStatusCode.Conflict, ProblemCodes.PlanStale, ProblemKind.Conflict)]
    [InlineData(HttpStatusCode.PreconditionFailed, ProblemCodes.PreconditionFailed, ProblemKind.Conflict)]
    [InlineData(HttpStatusCode.BadRequest, ProblemCodes.InvalidRequest, ProblemKind.Invalid)]
    [InlineData(HttpStatusCode.TooManyRequests, ProblemCodes.TooManyRequests, ProblemKind.TooMany)]
    [InlineData(HttpStatusCode.ServiceUnavailable, ProblemCodes.Unavailable, ProblemKind.Unavailable)]
    [InlineData(HttpStatusCode.InternalServerError, ProblemCodes.InternalError, ProblemKind.Fault)]
    public async Task A_refusal_is_a_problem_with_its_code_and_the_APIs_words(HttpStatusCode status, string code, ProblemKind kind)
    {
        stub.Refuse(Ask + "?", status, code);
        var result = await stub.Api.ListUsersAsync([("search", "")], null, CancellationToken);
        Assert.Null(result.Value);
        Assert.Equal(new ApiProblem(kind, code, "In the API's words."), result.Problem);
    }

    [Fact]
    public async Task A_gateways_answer_without_problem_details_is_a_problem_too()
    {
        stub.Answer(Ask + "?", () => new HttpResponseMessage(HttpStatusCode.BadGateway) { Content = new StringContent("<html>") });
        Assert.Equal(
            new ApiProblem(ProblemKind.Unavailable, "http-502", null), (await stub.Api.ListUsersAsync([("search", "")], null, CancellationToken)).Problem);
    }

    [Fact]
    public async Task Without_a_network_nothing_is_thrown()
    {
        stub.Lose(Ask + "?");
        Assert.Equal(ApiProblem.Unreachable, (await stub.Api.ListUsersAsync([("search", "")], null, CancellationToken)).Problem);
    }

    [Fact]
    public async Task Without_a_session_nothing_is_sent()
    {
        stub.IsSignedIn = false;
        Assert.Equal(ApiProblem.SessionExpired, (await stub.Api.ListUsersAsync([("search", "")], null, CancellationToken)).Problem);
        Assert.Empty(stub.Requests);
    }

    [Fact]
    public async Task An_answer_that_is_no_JSON_is_a_fault_and_not_a_crash()
    {
        stub.Answer(Ask + "?", () => new HttpResponseMessage { Content = new StringContent("<html>") });
        Assert.Equal(ProblemKind.Fault, (await stub.Api.ListUsersAsync([("search", "")], null, CancellationToken)).Problem?.Kind);
    }

    [Fact]
    public async Task Searches_and_continuations_are_escaped()
    {
        stub.Answer(Ask + "?search=a%26b%20%C3%A9&continuation=x%2B%2F%3D", new UserList([], null), PortalJson.Default.UserList);
        Assert.NotNull((await stub.Api.ListUsersAsync([("search", "a&b é")], "x+/=", CancellationToken)).Value);
        Assert.Equal("Bearer token", stub.Requests[0].Headers["Authorization"]);
    }
}
