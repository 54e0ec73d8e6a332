using BlokSec.Contracts;
using BlokSec.Functions.Tests.Accounts;
using BlokSec.Functions.Tests.Infrastructure;
using BlokSec.Functions.Tests.Promises;
using BlokSec.Functions.Tests.Revocations;
using BlokSec.Local.Demo;
using BlokSec.Local.Faults;
using BlokSec.Local.Phones.Keys;

namespace BlokSec.Functions.Tests.Crash;

/// <summary>What somebody asks the system for, over and over until it is accepted.</summary>
/// <param name="user">A user of this flow alone.</param>
/// <param name="callAsync">The call; gives the HTTP status.</param>
/// <param name="keys">Thumbprints of keys that the flow enters.</param>
internal sealed class Flow(TestUser user, Func<Task<int>> callAsync, params string[] keys)
{
    private const int Unanswered = 503;

    private static readonly int[] Outage = [500, 503];

    private readonly string[] marks = [user.UserId, .. user.Phones.Select(phone => phone.State.PushAddress.Token), .. keys];

    public TestUser User => user;

    /// <summary>Whether a phone removes itself: it may learn by its own next call, before a push is sent.</summary>
    public bool IsDeparture { get; init; }

    /// <summary>Whether all is done with the call.</summary>
    public bool IsDoneAtOnce { get; init; }

    /// <summary>The end of a flow that is about sign-ins; null for all others.</summary>
    public SignInEnd? SignIn { get; init; }

    /// <summary>The end of an import; null for all other flows.</summary>
    public ImportEnd? Import { get; init; }

    /// <summary>The end of a bulk operation; null for all other flows.</summary>
    public BulkEnd? Bulk { get; init; }

    /// <summary>What a receiver of events has to get; null for all other flows.</summary>
    public EventsEnd? Events { get; init; }

    /// <summary>An administrator removes one of two phones.</summary>
    public static async Task<Flow> RemoveAsync(TestCloud test, AdminClient admin)
    {
        var user = await test.NewUserAsync(phones: 2, accounts: 1);
        return new Flow(user, async () => (await admin.RemovalAsync(user.UserId, user.DeviceIds[0], "the-same-key")).Status);
    }

    /// <summary>An administrator takes back the removal of one of two phones.</summary>
    public static async Task<Flow> WithdrawAsync(TestCloud test, AdminClient admin)
    {
        var user = await test.NewUserAsync(phones: 2, accounts: 1);
        var held = (await admin.RemovalAsync(user.UserId, user.DeviceIds[0])).Read<OperationDetails>();
        return new Flow(user, async () => (await admin.WithdrawAsync(user.UserId, held.OperationId)).Status);
    }

    /// <summary>An administrator unregisters a user with an iPhone, an Android phone and three accounts.</summary>
    public static async Task<Flow> UnregisterAsync(TestCloud test, AdminClient admin)
    {
        var user = await test.NewUserAsync(phones: 2, accounts: 3);
        return new Flow(user, async () => (await admin.UnregistrationAsync(user.UserId, "the-same-key")).Status);
    }

    /// <summary>An administrator lets a user leave who has two phones and three accounts.</summary>
    public static async Task<Flow> LeaveAsync(TestCloud test, AdminClient admin)
    {
        var user = await test.NewUserAsync(phones: 2, accounts: 3);
        return new Flow(user, async () => (await admin.LeaveAsync(user, idempotencyKey: "the-same-key")).Status);
    }

    /// <summary>A phone enrolls with the claim of an invited user.</summary>
    public static async Task<Flow> ClaimAsync(TestCloud test, AdminClient admin)
    {
        var user = await test.NewUserAsync(phones: 0, accounts: 3, invited: true);
        var renewed = await admin.RenewAsync(user.UserId);
        Assert.Equal(200, renewed.Status);
        Assert.True(Local.Phones.ClaimLink.TryParse(renewed.Read<ClaimDetails>().Link, out var claim));
        var (signer, didKey) = (user.NewSigner(), PhoneKey.Create(KeyKind.P256));
        return new Flow(
            user,
            async () => (await test.RedeemAsync(signer, didKey, claim.Code)).Status ?? Unanswered,
            signer.Key.DeviceId,
            didKey.DeviceId);
    }

    /// <summary>Whether a request that a stand-in saw is about this user.</summary>
    public bool Concerns(SeenRequest request) => Array.Exists(marks, mark => request.Searchable.Contains(mark, StringComparison.Ordinal));

    /// <summary>Calls until the answer is a success; nothing but an outage may come before.</summary>
    public async Task AcceptedAsync(CancellationToken cancellationToken)
    {
        while (true)
        {
            cancellationToken.ThrowIfCancellationRequested();
            var status = await StatusAsync();
            if (status is >= 200 and < 300)
            {
                return;
            }

            Assert.Contains(status, Outage);
        }
    }

    private async Task<int> StatusAsync()
    {
        try
        {
            return await callAsync();
        }
        catch (HttpRequestException)
        {
            return Unanswered;
        }
    }
}
