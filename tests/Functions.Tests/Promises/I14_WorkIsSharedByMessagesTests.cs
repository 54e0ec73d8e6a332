using BlokSec.Contracts;
using BlokSec.Functions.Devices;
using BlokSec.Functions.Identities;
using BlokSec.Functions.Messaging;
using BlokSec.Functions.Tests.Infrastructure;
using Microsoft.Extensions.DependencyInjection;

namespace BlokSec.Functions.Tests.Promises;

/// <summary>However much has piled up, one message does a bounded part of it and is followed by another.</summary>
public sealed class WorkIsSharedByMessagesTests(CloudFixture fixture) : IClassFixture<CloudFixture>
{
    private readonly TestCloud test = fixture.Cloud;

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task I14_Sign_ins_that_wait_for_a_removed_device_are_ended_by_several_messages()
    {
        var user = await test.NewUserAsync(phones: 1);
        await test.CreateAsync(user, SignIns(user, 1_150));
        using var outage = test.BusOut();
        var deletion = await RemoveAsync(user);
        var delete = ActivatorUtilities.CreateInstance<DeleteDevices>(test.Services);

        Assert.IsType<Outcome.Later>(await delete.HandleAsync(deletion, Stop));
        Assert.InRange((await PendingAsync(user)).Count, 1, 1_000);
        Assert.IsType<Outcome.Done>(await delete.HandleAsync(deletion, Stop));
        Assert.Empty(await PendingAsync(user));
    }

    [Fact]
    public async Task I14_Devices_that_were_removed_are_deleted_by_several_messages()
    {
        var user = await test.NewUserAsync(phones: 1);
        var device = (await test.AllAsync<DeviceDocument>(user, DeviceDocument.DocumentType))[0];
        await test.CreateAsync(user, Enumerable.Range(0, 2_800).Select(number => device with
        {
            Id = DeviceDocument.IdOf($"removed-before-{number:d4}"),
            DeviceId = $"removed-before-{number:d4}",
            State = DeviceState.Revoked,
            ETag = null,
        }));
        using var outage = test.BusOut();
        var deletion = await RemoveAsync(user);
        var delete = ActivatorUtilities.CreateInstance<DeleteDevices>(test.Services);

        Assert.IsType<Outcome.Later>(await delete.HandleAsync(deletion, Stop));
        Assert.NotEmpty(await test.DocumentsAsync(user, "c.type = 'device'"));
        Assert.IsType<Outcome.Done>(await delete.HandleAsync(deletion, Stop));
        Assert.Empty(await test.DocumentsAsync(user, "c.type = 'device'"));
    }

    private async Task<DeviceDeletionMessage> RemoveAsync(TestUser user) => new()
    {
        TenantId = user.TenantId,
        UserId = user.UserId,
        OperationId = (await test.Admin().RemoveAsync(user.UserId, user.DeviceIds[0], null, Stop)).OperationId,
    };

    private IEnumerable<AuthenticationRequestDocument> SignIns(TestUser user, int count) => Enumerable.Range(0, count).Select(number =>
        new AuthenticationRequestDocument
        {
            Id = AuthenticationRequestDocument.IdOf($"waiting-{number:d5}"),
            TenantId = user.TenantId,
            UserId = user.UserId,
            RequestId = $"waiting-{number:d5}",
            ApplicationId = "app",
            ApplicationName = "App",
            Method = "Push",
            Status = AuthenticationRequestStatus.Pending,
            IssuedAt = test.Time.GetUtcNow(),
            DeviceId = user.DeviceIds[0],
        });

    private Task<IReadOnlyDictionary<string, System.Text.Json.JsonElement>> PendingAsync(TestUser user) =>
        test.DocumentsAsync(user, "c.type = 'authenticationRequest' AND c.status = 'pending'");
}
