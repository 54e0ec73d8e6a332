using BlokSec.Contracts;
using BlokSec.Functions.Identities;
using BlokSec.Functions.Tests.Infrastructure;
using BlokSec.Functions.Tests.Promises;
using BlokSec.Local.Phones.Keys;
using Microsoft.Azure.Cosmos;

namespace BlokSec.Functions.Tests.Identities;

/// <summary>One document that cannot be read makes no user unremovable and no page unreadable.</summary>
public sealed class UnreadableDocumentTests(CloudFixture fixture) : IClassFixture<CloudFixture>
{
    private readonly TestCloud test = fixture.Cloud;

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    public static TheoryData<string, string, string> Breaks => new()
    {
        { "device", "/lastActiveAt", "text" },
        { "device", "/platform", "windows" },
        { "device", "/epoch", "gone" },
        { "device", "/name", "gone" },
        { "device", "/state", "text" },
        { "device", "/pushHandle", "text" },
        { "operation", "/steps", "text" },
        { "operation", "/kind", "ofALaterVersion" },
        { "revocation", "/statement", "gone" },
        { "revocation", "/push", "ofALaterVersion" },
        { "authenticationRequest", "/method", "gone" },
        { "authenticationRequest", "/status", "ofALaterVersion" },
        { "claim", "/state", "ofALaterVersion" },
        { "user", "/createdAt", "text" },
        { "user", "/email", "gone" },
    };

    [Theory]
    [MemberData(nameof(Breaks))]
    public async Task I1_A_user_with_a_document_that_cannot_be_read_is_shown_and_unregistered(string type, string member, string value)
    {
        var user = await test.NewUserAsync(phones: 3, accounts: 2);
        await test.RemovedAsync(user, 2);
        await test.AtRestAsync(user);
        await test.CreateAsync(user, [Claim(user)]);
        var signer = user.Signer(0);
        await user.Phones[0].SetLosePushesAsync(true, Stop);
        var id = await BreakAsync(user, type, member, value);

        var page = await test.Admin().UserAsync(user.UserId, Stop);
        var accepted = await test.Admin().UnregistrationAsync(user.UserId);

        Assert.Contains(page.Unreadable, document => (document.Type, document.Id) == (type, id));
        Assert.Equal(2, page.Devices.Count);
        Assert.Equal(202, accepted.Status);
        await test.SucceededAsync(user, accepted.Read<OperationDetails>().OperationId);
        Assert.Empty(await test.DocumentsAsync(user, "c.type = 'device'"));
        Assert.Equal(410, (await test.StatusAsync(signer)).Status);
        await test.ClaimLinkAsync(user);
    }

    [Theory]
    [InlineData("/name", "gone")]
    [InlineData("/epoch", "text")]
    [InlineData("/publicKey", "gone")]
    [InlineData("/state", "gone")]
    public async Task I1_A_device_that_cannot_be_read_is_removed_by_its_id_and_learns_it_by_a_valid_statement(string member, string value)
    {
        var user = await test.NewUserAsync(phones: 2);
        await BreakAsync(user, "device", member, value);

        await test.RemovedAsync(user, 0);

        await test.ConfirmedAsync(user, user.DeviceIds[0]);
        Assert.Null(user.Phones[0].State.Registration);
        Assert.Equal(user.DeviceIds[1], Assert.Single((await test.Admin().UserAsync(user.UserId, Stop)).Devices).DeviceId);
    }

    [Fact]
    public async Task I1_A_device_is_removed_although_the_users_count_of_devices_cannot_be_read()
    {
        var user = await test.NewUserAsync(phones: 2);
        await BreakAsync(user, "user", "/deviceCount", "text");

        await test.RemovedAsync(user, 0);

        Assert.Equal(1, (await test.DocumentsAsync(user, "c.type = 'user'"))["user"].GetProperty("deviceCount").GetInt32());
    }

    [Fact]
    public async Task I6_An_account_whose_epoch_cannot_be_read_is_reset_all_the_same()
    {
        var user = await test.NewUserAsync(phones: 1, accounts: 2);
        var account = (await test.AllAsync<AccountDocument>(user, AccountDocument.DocumentType))[0];
        await test.PatchAsync(user, account.Id, PatchOperation.Remove("/epoch"));

        await test.UnregisteredAsync(user);

        Assert.All(await test.AllAsync<AccountDocument>(user, AccountDocument.DocumentType), stored => Assert.Null(stored.Did));
    }

    [Fact]
    public async Task I7_A_removed_key_is_not_enrolled_again_while_its_removal_cannot_be_read()
    {
        var user = await test.NewUserAsync(phones: 2);
        var signer = user.Signer(0);
        await user.Phones[0].SetLosePushesAsync(true, Stop);
        await test.RemovedAsync(user, 0);
        await test.AtRestAsync(user);
        await BreakAsync(user, "revocation", "/statement", "gone");

        var restored = await test.RestoreAsync(signer, user.DidKey());

        Assert.Equal((503, ProblemCodes.DocumentUnreadable), (restored.Status, restored.ProblemCode));
        Assert.Single(await test.DocumentsAsync(user, "c.type = 'device'"));
    }

    [Fact]
    public async Task What_cannot_be_read_is_never_written_back_half()
    {
        var user = await test.NewUserAsync(phones: 1);
        var claim = await test.UnregisteredAsync(user);
        await test.AtRestAsync(user);
        await BreakAsync(user, "user", "/email", "gone");
        var before = await test.TextAsync(user);

        var answer = await test.RedeemAsync(user.NewSigner(), PhoneKey.Create(KeyKind.P256), claim.Code);

        Assert.Equal((503, ProblemCodes.DocumentUnreadable), (answer.Status, answer.ProblemCode));
        Assert.Equal(before, await test.TextAsync(user));
    }

    [Fact]
    public async Task Lists_skip_what_cannot_be_read_and_count_it()
    {
        var user = await test.NewUserAsync(phones: 1, accounts: 3);
        var name = $"Q{Guid.NewGuid():N}"[..12];
        foreach (var listed in new[] { user, await test.NewUserAsync() })
        {
            await test.PatchAsync(listed, "user", PatchOperation.Set("/searchText", name.ToLowerInvariant()));
        }

        await test.RemovedAsync(user, 0);
        await test.AtRestAsync(user);
        await test.PatchAsync(user, "user", PatchOperation.Set("/createdAt", "text"));
        var account = (await test.AllAsync<AccountDocument>(user, "account"))[^1];
        await test.PatchAsync(user, account.Id, PatchOperation.Remove("/applicationName"));
        var entries = await test.AuditAsync(user);
        await test.PatchAsync(user, entries[0].Id, PatchOperation.Set("/targets", "text"));

        var users = (await test.Admin().AskAsync($"users?search={name}")).Read<UserList>();
        var accounts = (await test.Admin().AskAsync($"users/{user.UserId}/accounts")).Read<AccountList>();
        var audit = (await test.Admin().AskAsync($"users/{user.UserId}/audit")).Read<AuditEntryList>();

        Assert.Equal((1, 1), (users.Users.Count, users.Unreadable));
        Assert.Equal((2, 1), (accounts.Accounts.Count, accounts.Unreadable));
        Assert.Equal((entries.Count - 1, 1), (audit.Entries.Count, audit.Unreadable));
        var plan = await test.Admin().AskAsync($"users/{user.UserId}/unregistration/plan");
        Assert.Equal(200, plan.Status);
        Assert.Equal(3, plan.Read<RevocationPlanDetails>().AccountCount);
    }

    [Fact]
    public async Task A_document_that_cannot_be_read_is_logged_once()
    {
        var user = await test.NewUserAsync(phones: 1);
        var id = await BreakAsync(user, "device", "/model", "gone");

        for (var time = 0; time < 3; time++)
        {
            await test.Admin().UserAsync(user.UserId, Stop);
        }

        Assert.Single(test.Logs.Lines, line => line.Contains($"device document {id} cannot be read by this version", StringComparison.Ordinal));
    }

    /// <summary>Spoils one document of the type: of a device the first phone's.</summary>
    private async Task<string> BreakAsync(TestUser user, string type, string member, string value)
    {
        var id = type == "device"
            ? DeviceDocument.IdOf(user.DeviceIds[0])
            : (await test.DocumentsAsync(user, $"c.type = '{type}'")).Keys.First();
        await test.PatchAsync(user, id, value == "gone" ? PatchOperation.Remove(member) : PatchOperation.Set(member, value));
        return id;
    }

    private ClaimDocument Claim(TestUser user) => new()
    {
        Id = ClaimDocument.DocumentId,
        TenantId = user.TenantId,
        UserId = user.UserId,
        ClaimId = "0123456789abcdef0123456789abcdef",
        KeyId = "any",
        Epoch = 1,
        CreatedAt = test.Time.GetUtcNow(),
        ExpiresAt = test.Time.GetUtcNow().AddDays(1),
        State = ClaimState.Redeemed,
    };
}
