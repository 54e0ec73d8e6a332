using System.Text.Json;
using BlokSec.Contracts;
using BlokSec.Functions.Tests.Infrastructure;
using BlokSec.Local.Demo;
using BlokSec.Local.Phones.Keys;
using BlokSec.Local.Seed;

namespace BlokSec.Functions.Tests.Promises;

public sealed class TenantsNeverMeetTests(CloudFixture fixture) : IClassFixture<CloudFixture>
{
    private const string OtherTenant = DemoPeople.Fabrikam;

    private readonly TestCloud test = fixture.Cloud;

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task I9_Whatever_exists_in_another_tenant_answers_as_if_it_did_not_exist()
    {
        var living = await LivingAsync();
        var unclaimed = await UnclaimedAsync();
        var before = (await test.TextAsync(living), await test.TextAsync(unclaimed));
        var neighbour = test.Admin(TestCloud.Neighbour);

        foreach (var call in (await CallsAsync(living)).Concat(await CallsAsync(unclaimed)))
        {
            var answer = await call.SendAsync(neighbour);
            var ofNobody = await call.AboutNobody().SendAsync(neighbour);

            Assert.True((404, ProblemCodes.NotFound) == (answer.Status, answer.Code), $"{call}: {answer}");
            Assert.Equal(Told(ofNobody), Told(answer));
        }

        Assert.Equal(before, (await test.TextAsync(living), await test.TextAsync(unclaimed)));
        Assert.Empty(await test.DocumentsAsync(living with { TenantId = OtherTenant }));
        Assert.Empty(await test.DocumentsAsync(unclaimed with { TenantId = OtherTenant }));
    }

    [Fact]
    public async Task I9_The_same_calls_by_the_own_administrator_find_all_of_it()
    {
        foreach (var user in new[] { await LivingAsync(), await UnclaimedAsync() })
        {
            foreach (var call in (await CallsAsync(user)).Where(call => call.IsFoundByItsOwner))
            {
                var answer = await call.SendAsync(test.Admin());
                Assert.True(answer.Status is 200 or 202 or 204, $"{call}: {answer}");
            }
        }
    }

    [Theory]
    [InlineData("removal")]
    [InlineData("unregistration")]
    public async Task I9_What_happens_to_a_user_never_touches_the_one_of_the_same_id_elsewhere(string what)
    {
        var (ours, theirs) = await test.NamesakesAsync();
        var (before, signer) = (await test.TextAsync(theirs), ours.Signer(0));

        _ = what == "removal" ? (object)await test.RemovedAsync(ours, 0) : await test.UnregisteredAsync(ours);
        await test.AtRestAsync(ours);

        Assert.Equal(before, await test.TextAsync(theirs));
        Assert.All(theirs.Phones, phone => Assert.NotNull(phone.State.Registration));
        Assert.Equal(200, (await test.StatusAsync(theirs.Signer(0))).Status);
        Assert.Equal(410, (await test.StatusAsync(signer)).Status);
    }

    [Fact]
    public async Task I9_Ids_of_one_tenant_mean_nothing_for_the_user_of_the_same_id_in_another()
    {
        var (ours, theirs) = await test.NamesakesAsync();
        var operation = await test.RemovedAsync(ours, 0);
        await test.AtRestAsync(ours);
        var before = await test.TextAsync(theirs);
        var neighbour = test.Admin(TestCloud.Neighbour);

        AdminAnswer[] answers =
        [
            await neighbour.AskAsync($"users/{theirs.UserId}/operations/{operation.OperationId}"),
            await neighbour.RemovalAsync(theirs.UserId, ours.DeviceIds[0]),
            await neighbour.RemovalAsync(theirs.UserId, ours.DeviceIds[1]),
            await neighbour.SetActiveAsync(theirs.UserId, ours.DeviceIds[1], "*"),
        ];

        Assert.All(answers, answer => Assert.Equal((404, ProblemCodes.NotFound), (answer.Status, answer.Code)));
        Assert.Equal(before, await test.TextAsync(theirs));
    }

    [Fact]
    public async Task I9_The_same_idempotency_key_in_two_tenants_starts_two_operations()
    {
        var (ours, theirs) = await test.NamesakesAsync();

        var answers = await Task.WhenAll(
            test.Admin().UnregistrationAsync(ours.UserId, "the-key"),
            test.Admin(TestCloud.Neighbour).UnregistrationAsync(theirs.UserId, "the-key"));

        Assert.All(answers, answer => Assert.Equal(202, answer.Status));
        Assert.Equal(2, answers.Select(answer => answer.Read<OperationDetails>().OperationId).Distinct().Count());
        Assert.NotEqual(await test.UnregisteredAsync(ours), await test.UnregisteredAsync(theirs));
    }

    [Fact]
    public async Task I9_A_claim_enrolls_nobody_as_the_user_of_the_same_id_elsewhere()
    {
        var (ours, theirs) = await test.NamesakesAsync();
        var (claim, _) = (await test.UnregisteredAsync(ours), await test.UnregisteredAsync(theirs));

        var redeemed = await test.RedeemAsync(theirs.NewSigner(), PhoneKey.Create(KeyKind.P256), claim.Code);

        Assert.Equal((403, ProblemCodes.ClaimInvalid), (redeemed.Status, redeemed.ProblemCode));
        Assert.Empty(await test.DocumentsAsync(theirs, "c.type = 'device'"));
        Assert.Equal(ClaimState.Open, (await test.Admin().ClaimAsync(ours.UserId, Stop)).State);
    }

    [Fact]
    public async Task I9_A_phone_and_its_DID_are_unknown_to_the_user_of_the_same_id_elsewhere()
    {
        var (ours, theirs) = await test.NamesakesAsync();
        var before = await test.TextAsync(theirs, "c.type != 'proof'");
        var signer = ours.Signer(0) with { Tenant = OtherTenant };

        Assert.Equal(401, (await test.StatusAsync(signer)).Status);
        Assert.Equal(401, (await test.EraseAsync(signer)).Status);
        Assert.Equal(401, (await test.PutHandleAsync(signer, ours.Phones[0].State.PushAddress.ToHandle())).Status);
        Assert.Equal(before, await test.TextAsync(theirs, "c.type != 'proof'"));

        // The DID of somebody else is refused as such, and is an alert; whose it is, nobody learns.
        Assert.Equal(ProblemCodes.KeyInUse, (await test.RestoreAsync(theirs.NewSigner(), ours.DidKey())).ProblemCode);
        Assert.Equal(
            [],
            (await test.AuditAsync(theirs)).Where(entry => entry.Action != AuditActions.KeyInUseRefused));
        Assert.DoesNotContain(ours.TenantId, await test.TextAsync(theirs, "c.type = 'audit'"), StringComparison.Ordinal);
    }

    private static string Told(AdminAnswer answer)
    {
        var problem = JsonElement.Parse(answer.Text).EnumerateObject().Where(member => member.Name is not ("traceId" or "instance"));
        return string.Join(' ', problem.Select(member => $"{member.Name}={member.Value}"));
    }

    /// <summary>A user with two phones, one removed phone, accounts and an operation.</summary>
    private async Task<TestUser> LivingAsync()
    {
        var user = await test.NewUserAsync(phones: 3, accounts: 3);
        await test.RemovedAsync(user, 2);
        await test.AtRestAsync(user);
        return user;
    }

    /// <summary>A user with an open claim.</summary>
    private async Task<TestUser> UnclaimedAsync()
    {
        var user = await test.NewUserAsync(phones: 1, accounts: 3);
        await test.UnregisteredAsync(user);
        await test.AtRestAsync(user);
        return user;
    }

    /// <summary>Every call about everything that exists of a user. Those that end the user's devices come last.</summary>
    private async Task<IReadOnlyList<Call>> CallsAsync(TestUser user)
    {
        var told = await test.Admin().UserAsync(user.UserId, Stop);
        var calls = new List<Call>
        {
            new(user.UserId, HttpMethod.Get, ""),
            new(user.UserId, HttpMethod.Get, "/accounts"),
            new(user.UserId, HttpMethod.Get, "/accounts?pageSize=1"),
            new(user.UserId, HttpMethod.Get, "/audit"),
            new(user.UserId, HttpMethod.Get, "/unregistration/plan") { IsFoundByItsOwner = told.DidState == DidState.Active },
            new(user.UserId, HttpMethod.Get, "/claim") { IsFoundByItsOwner = told.Claim is not null },
            new(user.UserId, HttpMethod.Get, "/claim/qr") { IsFoundByItsOwner = told.Claim is not null },
            new(user.UserId, HttpMethod.Post, "/claim/prolongation")
            {
                Body = new ClaimChannelRequest { ClaimId = told.Claim?.ClaimId ?? "none" },
                IsFoundByItsOwner = told.Claim is not null,
            },
            new(user.UserId, HttpMethod.Post, "/claim/sending")
            {
                Body = new ClaimChannelRequest { ClaimId = told.Claim?.ClaimId ?? "none" },
                IsFoundByItsOwner = told.Claim is not null,
            },
            new(user.UserId, HttpMethod.Post, "/claim/identity-check")
            {
                // The tenant lists no ways.
                Body = new IdentityCheckRequest { ClaimId = told.Claim?.ClaimId ?? "none", Way = "ID card in person" },
                IsFoundByItsOwner = false,
            },
            new(user.UserId, HttpMethod.Post, "/claim/renewal") { IsFoundByItsOwner = told.DidState == DidState.Unclaimed },
        };
        calls.AddRange(told.Operations.Select(operation => new Call(user.UserId, HttpMethod.Get, $"/operations/{operation.OperationId}")));
        calls.AddRange(told.Revocations.Select(revocation => new Call(user.UserId, HttpMethod.Get, $"/revocations/{revocation.DeviceId}/receipt")));
        calls.AddRange(told.Devices.Select(device => new Call(user.UserId, HttpMethod.Get, $"/devices/{device.DeviceId}/removal/plan")));
        calls.AddRange(told.Devices.Select(device => new Call(user.UserId, HttpMethod.Put, "/active-device")
        {
            Body = new SetActiveDeviceRequest { DeviceId = device.DeviceId },
        }));
        calls.AddRange(user.DeviceIds.Select(deviceId => new Call(user.UserId, HttpMethod.Post, $"/devices/{deviceId}/removal")
        {
            Body = new RemoveDeviceRequest { Confirmation = ConfirmationPhrases.RemoveDevice },
        }));
        calls.Add(new Call(user.UserId, HttpMethod.Post, "/unregistration")
        {
            Body = new UnregisterAllDevicesRequest { Confirmation = ConfirmationPhrases.UnregisterAllDevices },
        });
        return calls;
    }

    private sealed record Call(string UserId, HttpMethod Method, string Path)
    {
        public object? Body { get; init; }

        public bool IsFoundByItsOwner { get; init; } = true;

        public Call AboutNobody() => this with { UserId = $"nobody-{Guid.NewGuid():N}" };

        public Task<AdminAnswer> SendAsync(AdminClient admin) => admin.SendAsync(Method, $"users/{UserId}{Path}", Body, ("If-Match", "*"));

        public override string ToString() => $"{Method} {Path}";
    }
}
