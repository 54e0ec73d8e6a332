using System.Net;
using BlokSec.Contracts;
using BlokSec.Functions.Identities;
using BlokSec.Functions.Tests.Infrastructure;
using BlokSec.Functions.Tests.Promises;
using BlokSec.Local.SignIn;
using static BlokSec.Functions.Tests.AuthenticationRequests.SignInTest;

namespace BlokSec.Functions.Tests.AuthenticationRequests;

public sealed class RequestAuthenticationTests(CloudFixture fixture) : IClassFixture<CloudFixture>
{
    private TestCloud Test => fixture.Cloud;

    [Fact]
    public async Task A_user_accepts_with_the_number_that_the_application_shows()
    {
        var user = await Test.NewUserAsync();
        using var application = Test.Application();

        var asked = await application.AskAsync(
            new AuthenticationRequest
            {
                LoginHint = Hint(user),
                BindingMessage = "Sign in to Payroll",
                IpAddress = "203.0.113.7",
                Country = "Canada",
                City = "Toronto",
                UserAgent = "Firefox on Windows",
            },
            Stop);
        Assert.Matches("^[0-9]{6}$", asked.Number);
        Assert.Equal(120, asked.ExpiresIn);

        var shown = await ShownAsync(user.Phones[0]);
        Assert.Equal(("Payroll", "Sign in to Payroll", "Toronto", "Firefox on Windows"), (shown.ApplicationName, shown.BindingMessage, shown.City, shown.UserAgent));
        await user.Phones[0].AnswerSignInAsync(shown.RequestId, SignInDecision.Accept, asked.Number, Stop);
        Assert.Equal("Signed in.", user.Phones[0].State.Message);

        var outcome = await application.OutcomeAsync(asked.AuthenticationRequestId, Stop);
        Assert.Equal(AuthenticationRequestStatus.Accepted, outcome.Status);
        await AssertionCheck.VerifyAsync(Test, outcome.Assertion!, user, Payroll, shown.RequestId);
    }

    [Theory]
    [InlineData(SignInDecision.Cancel, DenialReason.Cancelled)]
    [InlineData(SignInDecision.NotMe, DenialReason.NotMe)]
    public async Task A_user_denies(SignInDecision decision, DenialReason reason)
    {
        var user = await Test.NewUserAsync();
        using var application = Test.Application();
        var asked = await application.AskAsync(new AuthenticationRequest { LoginHint = Hint(user) }, Stop);

        await user.Phones[0].AnswerSignInAsync((await ShownAsync(user.Phones[0])).RequestId, decision, number: null, Stop);

        Assert.Equal(
            new AuthenticationOutcome(AuthenticationRequestStatus.Denied, reason, Assertion: null),
            await application.OutcomeAsync(asked.AuthenticationRequestId, Stop));
        var audit = await Test.Admin().Http.GetStringAsync(new Uri($"users/{user.UserId}/audit", UriKind.Relative), Stop);
        Assert.Equal(reason == DenialReason.NotMe, audit.Contains(AuditActions.SignInNotMe, StringComparison.Ordinal));
        Assert.Equal(
            reason == DenialReason.NotMe ? (HttpStatusCode.TooManyRequests, ProblemCodes.RequestsHeldBack) : (HttpStatusCode.Accepted, null),
            await CodeAsync(application.AskRawAsync(new { login_hint = Hint(user) }, Stop)));
    }

    [Fact]
    public async Task A_hint_is_the_account_name_the_email_address_or_the_id_of_the_user()
    {
        var user = await Test.NewUserAsync();
        var email = (await Test.Admin().UserAsync(user.UserId, Stop)).Email;
        using var application = Test.Application();
        foreach (var hint in (string[])[user.UserId, email, email.ToUpperInvariant()])
        {
            await application.AskAsync(new AuthenticationRequest { LoginHint = hint }, Stop);
            await ShownAsync(user.Phones[0]);
        }
    }

    [Fact]
    public async Task I14_One_of_six_hundred_accounts_in_one_application_signs_in_by_its_name()
    {
        var user = await Test.NewUserAsync(accounts: 1);
        var account = (await Test.AllAsync<AccountDocument>(user, AccountDocument.DocumentType)).Single();
        await Test.CreateAsync(user, Enumerable.Range(0, 600).Select(number => account with
        {
            Id = $"account:more-{number:D3}",
            AccountId = $"more-{number:D3}",
            AccountName = $"{user.UserId}-{number:D3}",
            ETag = null,
        }));
        using var application = Test.Application();

        foreach (var name in (string[])[$"{user.UserId}-000", $"{user.UserId}-599"])
        {
            await application.AskAsync(new AuthenticationRequest { LoginHint = name }, Stop);
            await user.Phones[0].OpenAppAsync(Stop);
            Assert.Contains(name, user.Phones[0].State.SignIns.Select(request => request.AccountName));
        }
    }

    [Fact]
    public async Task Whoever_is_unknown_is_answered_like_a_user_without_a_phone()
    {
        var user = await Test.NewUserAsync(phones: 0);
        using var application = Test.Application();

        var known = await application.AskAsync(new AuthenticationRequest { LoginHint = Hint(user) }, Stop);
        var unknown = await application.AskAsync(new AuthenticationRequest { LoginHint = "nobody" }, Stop);

        Assert.Equal(known with { AuthenticationRequestId = "", Number = "" }, unknown with { AuthenticationRequestId = "", Number = "" });
        Assert.Equal(known.AuthenticationRequestId.Length, unknown.AuthenticationRequestId.Length);
        Assert.Equal(
            await application.OutcomeAsync(known.AuthenticationRequestId, Stop), await application.OutcomeAsync(unknown.AuthenticationRequestId, Stop));
    }

    [Fact]
    public async Task A_user_of_another_tenant_or_without_an_account_in_the_application_is_unknown()
    {
        var elsewhere = await Test.NewUserAsync(tenantId: "fabrikam");
        var without = await Test.NewUserAsync(accounts: 0);
        using var application = Test.Application();

        await application.AskAsync(new AuthenticationRequest { LoginHint = Hint(elsewhere) }, Stop);
        await application.AskAsync(new AuthenticationRequest { LoginHint = Hint(without) }, Stop);

        foreach (var phone in (Local.Phones.VirtualPhone[])[elsewhere.Phones[0], without.Phones[0]])
        {
            await phone.OpenAppAsync(Stop);
            Assert.Empty(phone.State.SignIns);
        }
    }

    [Fact]
    public async Task The_outcome_is_for_the_application_that_asked_only()
    {
        var user = await Test.NewUserAsync();
        var asked = await Test.AskAsync(user);
        foreach (var other in DemoApplication.Defaults.Where(other => other != Payroll && other.Roles.Contains(DemoApplication.Request)))
        {
            using var application = Test.Application(other);
            Assert.Equal((HttpStatusCode.NotFound, ProblemCodes.NotFound), await CodeAsync(application.PollRawAsync(asked.AuthenticationRequestId, Stop)));
        }

        using var mine = Test.Application();
        var forged = (asked.AuthenticationRequestId[0] == 'A' ? 'B' : 'A') + asked.AuthenticationRequestId[1..];
        Assert.Equal((HttpStatusCode.NotFound, ProblemCodes.NotFound), await CodeAsync(mine.PollRawAsync(forged, Stop)));
    }

    [Fact]
    public async Task An_application_needs_the_role_and_people_cannot_ask()
    {
        using var without = Test.Application(DemoApplication.Defaults.Single(application => application.Roles.Count == 0));
        Assert.Equal((HttpStatusCode.Forbidden, ProblemCodes.Forbidden), await CodeAsync(without.AskRawAsync(new { login_hint = "x" }, Stop)));

        using var person = await Test.Admin().Http.PostAsync(
            new Uri("authentication-requests", UriKind.Relative), new StringContent("{}", null, "application/json"), Stop);
        Assert.Equal(HttpStatusCode.Forbidden, person.StatusCode);

        using var application = Test.Application();
        using var users = await application.PollRawAsync("../users", Stop);
        Assert.Equal(HttpStatusCode.Forbidden, users.StatusCode);
    }

    [Fact]
    public async Task A_newer_request_of_the_same_account_takes_the_place_of_the_older()
    {
        var user = await Test.NewUserAsync();
        using var application = Test.Application();
        var older = await application.AskAsync(new AuthenticationRequest { LoginHint = Hint(user) }, Stop);
        var shown = await ShownAsync(user.Phones[0]);
        await user.Phones[0].SetLosePushesAsync(true, Stop);
        var newer = await application.AskAsync(new AuthenticationRequest { LoginHint = Hint(user) }, Stop);

        await user.Phones[0].AnswerSignInAsync(shown.RequestId, SignInDecision.Accept, older.Number, Stop);

        Assert.Equal("This sign-in was replaced by a newer one.", user.Phones[0].State.Message);
        Assert.Equal(AuthenticationRequestStatus.Superseded, (await application.OutcomeAsync(older.AuthenticationRequestId, Stop)).Status);
        Assert.Equal(AuthenticationRequestStatus.Pending, (await application.OutcomeAsync(newer.AuthenticationRequestId, Stop)).Status);
    }

    [Fact]
    public async Task Polling_too_often_is_refused()
    {
        var user = await Test.NewUserAsync();
        using var application = Test.Application();
        var asked = await application.AskAsync(new AuthenticationRequest { LoginHint = Hint(user) }, Stop);
        await application.OutcomeAsync(asked.AuthenticationRequestId, Stop);

        Assert.Equal(
            (HttpStatusCode.TooManyRequests, ProblemCodes.SlowDown), await CodeAsync(application.PollRawAsync(asked.AuthenticationRequestId, Stop)));
    }

    [Theory]
    [InlineData("{}", "login_hint")]
    [InlineData("""{"login_hint":"a","requested_expiry":29}""", "requested_expiry")]
    [InlineData("""{"login_hint":"a","requested_expiry":301}""", "requested_expiry")]
    [InlineData("""{"login_hint":"a","ip_address":"somewhere"}""", "ip_address")]
    [InlineData("""{"login_hint":"a","binding_message":"\u202eevil"}""", "binding_message")]
    public async Task Bad_input_is_refused_with_the_field(string body, string field)
    {
        using var application = Test.Application();
        using var response = await application.AskRawAsync(System.Text.Json.Nodes.JsonNode.Parse(body)!, Stop);
        Assert.Equal(HttpStatusCode.BadRequest, response.StatusCode);
        Assert.Contains(field, await response.Content.ReadAsStringAsync(Stop), StringComparison.Ordinal);
    }
}
