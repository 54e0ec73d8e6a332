using System.Text;
using BlokSec.Contracts;
using BlokSec.Functions.Identities;
using BlokSec.Functions.Tests.Attacks;
using BlokSec.Functions.Tests.Infrastructure;
using Microsoft.Azure.Cosmos;

namespace BlokSec.Functions.Tests.Devices;

public sealed class UpdatePushHandleTests(OpenCloud cloud) : IClassFixture<OpenCloud>
{
    private TestCloud Test => cloud.Test;

    [Fact]
    public async Task A_push_handle_that_is_registered_already_is_written_by_nobody()
    {
        var user = await Test.NewUserAsync();
        var call = cloud.PushHandleCall(user);
        Assert.Equal(204, (await call.SendAsync(cloud.Api)).Status);
        var before = await Test.TextAsync(user);

        var again = await call.SendAsync(cloud.Api);
        var inUpperCase = await (call with { Body = Handle('A') }).SendAsync(cloud.Api);

        Assert.Equal((204, 204), (again.Status, inUpperCase.Status));
        Assert.Equal(before, await Test.TextAsync(user));
        Assert.Single(await Test.AuditAsync(user), entry => entry.Action == AuditActions.PushHandleChanged);
    }

    [Fact]
    public async Task A_call_that_changed_nothing_counts_once_too()
    {
        var user = await Test.NewUserAsync();
        var call = cloud.PushHandleCall(user);
        Assert.Equal(204, (await call.SendAsync(cloud.Api)).Status);
        var proof = call.Proof.Build();

        Assert.Equal(204, (await call.SendAsync(cloud.Api, proof)).Status);
        (await call.SendAsync(cloud.Api, proof)).Problem(401, ProblemCodes.ProofInvalid);
    }

    [Fact]
    public async Task A_proof_that_was_kept_from_a_call_that_changed_nothing_brings_no_earlier_push_handle_back()
    {
        var user = await Test.NewUserAsync();
        var call = cloud.PushHandleCall(user);
        var other = call with { Body = Handle('b') };
        var kept = (call.Proof with { IssuedAt = Test.Time.GetUtcNow().AddSeconds(-20) }).Build();
        Assert.Equal(204, (await call.SendAsync(cloud.Api, (call.Proof with { IssuedAt = Test.Time.GetUtcNow().AddSeconds(-30) }).Build())).Status);
        Assert.Equal(204, (await call.SendAsync(cloud.Api, kept)).Status);
        Assert.Equal(204, (await other.SendAsync(cloud.Api)).Status);
        var before = await Test.TextAsync(user, "c.type = 'device'");
        using var api = await cloud.StartAnotherAsync();

        (await call.SendAsync(api, kept)).Problem(401, ProblemCodes.ProofInvalid);

        Assert.Equal(before, await Test.TextAsync(user, "c.type = 'device'"));
    }

    [Fact]
    public async Task A_phone_becomes_the_active_device_only_while_there_is_none()
    {
        var user = await Test.NewUserAsync(phones: 2);
        await Test.PatchAsync(user, UserDocument.DocumentId, PatchOperation.Set<string?>("/activeDeviceId", null));
        var call = cloud.PushHandleCall(user);
        Assert.Equal(204, (await call.SendAsync(cloud.Api)).Status);
        var owner = await Test.UserDocumentAsync(user);

        Assert.Equal(user.DeviceIds[0], owner.ActiveDeviceId);
        Assert.Equal(204, (await call.SendAsync(cloud.Api)).Status);
        Assert.Equal(owner.ETag, (await Test.UserDocumentAsync(user)).ETag);
    }

    private static byte[] Handle(char digit) =>
        Encoding.UTF8.GetBytes($$"""{"kind":"apns","value":"{{new string(digit, 64)}}","environment":"production"}""");
}
