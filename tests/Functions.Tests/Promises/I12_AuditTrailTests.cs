using System.Globalization;
using BlokSec.Contracts;
using BlokSec.Functions.Tests.Infrastructure;
using BlokSec.Local.Faults;

namespace BlokSec.Functions.Tests.Promises;

/// <summary>The audit entries of a user as a whole: complete, bound to their changes, kept as long as they should be.</summary>
public sealed class AuditTrailTests(CloudFixture fixture) : IClassFixture<CloudFixture>
{
    private readonly TestCloud test = fixture.Cloud;

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("active device")]
    [InlineData("push handle")]
    [InlineData("restore")]
    [InlineData("removal")]
    [InlineData("unregistration")]
    public async Task I12_A_change_that_could_not_be_written_leaves_no_entry_and_an_entry_never_comes_without_its_change(string change)
    {
        var user = await test.NewUserAsync(phones: 2);
        var before = await test.TextAsync(user);
        using (test.Traffic.Add(new FaultRule { StandIn = "cosmos", Operation = "batch", Contains = user.UserId, Status = 503 }))
        {
            await TryAsync(user, change);
        }

        Assert.Equal(before, await test.TextAsync(user));
    }

    [Fact]
    public async Task I12_What_was_refused_or_done_before_leaves_no_entry()
    {
        var user = await test.NewUserAsync(phones: 2);
        await test.RemovedAsync(user, 0);
        await test.AtRestAsync(user);
        var before = await test.TextAsync(user, "c.type = 'audit'");
        var admin = test.Admin();

        await admin.SendAsync(HttpMethod.Post, $"users/{user.UserId}/unregistration", new UnregisterAllDevicesRequest { Confirmation = "Yes" });
        await admin.SendAsync(
            HttpMethod.Post,
            $"users/{user.UserId}/unregistration",
            new UnregisterAllDevicesRequest { Confirmation = ConfirmationPhrases.UnregisterAllDevices, PlanHash = "stale" });
        await test.Admin(TestCloud.Reader).UnregistrationAsync(user.UserId);
        await admin.RemovalAsync(user.UserId, user.DeviceIds[0]);
        await admin.SetActiveAsync(user.UserId, user.DeviceIds[1], "\"old\"");
        await admin.SetActiveAsync(user.UserId, user.DeviceIds[1], "*");
        await admin.RenewAsync(user.UserId);
        await test.EraseAsync(user.Signer(1));
        await test.StatusAsync(user.Signer(1));

        Assert.Equal(before, await test.TextAsync(user, "c.type = 'audit'"));
    }

    [Fact]
    public async Task I12_The_whole_life_of_a_device_can_be_read_from_its_entries_and_outlives_it()
    {
        var user = await test.NewUserAsync(phones: 1);
        await test.UnregisteredAsync(user);
        await test.AtRestAsync(user);
        var phone = test.NewPhone();
        await phone.EnrollAsync((await test.Admin().ClaimAsync(user.UserId, Stop)).Link!, Stop);
        await test.AtRestAsync(user);
        await phone.RotatePushTokenAsync(Stop);
        var deviceId = phone.State.Registration!.DeviceId;
        await phone.SetLosePushesAsync(true, Stop);
        await test.Admin().RemoveAsync(user.UserId, deviceId, null, Stop);
        await test.AtRestAsync(user);
        await test.PassAsync(TimeSpan.FromSeconds(1));
        await phone.OpenAppAsync(Stop);
        await test.PassAsync(TimeSpan.FromDays(399));

        var life = (await test.AuditAsync(user)).Where(entry => entry.Targets.Contains(deviceId)).ToArray();
        string[] first = [AuditActions.DeviceEnrolled, AuditActions.PushHandleChanged, AuditActions.DeviceRemoved];
        string[] working = [AuditActions.DevicesDeleted, AuditActions.PushChanged];
        string[] last = [AuditActions.RemovalLearned, AuditActions.RemovalConfirmed];
        Assert.Equal(first, life[..3].Select(entry => entry.Action));
        Assert.Equal(working.Order(), life[3..5].Select(entry => entry.Action).Order());
        Assert.Equal(last, life[5..].Select(entry => entry.Action));
        Assert.Equal(life.Select(entry => entry.Id), life.Select(entry => entry.Id).Order(StringComparer.Ordinal));
        var read = (await test.Admin().AskAsync($"users/{user.UserId}/audit?pageSize=200")).Read<AuditEntryList>();
        Assert.Equal(
            life.Select(entry => (entry.Id, entry.Action, entry.Actor.Name)),
            read.Entries.Where(entry => entry.Targets.Contains(deviceId)).Reverse().Select(entry => (entry.EntryId, entry.Action, entry.ActorName)));
    }

    [Fact]
    public async Task I12_Entries_are_kept_for_their_retention_and_no_longer_while_the_revocation_stays()
    {
        var user = await test.NewUserAsync(phones: 1);
        await test.RemovedAsync(user, 0);
        await test.AtRestAsync(user);
        Assert.All((await test.AuditAsync(user)), entry => Assert.Equal(400 * 24 * 3600, entry.Ttl));

        await test.PassAsync(TimeSpan.FromDays(399));
        Assert.NotEmpty(await test.AuditAsync(user));

        await test.PassAsync(TimeSpan.FromDays(2));
        Assert.Empty(await test.AuditAsync(user));
        Assert.Single(await test.DocumentsAsync(user, "c.type = 'revocation'"));
    }

    /// <summary>The shortest and the longest retention that may be set.</summary>
    [Theory]
    [InlineData(30)]
    [InlineData(3650)]
    public async Task I12_Another_retention_is_that_of_every_entry(int days)
    {
        await using var cloud = await TestCloud.StartAsync(new TestCloudOptions
        {
            Settings = new Dictionary<string, string> { ["Audit__RetentionDays"] = days.ToString(CultureInfo.InvariantCulture) },
        });
        var user = await cloud.NewUserAsync(phones: 2);
        await cloud.Admin().SetActiveAsync(user.UserId, user.DeviceIds[1], "*");
        await cloud.UnregisteredAsync(user);
        await cloud.AtRestAsync(user);
        var entries = await cloud.AuditAsync(user);
        Assert.Contains(entries, entry => entry.Action == AuditActions.UserUnregistered);
        Assert.Contains(entries, entry => entry.Action == AuditActions.DevicesDeleted);
        Assert.All(entries, entry => Assert.Equal(days * 24 * 3600, entry.Ttl));

        await cloud.PassAsync(TimeSpan.FromDays(days - 1));
        Assert.Equal(entries.Select(entry => entry.Id), (await cloud.AuditAsync(user)).Select(entry => entry.Id));

        await cloud.PassAsync(TimeSpan.FromDays(2));
        Assert.Empty(await cloud.AuditAsync(user));
    }

    [Fact]
    public async Task I12_An_entry_of_an_earlier_version_still_reads()
    {
        var user = await test.NewUserAsync(phones: 1);
        var stored = $$"""
            {"id":"audit:0192","type":"audit","schemaVersion":1,"tenantId":"{{user.TenantId}}","userId":"{{user.UserId}}",
            "at":"2026-01-02T03:04:05+00:00","actor":{"kind":"device","id":"d","name":"d"},"action":"device.enrolled","targets":["d"],"alert":false}
            """;
        using var body = new MemoryStream(System.Text.Encoding.UTF8.GetBytes(stored));
        using var written = await test.Cloud.Container.CreateItemStreamAsync(body, user.Key(), cancellationToken: Stop);
        written.EnsureSuccessStatusCode();

        var read = Assert.Single((await test.Admin().AskAsync($"users/{user.UserId}/audit")).Read<AuditEntryList>().Entries);

        Assert.Equal((AuditActorKinds.Phone, "d", 1, null), (read.ActorKind, read.ActorId, read.Count, read.LastAt));
    }

    private Task TryAsync(TestUser user, string change) => change switch
    {
        "active device" => test.Admin().SetActiveAsync(user.UserId, user.DeviceIds[1], "*"),
        "push handle" => test.PutHandleAsync(user.Signer(1), new PushHandleRegistration { Kind = PushHandleKind.FcmToken, Value = "another" }),
        "restore" => test.RestoreAsync(user.NewSigner(), user.DidKey()),
        "removal" => test.Admin().RemovalAsync(user.UserId, user.DeviceIds[0]),
        _ => test.Admin().UnregistrationAsync(user.UserId),
    };
}
