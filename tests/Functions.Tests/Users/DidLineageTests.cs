using BlokSec.Contracts;
using BlokSec.Functions.Identities;
using BlokSec.Functions.Tests.Infrastructure;
using BlokSec.Functions.Tests.Promises;
using BlokSec.Local.Phones.Keys;

namespace BlokSec.Functions.Tests.Users;

/// <summary>Which DIDs a user had, from when to when, and why each ended.</summary>
public sealed class DidLineageTests(CloudFixture fixture) : IClassFixture<CloudFixture>
{
    private readonly TestCloud test = fixture.Cloud;

    [Fact]
    public async Task The_user_page_names_every_DID_from_when_to_when_and_why_it_ended()
    {
        var user = await test.NewUserAsync();
        var first = user.DidKey();
        var claim = await test.UnregisteredAsync(user);
        var (signer, second) = (user.NewSigner(), PhoneKey.Create(KeyKind.P256));
        Assert.Equal(201, (await test.RedeemAsync(signer, second, claim.Code)).Status);
        Assert.Equal(200, (await test.RedeemAsync(signer, second, claim.Code)).Status);
        var present = await test.Admin(TestCloud.Reader).UserAsync(user.UserId, TestContext.Current.CancellationToken);

        Assert.Equal([first.Did, second.Did], present.Dids.Select(did => did.Did));
        var (ended, now) = (present.Dids[0], present.Dids[1]);
        var unregistered = Assert.Single(await test.AuditAsync(user), entry => entry.Action == AuditActions.UserUnregistered);
        Assert.Equal((null, unregistered.At, unregistered.Actor.Name, "lost", unregistered.OperationId), (ended.From, ended.To, ended.EndedBy, ended.Reason, ended.OperationId));
        var enrolled = Assert.Single(await test.AuditAsync(user), entry => entry.Action == AuditActions.DeviceEnrolled);
        Assert.Equal((enrolled.At, signer.Key.DeviceId, "Somebody's phone", null), (now.From, now.DeviceId, now.DeviceName, now.To));
        Assert.Equal(present.Did, now.Did);

        await test.UnregisteredAsync(user);
        var after = await test.Admin().UserAsync(user.UserId, TestContext.Current.CancellationToken);
        Assert.Equal(ended, after.Dids[0]);
        Assert.Equal((2, now.From, true), (after.Dids.Count, after.Dids[1].From, after.Dids[1].To > now.From));
    }

    [Fact]
    public void I14_The_latest_DIDs_are_remembered_however_often_a_user_is_reset()
    {
        var user = Nobody();
        for (var reset = 0; reset < 50; reset++)
        {
            var at = DateTimeOffset.UnixEpoch.AddDays(reset);
            user = user with { Did = $"did:{reset}", Dids = DidLineage.Bound(user, $"did:{reset}", Phone(), at) };
            user = user with { Dids = DidLineage.Ended(user, "Alice", null, "op", at.AddHours(1)), Did = null };
        }

        Assert.Equal(Enumerable.Range(30, DidLineage.MaxDids).Select(reset => $"did:{reset}"), user.Dids.Select(did => did.Did));
        Assert.All(user.Dids, did => Assert.Equal(TimeSpan.FromHours(1), did.To - did.From));
    }

    [Fact]
    public void What_earlier_versions_wrote_is_told_without_the_times_that_they_did_not_record()
    {
        var user = Nobody() with { Did = "did:2", RetiredDids = ["did:0", "did:1"] };

        Assert.Equal([new DidRecord("did:0"), new("did:1"), new("did:2")], DidLineage.Of(user));
        Assert.Equal(DateTimeOffset.UnixEpoch, Assert.Single(DidLineage.Ended(user, "Alice", "lost", "op", DateTimeOffset.UnixEpoch)).To);
    }

    private static UserDocument Nobody() => new()
    {
        Id = UserDocument.DocumentId,
        TenantId = "contoso",
        UserId = "nobody",
        GivenName = "No",
        FamilyName = "Body",
        Email = "nobody@contoso.example",
        SearchText = "",
        SortName = "",
        CreatedAt = DateTimeOffset.UnixEpoch,
    };

    private static DeviceDocument Phone() => new()
    {
        TenantId = "contoso",
        UserId = "nobody",
        DeviceId = "device",
        Name = "Phone",
        Model = "Model",
        Platform = DevicePlatform.Ios,
        OsVersion = "1",
        AppVersion = "1",
        PublicKey = "{}",
        LastActiveAt = DateTimeOffset.UnixEpoch,
        RegisteredAt = DateTimeOffset.UnixEpoch,
        Epoch = 1,
    };
}
