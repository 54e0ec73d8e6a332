using BlokSec.Contracts;
using BlokSec.Functions.Identities;
using BlokSec.Functions.Tests.AuthenticationRequests;
using BlokSec.Functions.Tests.Infrastructure;
using BlokSec.Functions.Tests.Promises;
using BlokSec.Local.Phones.Wire;

namespace BlokSec.Functions.Tests.Revocations;

public sealed class HeldRemovalTests(HoldCloud cloud) : IClassFixture<HoldCloud>
{
    private readonly TestCloud test = cloud.Test;

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task I1_I2_A_phone_on_hold_is_refused_whatever_it_calls_and_its_app_keeps_everything()
    {
        var user = await test.NewUserAsync(phones: 2, accounts: 2);
        var (signer, didKey, phone) = (user.Signer(0), user.DidKey(), user.Phones[0]);
        var asked = await test.AskAsync(user);
        var shown = await SignInTest.ShownAsync(phone);

        var held = await test.HeldAsync(user);

        AssertOnHold(await test.AnswerAsync(user, shown, asked.Number));
        AssertOnHold(await test.StatusAsync(signer));
        AssertOnHold(await test.PutHandleAsync(signer, phone.State.PushAddress.ToHandle()));
        AssertOnHold(await test.CallAsync(HttpMethod.Delete, "mobile/device/push-handle", signer, null));
        AssertOnHold(await test.CallAsync(HttpMethod.Get, "mobile/devices", signer, null));
        AssertOnHold(await test.CallAsync(HttpMethod.Get, "mobile/accounts", signer, null));
        AssertOnHold(await test.CallAsync(HttpMethod.Get, "mobile/authentication-requests", signer, null));
        AssertOnHold(await test.DepartAsync(signer));
        AssertOnHold(await test.ReportLostAsync(signer, didKey, user.DeviceIds[1]));
        AssertOnHold(await test.RestoreAsync(signer, didKey));
        Assert.Equal((409, ProblemCodes.Conflict), await CodeAsync(test.EraseAsync(signer)));
        Assert.Equal(200, (await test.StatusAsync(user.Signer(1))).Status);
        await phone.OpenAppAsync(Stop);
        Assert.NotNull(phone.State.Registration);
        Assert.NotNull(phone.State.Accounts);
        Assert.Equal("This phone is blocked for now. It stays as it is; your administrator can help.", phone.State.Message);
        var revocation = Assert.Single(await test.AllAsync<RevocationDocument>(user, RevocationDocument.DocumentType));
        Assert.Equal(("", null, null, null), (revocation.Statement, revocation.LearnedAt, revocation.ConfirmedAt, revocation.NextAttemptAt));
        Assert.Equal(held.HeldUntil, revocation.HeldUntil);
        Assert.Equal(user.DeviceIds[1], (await test.UserDocumentAsync(user)).ActiveDeviceId);
    }

    [Fact]
    public async Task Nothing_that_cannot_be_taken_back_happens_before_the_hold_ends_whoever_looks_ticks_or_sends()
    {
        var user = await test.NewUserAsync();
        var handle = user.Phones[0].State.PushAddress.ToHandle();
        var held = await test.HeldAsync(user);

        test.Cloud.ServiceBus.ReleaseScheduled();
        await test.QuietAsync();
        await test.ComeAgainAsync(await test.OperationDocumentAsync(user, held.OperationId));
        await test.PassAsync(HoldCloud.Hold - TimeSpan.FromMinutes(1));
        Assert.True(await test.ResumeAsync());
        var seen = await test.Admin().OperationAsync(user.UserId, held.OperationId, Stop);
        await test.QuietAsync();

        Assert.Equal((OperationStatus.NotStarted, held.HeldUntil), (seen.Status, seen.HeldUntil));
        Assert.All(seen.Steps.Skip(1), step => Assert.Equal(OperationStatus.NotStarted, step.Status));
        Assert.Equal(0, test.PushesTo(handle));
        Assert.Equal(DeviceState.Revoked, (await test.DeviceAsync(user, 0)).State);
        Assert.Equal((409, ProblemCodes.Conflict), await CodeAsync(test.Admin().AskAsync($"users/{user.UserId}/revocations/{user.DeviceIds[0]}/receipt")));
        Assert.Equal(
            (409, ProblemCodes.Conflict),
            await CodeAsync(test.Admin().SendAsync(HttpMethod.Post, $"users/{user.UserId}/revocations/{user.DeviceIds[0]}/nudge", null)));

        await test.PassAsync(TimeSpan.FromMinutes(2));
        await test.SucceededAsync(user, held.OperationId);
        await test.ConfirmedAsync(user, user.DeviceIds[0]);
    }

    [Fact]
    public async Task I3_When_the_hold_is_over_the_removal_ends_as_usual()
    {
        var user = await test.NewUserAsync(phones: 2);
        var held = await test.HeldAsync(user);

        await test.PassAsync(HoldCloud.Hold + TimeSpan.FromSeconds(1));

        var ended = await test.SucceededAsync(user, held.OperationId);
        Assert.Null(ended.HeldUntil);
        var told = await test.ConfirmedAsync(user, user.DeviceIds[0]);
        Assert.Equal(["Blocked", "HoldEnded", "PushAccepted", "Confirmed"], told.Timeline.Select(entry => entry.What).Order(Timeline));
        Assert.Null(user.Phones[0].State.Registration);
        Assert.Equal(user.DeviceIds[1], Assert.Single(await test.AllAsync<DeviceDocument>(user, DeviceDocument.DocumentType)).DeviceId);
        Assert.Equal(200, (await test.Admin().AskAsync($"users/{user.UserId}/revocations/{user.DeviceIds[0]}/receipt")).Status);
    }

    [Fact]
    public async Task I3_When_the_message_was_lost_the_timer_starts_the_work_after_the_hold_and_not_before()
    {
        var user = await test.NewUserAsync();
        OperationDetails held;
        using (test.BusOut())
        {
            held = await test.HeldAsync(user);
        }

        Assert.True(await test.ResumeAsync());
        Assert.Null((await test.OperationDocumentAsync(user, held.OperationId)).Hold!.EndedAt);
        await test.PassAsync(HoldCloud.Hold + TimeSpan.FromSeconds(1));
        Assert.True(await test.ResumeAsync());

        await test.SucceededAsync(user, held.OperationId);
        await test.ConfirmedAsync(user, user.DeviceIds[0]);
    }

    [Fact]
    public async Task A_stolen_phone_does_not_wait()
    {
        var (stolen, lost) = (await test.NewUserAsync(), await test.NewUserAsync());
        var now = test.Time.GetUtcNow();

        var accepted = (await test.Admin().RemoveWithoutHoldAsync(stolen.UserId, stolen.DeviceIds[0])).Read<OperationDetails>();
        var since = (await test.Admin().RemoveWithoutHoldAsync(lost.UserId, lost.DeviceIds[0], now)).Read<OperationDetails>();

        Assert.Null(accepted.HeldUntil);
        Assert.Null(since.HeldUntil);
        await test.SucceededAsync(stolen, accepted.OperationId);
        await test.SucceededAsync(lost, since.OperationId);
        await test.ConfirmedAsync(stolen, stolen.DeviceIds[0]);
        await test.ConfirmedAsync(lost, lost.DeviceIds[0]);
    }

    [Theory]
    [InlineData("stolen")]
    [InlineData("lost")]
    [InlineData("reported")]
    public async Task A_hold_ends_at_once_when_the_phone_turns_out_to_be_in_other_hands(string how)
    {
        var user = await test.NewUserAsync(phones: 2);
        var held = await test.HeldAsync(user);
        var since = test.Time.GetUtcNow().AddHours(-1);

        var status = how == "reported"
            ? (await test.ReportLostAsync(user.Signer(1), user.DidKey(), user.DeviceIds[0])).Status
            : (await test.Admin().RemoveWithoutHoldAsync(user.UserId, user.DeviceIds[0], how == "lost" ? since : null)).Status;

        Assert.Equal(how == "reported" ? 204 : 202, status);
        var ended = await test.SucceededAsync(user, held.OperationId);
        Assert.Equal(how == "lost" ? since : null, ended.LostSince);
        await test.ConfirmedAsync(user, user.DeviceIds[0]);
        Assert.Single(await test.AuditAsync(user), entry => entry.Action == AuditActions.RemovalHoldCutShort);
        Assert.Equal(409, (await test.Admin().WithdrawAsync(user.UserId, held.OperationId)).Status);
    }

    [Fact]
    public async Task I6_An_unregistration_deletes_phones_on_hold_too_which_are_told_when_their_hold_ends()
    {
        var user = await test.NewUserAsync(phones: 2);
        var held = await test.HeldAsync(user);

        await test.UnregisteredAsync(user);

        Assert.Empty(await test.AllAsync<DeviceDocument>(user, DeviceDocument.DocumentType));
        Assert.Equal((409, ProblemCodes.Conflict), await CodeAsync(test.Admin().WithdrawAsync(user.UserId, held.OperationId)));
        AssertOnHold(await test.StatusAsync(user.Signer(0)));

        await test.PassAsync(HoldCloud.Hold + TimeSpan.FromSeconds(1));
        await test.SucceededAsync(user, held.OperationId);
        await test.ConfirmedAsync(user, user.DeviceIds[0]);
    }

    [Fact]
    public async Task I5_The_removal_of_another_phone_leaves_the_one_on_hold_as_it_is()
    {
        var user = await test.NewUserAsync(phones: 2);
        var held = await test.HeldAsync(user);

        var other = (await test.Admin().RemoveWithoutHoldAsync(user.UserId, user.DeviceIds[1])).Read<OperationDetails>();
        await test.SucceededAsync(user, other.OperationId);

        Assert.Equal(held.OperationId, (await test.DeviceAsync(user, 0)).HeldBy);
        Assert.Equal(200, (await test.Admin().WithdrawAsync(user.UserId, held.OperationId)).Status);
        Assert.Equal(200, (await test.StatusAsync(user.Signer(0))).Status);
        Assert.Equal((1, user.DeviceIds[0]), ((await test.UserDocumentAsync(user)).DeviceCount, (await test.UserDocumentAsync(user)).ActiveDeviceId));
    }

    /// <summary>The phone may confirm before the provider's acceptance is written down.</summary>
    private static Comparer<string> Timeline => Comparer<string>.Create((one, other) =>
        Array.IndexOf(["Blocked", "HoldEnded", "PushAccepted", "Confirmed"], one) - Array.IndexOf(["Blocked", "HoldEnded", "PushAccepted", "Confirmed"], other));

    private static void AssertOnHold(ApiAnswer answer)
    {
        Assert.Equal((403, ProblemCodes.DeviceOnHold), (answer.Status, answer.ProblemCode));
        Assert.Null(answer.Statement);
    }

    private static async Task<(int?, string?)> CodeAsync(Task<ApiAnswer> asking) => await asking is var answer ? (answer.Status, answer.ProblemCode) : default;

    private static async Task<(int?, string?)> CodeAsync(Task<AdminAnswer> asking) => await asking is var answer ? (answer.Status, answer.Code) : default;
}
