using System.Net;
using System.Net.Http.Json;
using BlokSec.Contracts;
using BlokSec.Functions.Tests.AuthenticationRequests;
using BlokSec.Functions.Tests.Infrastructure;
using BlokSec.Functions.Tests.Promises;
using BlokSec.Local.Phones;
using static BlokSec.Functions.Tests.AuthenticationRequests.SignInTest;

namespace BlokSec.Functions.Tests.Users;

public sealed class SuspensionTests(CloudFixture fixture) : IClassFixture<CloudFixture>
{
    private TestCloud Test => fixture.Cloud;

    [Fact]
    public async Task A_suspended_user_signs_in_nowhere_and_keeps_phone_and_accounts()
    {
        var user = await Test.NewUserAsync();
        using var application = Test.Application();
        var waiting = await application.AskAsync(new AuthenticationRequest { LoginHint = Hint(user) }, Stop);
        var shown = await ShownAsync(user.Phones[0]);

        await SuspendAsync(user);

        Assert.Equal(AuthenticationRequestStatus.Superseded, (await application.OutcomeAsync(waiting.AuthenticationRequestId, Stop)).Status);
        Assert.Equal(ProblemCodes.RequestSuperseded, (await Test.AnswerAsync(user, shown, waiting.Number)).ProblemCode);
        Assert.Equal(
            (HttpStatusCode.Forbidden, ProblemCodes.SignInRefused),
            await CodeAsync(application.AskRawAsync(new { login_hint = Hint(user) }, Stop)));
        await user.Phones[0].OpenAppAsync(Stop);
        Assert.Equal(PhoneTexts.Suspended, user.Phones[0].State.Message);
        Assert.NotNull(user.Phones[0].State.Registration);
        var details = await Test.Admin().UserAsync(user.UserId, Stop);
        Assert.Equal((UserState.Suspended, DidState.Active, 1, 1), (details.State, details.DidState, details.Devices.Count, details.AccountCount));
        Assert.Equal(("Alice Adams", "On leave.", false), (details.Suspension!.By, details.Suspension.Reason, details.Suspension.IsByDirectory));

        await ReactivateAsync(user);

        var asked = await application.AskAsync(new AuthenticationRequest { LoginHint = Hint(user) }, Stop);
        await user.Phones[0].AnswerSignInAsync((await ShownAsync(user.Phones[0])).RequestId, SignInDecision.Accept, asked.Number, Stop);
        Assert.Equal(AuthenticationRequestStatus.Accepted, (await application.OutcomeAsync(asked.AuthenticationRequestId, Stop)).Status);
    }

    [Fact]
    public async Task I1_An_answer_that_was_signed_before_the_suspension_is_refused_after_it()
    {
        var user = await Test.NewUserAsync();
        using var application = Test.Application();
        for (var round = 0; round < 8; round++)
        {
            var asked = await application.AskAsync(new AuthenticationRequest { LoginHint = Hint(user) }, Stop);
            var shown = await ShownAsync(user.Phones[0]);
            var answering = Test.AnswerAsync(user, shown, asked.Number);
            var suspending = SuspendAsync(user);
            await Task.WhenAll(answering, suspending);

            // Whichever came first: what was not accepted before the answer of the suspension is never accepted.
            var outcome = (await application.OutcomeAsync(asked.AuthenticationRequestId, Stop)).Status;
            Assert.Equal((await answering).IsSuccess ? AuthenticationRequestStatus.Accepted : AuthenticationRequestStatus.Superseded, outcome);
            await ReactivateAsync(user);
        }
    }

    [Fact]
    public async Task A_suspended_user_enrolls_no_phone_and_the_same_claim_works_afterwards()
    {
        var user = await Test.NewUserAsync(phones: 0, invited: true);
        using var made = await Test.Admin().Http.PostAsync(new Uri($"users/{user.UserId}/claim/renewal", UriKind.Relative), content: null, Stop);
        var claim = await Test.Admin().ClaimAsync(user.UserId, Stop);
        await SuspendAsync(user);
        var phone = Test.NewPhone();

        await phone.EnrollAsync(claim.Link!, Stop);
        Assert.Equal((PhoneTexts.Suspended, null), (phone.State.Message, phone.State.Registration));

        await ReactivateAsync(user);
        await phone.EnrollAsync(claim.Link!, Stop);
        Assert.Equal(user.UserId, phone.State.Registration?.UserId);
    }

    [Fact]
    public async Task A_suspended_user_restores_no_phone()
    {
        var user = await Test.NewUserAsync();
        var backup = await user.Phones[0].CreateBackupAsync(Stop);
        await SuspendAsync(user);
        var phone = Test.NewPhone();

        await phone.RestoreAsync(backup!, Stop);
        Assert.Equal((PhoneTexts.Suspended, null), (phone.State.Message, phone.State.Registration));

        await ReactivateAsync(user);
        await phone.RestoreAsync(backup!, Stop);
        Assert.NotNull(phone.State.Registration);
    }

    [Fact]
    public async Task Suspending_twice_keeps_the_first_reason_and_writes_one_entry()
    {
        var user = await Test.NewUserAsync();
        await SuspendAsync(user);
        await SuspendAsync(user, "Another reason.");
        await ReactivateAsync(user);
        await ReactivateAsync(user);

        var entries = (await Test.Admin().AuditAsync(user.UserId, Stop)).Entries;
        Assert.Equal("On leave.", Assert.Single(entries, entry => entry.Action == AuditActions.UserSuspended).Reason);
        Assert.Single(entries, entry => entry.Action == AuditActions.UserReactivated);
    }

    [Fact]
    public async Task A_suspended_users_lost_phone_is_removed_as_any_other()
    {
        var user = await Test.NewUserAsync(phones: 2);
        await SuspendAsync(user);

        var removal = await Test.Admin().RemoveAsync(user.UserId, user.DeviceIds[0], null, Stop);
        await Test.SucceededAsync(user, removal.OperationId);
        await user.Phones[0].OpenAppAsync(Stop);

        Assert.Null(user.Phones[0].State.Registration);
        Assert.Equal(UserState.Suspended, (await Test.Admin().UserAsync(user.UserId, Stop)).State);
    }

    private Task SuspendAsync(TestUser user, string reason = "On leave.") => PostAsync(user, "suspension", new SuspendUserRequest(reason));

    private Task ReactivateAsync(TestUser user) => PostAsync(user, "reactivation", new ReactivateUserRequest());

    private async Task PostAsync<T>(TestUser user, string what, T body)
    {
        using var answer = await Test.Admin().Http.PostAsJsonAsync(new Uri($"users/{user.UserId}/{what}", UriKind.Relative), body, Stop);
        Assert.Equal(HttpStatusCode.NoContent, answer.StatusCode);
    }
}
