using System.Text.Json;
using BlokSec.Contracts;
using BlokSec.Functions.Messaging;
using BlokSec.Functions.Tests.Infrastructure;
using BlokSec.Functions.Tests.Promises;
using BlokSec.Local.Faults;

namespace BlokSec.Functions.Tests.Providers;

/// <summary>What can be seen of one device's push at one moment.</summary>
/// <param name="At">When.</param>
/// <param name="Told">What the administrator reads.</param>
/// <param name="HasHandle">Whether the push handle is kept.</param>
/// <param name="Waiting">When the messages that wait on the bus for this device will come, and their number of the attempt.</param>
internal sealed record Glimpse(DateTimeOffset At, RevocationDetails Told, bool HasHandle, IReadOnlyList<(DateTimeOffset Due, int Attempt)> Waiting);

/// <summary>
/// One month in which phones are removed at the same moment and each provider answers to each of them with another row of its table: for
/// a while or forever. Told once for all rows, because the clock is the same for all of them.
/// </summary>
public sealed class ProviderStory : IAsyncLifetime
{
    private readonly Dictionary<string, List<Glimpse>> glimpses = [];
    private readonly Dictionary<string, (TestUser User, string DeviceId, PushHandleRegistration Handle)> phones = [];
    private TestCloud test = null!;

    internal IReadOnlyList<ProviderRow> Rows { get; private set; } = [];

    internal TestCloud Test => test;

    /// <summary>What was seen of a row: after the first try, 15 seconds, an hour, almost a month and more than a month.</summary>
    internal IReadOnlyList<Glimpse> Of(string row) => glimpses[row];

    internal ProviderRow Row(string name) => Rows.Single(row => Key(row) == name);

    internal PushHandleRegistration Handle(string row) => phones[row].Handle;

    internal string DeviceId(string row) => phones[row].DeviceId;

    internal static string Key(ProviderRow row) => row.ForEver ? $"{row.Name}, forever" : row.Name;

    public async ValueTask InitializeAsync()
    {
        // The clock stands, so nothing that waits for real may end by it.
        test = await TestCloud.StartAsync(new TestCloudOptions
        {
            Settings = new Dictionary<string, string> { ["Push__TimeoutSeconds"] = "300" },
        });
        test.Time.Stop();
        Rows = ProviderRows.All(test.Time.GetUtcNow());
        await GivePhonesAsync();
        var rules = Rows.Where(row => row.Rule is not null).Select(row => (row, Rule: test.Traffic.Add(Aimed(row)))).ToArray();

        await Task.WhenAll(Users().Select(user => test.Admin().UnregisterAsync(user.UserId, "all of them", TestContext.Current.CancellationToken)));
        await SettleAsync("c.push = 'queued'");
        await LookAsync();

        await PassAsync(TimeSpan.FromSeconds(15));
        foreach (var (row, rule) in rules.Where(of => !of.row.ForEver))
        {
            rule.Dispose();
        }

        await PassAsync(TimeSpan.FromMinutes(61));
        await PassAsync(TimeSpan.FromDays(29.8));
        await PassAsync(TimeSpan.FromDays(2));
    }

    public ValueTask DisposeAsync() => test.DisposeAsync();

    private async Task GivePhonesAsync()
    {
        var users = await Task.WhenAll(Enumerable.Range(0, 3).Select(_ => test.NewUserAsync(phones: 30)));
        var free = users
            .SelectMany(user => user.Phones.Zip(user.DeviceIds, (phone, deviceId) => (user, deviceId, Handle: phone.State.PushAddress.ToHandle())))
            .ToLookup(phone => phone.Handle.Kind == PushHandleKind.Apns ? "apns" : "fcm")
            .ToDictionary(of => of.Key, of => new Queue<(TestUser, string, PushHandleRegistration)>(of));
        foreach (var row in Rows)
        {
            phones.Add(Key(row), free[row.Provider].Dequeue());
            glimpses.Add(Key(row), []);
        }

        // No phone confirms by itself: what is seen is what the providers said.
        await Task.WhenAll(users.SelectMany(user => user.Phones).Select(
            phone => phone.SetLosePushesAsync(true, TestContext.Current.CancellationToken)));
    }

    private FaultRule Aimed(ProviderRow row) =>
        row.Rule! with { StandIn = row.Provider, Operation = "send", Contains = phones[Key(row)].Handle.Value };

    private IEnumerable<TestUser> Users() => phones.Values.Select(phone => phone.User).Distinct();

    private async Task PassAsync(TimeSpan by)
    {
        await test.PassAsync(by);
        await SettleAsync($"c.nextAttemptAt <= '{test.Time.GetUtcNow():O}'");
        await LookAsync();
    }

    /// <summary>Waits until the condition is true for no revocation any more, and all messages are where they will stay.</summary>
    private async Task SettleAsync(string notYet)
    {
        foreach (var user in Users())
        {
            await test.UntilAsync(
                async () => (await test.DocumentsAsync(user, $"c.type = 'revocation' AND {notYet}")).Count == 0 ? user : null,
                $"no push any more with {notYet}");
        }

        await test.Cloud.ServiceBus.WaitUntilIdleAsync(TestContext.Current.CancellationToken);
    }

    private async Task LookAsync()
    {
        var waiting = test.Cloud.ServiceBus.Peek(Queues.RevokePushes)
            .Select(message => (Body: JsonElement.Parse(message.Body), message.EnqueuedTime))
            .ToLookup(
                message => message.Body.GetProperty("deviceId").GetString()!,
                message => (message.EnqueuedTime, message.Body.GetProperty("attempt").GetInt32()));
        foreach (var user in Users())
        {
            var told = (await test.Admin().UserAsync(user.UserId, TestContext.Current.CancellationToken)).Revocations;
            var stored = await test.DocumentsAsync(user, "c.type = 'revocation'");
            foreach (var (row, phone) in phones.Where(of => of.Value.User == user))
            {
                glimpses[row].Add(new Glimpse(
                    test.Time.GetUtcNow(),
                    told.Single(revocation => revocation.DeviceId == phone.DeviceId),
                    stored[$"revocation:{phone.DeviceId}"].TryGetProperty("pushHandle", out _),
                    [.. waiting[phone.DeviceId]]));
            }
        }
    }
}
