using System.Net;
using BlokSec.Contracts;
using BlokSec.Functions.Identities;
using BlokSec.Functions.Tests.Infrastructure;
using BlokSec.Functions.Tests.Promises;
using BlokSec.Local.Demo;
using Microsoft.Azure.Cosmos;

namespace BlokSec.Functions.Tests.Revocations;

/// <summary>What the administrator is shown before confirming is what then happens, or nothing happens.</summary>
public sealed class PlanTests(CloudFixture fixture) : IClassFixture<CloudFixture>
{
    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    private TestCloud Cloud => fixture.Cloud;

    [Fact]
    public async Task The_plan_of_a_removal_tells_what_then_happens()
    {
        var user = await Cloud.NewUserAsync(phones: 3, accounts: 2);
        var admin = Cloud.Admin();
        var active = (await admin.UserAsync(user.UserId, Stop)).ActiveDeviceId!;
        await AddPendingSignInAsync(user, active);

        var plan = await RemovalPlanAsync(admin, user, active);
        var answer = await RemoveAsync(admin, user, active, plan.PlanHash);
        var after = await admin.UserAsync(user.UserId, Stop);

        Assert.Equal(ConfirmationPhrases.RemoveDevice, plan.Confirmation);
        Assert.Equal(active, Assert.Single(plan.Devices).DeviceId);
        Assert.True(plan.Devices[0].IsActive);
        Assert.Equal(2, plan.RemainingDevices);
        Assert.True(plan.ActiveDeviceChanges);
        Assert.Single(plan.PendingSignIns);
        Assert.Empty(plan.Applications);
        Assert.False(plan.ResetsDid);
        Assert.False(plan.LocksOut);
        Assert.Equal(PlanNextStep.None, plan.NextStep);
        Assert.Equal(202, answer.Status);
        Assert.Equal(plan.ActiveDevice!.DeviceId, after.ActiveDeviceId);
        Assert.Contains(after.AuthenticationRequests, request => request.Status == AuthenticationRequestStatus.Superseded);
    }

    [Fact]
    public async Task The_plan_of_the_last_device_warns_that_only_a_backup_brings_the_user_back()
    {
        var user = await Cloud.NewUserAsync(phones: 1);

        var plan = await RemovalPlanAsync(Cloud.Admin(), user, user.DeviceIds[0]);

        Assert.True(plan.LocksOut);
        Assert.Equal(PlanNextStep.RestoreFromBackup, plan.NextStep);
        Assert.Null(plan.ActiveDevice);
    }

    [Fact]
    public async Task The_plan_of_an_unregistration_counts_the_accounts_of_each_application()
    {
        var user = await Cloud.NewUserAsync(phones: 2, accounts: 1300);

        var plan = (await Cloud.Admin().AskAsync($"users/{user.UserId}/unregistration/plan")).Read<RevocationPlanDetails>();
        var stored = await Cloud.AllAsync<AccountDocument>(user, AccountDocument.DocumentType);

        Assert.Equal(1300, plan.AccountCount);
        Assert.Equal(
            stored.CountBy(account => account.ApplicationId).ToDictionary(),
            plan.Applications.ToDictionary(application => application.ApplicationId, application => application.Accounts));
        Assert.Equal(user.DeviceIds.Order(), plan.Devices.Select(device => device.DeviceId).Order());
        Assert.True(plan.ResetsDid);
        Assert.True(plan.LocksOut);
        Assert.Equal(PlanNextStep.ScanClaim, plan.NextStep);
    }

    [Fact]
    public async Task A_plan_that_is_not_so_any_more_is_not_carried_out()
    {
        var user = await Cloud.NewUserAsync(phones: 3);
        var admin = Cloud.Admin();
        var ofRemoval = await RemovalPlanAsync(admin, user, user.DeviceIds[0]);
        var ofAll = (await admin.AskAsync($"users/{user.UserId}/unregistration/plan")).Read<RevocationPlanDetails>();
        await Cloud.RemovedAsync(user, phone: 2);
        var before = await Cloud.TextAsync(user, "c.type IN ('user', 'device', 'operation')");

        var removal = await RemoveAsync(admin, user, user.DeviceIds[0], ofRemoval.PlanHash);
        var unregistration = await admin.SendAsync(
            HttpMethod.Post,
            $"users/{user.UserId}/unregistration",
            new UnregisterAllDevicesRequest { Confirmation = ConfirmationPhrases.UnregisterAllDevices, PlanHash = ofAll.PlanHash });

        Assert.Equal((409, ProblemCodes.PlanStale), (removal.Status, removal.Code));
        Assert.Equal((409, ProblemCodes.PlanStale), (unregistration.Status, unregistration.Code));
        Assert.Equal(before, await Cloud.TextAsync(user, "c.type IN ('user', 'device', 'operation')"));
    }

    [Fact]
    public async Task I1_A_phone_that_becomes_the_active_one_where_there_was_none_makes_no_plan_stale_and_no_choice_fail()
    {
        var user = await Cloud.NewUserAsync(phones: 3);
        var admin = Cloud.Admin();
        await ActiveAsync(null);
        var seen = await admin.UserAsync(user.UserId, TestContext.Current.CancellationToken);
        var plan = await RemovalPlanAsync(admin, user, user.DeviceIds[0]);
        await ActiveAsync(user.DeviceIds[1]);

        var chosen = await admin.SetActiveAsync(user.UserId, user.DeviceIds[2], seen.ETag);
        await ActiveAsync(user.DeviceIds[1]);
        var removal = await RemoveAsync(admin, user, user.DeviceIds[0], plan.PlanHash);

        Assert.Equal(204, chosen.Status);
        Assert.Equal(202, removal.Status);
        Assert.Equal(user.DeviceIds[1], (await admin.UserAsync(user.UserId, TestContext.Current.CancellationToken)).ActiveDeviceId);

        Task ActiveAsync(string? deviceId) => Cloud.PatchAsync(user, "user", PatchOperation.Set("/activeDeviceId", deviceId));
    }

    [Fact]
    public async Task The_device_that_the_plan_shows_becomes_the_active_one_although_another_was_used_since()
    {
        var user = await Cloud.NewUserAsync(phones: 3);
        var admin = Cloud.Admin();
        var active = (await admin.UserAsync(user.UserId, Stop)).ActiveDeviceId!;
        var plan = await RemovalPlanAsync(admin, user, active);
        var other = user.DeviceIds.Single(id => id != active && id != plan.ActiveDevice!.DeviceId);
        await Cloud.PatchAsync(
            user, DeviceDocument.IdOf(other), PatchOperation.Set("/lastActiveAt", Cloud.Time.GetUtcNow().AddMinutes(1)));

        var answer = await RemoveAsync(admin, user, active, plan.PlanHash);

        Assert.Equal(202, answer.Status);
        Assert.Equal(plan.ActiveDevice!.DeviceId, (await Cloud.UserDocumentAsync(user)).ActiveDeviceId);
    }

    [Fact]
    public async Task A_plan_is_stale_when_the_device_that_it_shows_cannot_become_the_active_one_any_more()
    {
        var user = await Cloud.NewUserAsync(phones: 3);
        var admin = Cloud.Admin();
        var active = (await admin.UserAsync(user.UserId, Stop)).ActiveDeviceId!;
        var plan = await RemovalPlanAsync(admin, user, active);
        await Cloud.PatchAsync(user, DeviceDocument.IdOf(plan.ActiveDevice!.DeviceId), PatchOperation.Set("/pushStatus", "notReceiving"));

        var answer = await RemoveAsync(admin, user, active, plan.PlanHash);

        Assert.Equal((409, ProblemCodes.PlanStale), (answer.Status, answer.Code));
    }

    [Fact]
    public async Task I9_A_plan_is_shown_to_administrators_of_the_tenant_only_and_only_for_what_can_be_done()
    {
        var user = await Cloud.NewUserAsync(phones: 2);
        var invited = await Cloud.NewUserAsync(phones: 0, invited: true);
        await Cloud.RemovedAsync(user, phone: 1);
        var paths = new[] { $"users/{user.UserId}/devices/{user.DeviceIds[0]}/removal/plan", $"users/{user.UserId}/unregistration/plan" };

        foreach (var path in paths)
        {
            Assert.Equal((int)HttpStatusCode.NotFound, (await Cloud.Admin(TestCloud.Neighbour).AskAsync(path)).Status);
            Assert.Equal((int)HttpStatusCode.OK, (await Cloud.Admin(TestCloud.Reader).AskAsync(path)).Status);
        }

        var gone = await Cloud.Admin().AskAsync($"users/{user.UserId}/devices/{user.DeviceIds[1]}/removal/plan");
        var never = await Cloud.Admin().AskAsync($"users/{invited.UserId}/unregistration/plan");
        Assert.Equal((404, ProblemCodes.NotFound), (gone.Status, gone.Code));
        Assert.Equal((409, ProblemCodes.AlreadyUnregistered), (never.Status, never.Code));
    }

    private static async Task<RevocationPlanDetails> RemovalPlanAsync(AdminClient admin, TestUser user, string deviceId) =>
        (await admin.AskAsync($"users/{user.UserId}/devices/{deviceId}/removal/plan")).Read<RevocationPlanDetails>();

    private static Task<AdminAnswer> RemoveAsync(AdminClient admin, TestUser user, string deviceId, string planHash) => admin.SendAsync(
        HttpMethod.Post,
        $"users/{user.UserId}/devices/{deviceId}/removal",
        new RemoveDeviceRequest { Confirmation = ConfirmationPhrases.RemoveDevice, PlanHash = planHash });

    private Task AddPendingSignInAsync(TestUser user, string deviceId) => Cloud.Cloud.Container.CreateItemAsync(
        new
        {
            id = AuthenticationRequestDocument.IdOf("pending"),
            type = AuthenticationRequestDocument.DocumentType,
            schemaVersion = 1,
            tenantId = user.TenantId,
            userId = user.UserId,
            requestId = "pending",
            applicationId = "payroll",
            applicationName = "Payroll",
            method = "Push",
            status = "pending",
            issuedAt = Cloud.Time.GetUtcNow(),
            deviceId,
        },
        user.Key(),
        cancellationToken: Stop);
}
