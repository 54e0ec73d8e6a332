using System.Collections.Concurrent;
using System.Text.RegularExpressions;
using BlokSec.Contracts;
using BlokSec.Local.Phones.Keys;
using BlokSec.Local.Phones.Push;

namespace BlokSec.Local.Phones;

/// <summary>All virtual phones of the local system.</summary>
internal sealed partial class PhoneBook : IDisposable
{
    private const long MaxAnswerBytes = 1024 * 1024;

    private readonly ConcurrentDictionary<string, VirtualPhone> phones = new(StringComparer.Ordinal);
    private readonly Lock adding = new();
    private readonly HttpClient http;
    private readonly IPushInbox inbox;
    private readonly PhoneOptions options;
    private readonly TimeProvider time;
    private readonly PhoneFiles files;
    private readonly Signal changes = new();

    /// <summary>Opens the phone book: the phones of the folder are switched on and become reachable for pushes.</summary>
    /// <param name="folder">Where the phones are kept; made when it is missing.</param>
    /// <param name="http">How phones reach the API; see <see cref="CreateHttpClient"/>.</param>
    /// <param name="inbox">How pushes reach the phones.</param>
    /// <param name="options">Where the API is.</param>
    /// <param name="time">The phones' clock.</param>
    public PhoneBook(string folder, HttpClient http, IPushInbox inbox, PhoneOptions options, TimeProvider time)
    {
        this.http = http;
        this.inbox = inbox;
        this.options = options;
        this.time = time;
        files = new PhoneFiles(folder);
        foreach (var state in files.Load())
        {
            SwitchOn(state);
        }
    }

    /// <summary>Completes at the next change of any phone. Take it before looking.</summary>
    public Task NextChange => changes.Next;

    /// <summary>The phones, by id.</summary>
    public IReadOnlyList<VirtualPhone> Phones => [.. phones.Values.OrderBy(phone => phone.Id, StringComparer.Ordinal)];

    /// <summary>A client that behaves as the app's: no redirects, no cookies, no proxy (phones talk to loopback), small answers only.</summary>
    public static HttpClient CreateHttpClient() => new(new SocketsHttpHandler
    {
        AllowAutoRedirect = false,
        UseCookies = false,
        UseProxy = false,
        // A phone sends the trace that a push came with, and no other.
        ActivityHeadersPropagator = null,
        ConnectTimeout = TimeSpan.FromSeconds(5),
    })
    {
        Timeout = Timeout.InfiniteTimeSpan,
        MaxResponseContentBufferSize = MaxAnswerBytes,
    };

    /// <summary>The phone with this id, else the only one with this name, else null.</summary>
    public VirtualPhone? Find(string idOrName)
    {
        if (phones.TryGetValue(idOrName, out var phone))
        {
            return phone;
        }

        var named = Phones.Where(other => other.State.Facts.Name.Equals(idOrName, StringComparison.OrdinalIgnoreCase)).Take(2).ToList();
        return named is [var only] ? only : null;
    }

    /// <summary>The phone that is registered as this device; null when there is none.</summary>
    public VirtualPhone? FindDevice(string deviceId) =>
        phones.Values.FirstOrDefault(phone => phone.State.Registration?.DeviceId == deviceId);

    /// <summary>A new phone with a fresh app at its welcome screen.</summary>
    /// <param name="facts">What it is.</param>
    /// <param name="holder">In whose hands it is; null for nobody's in particular.</param>
    public VirtualPhone Add(PhoneFacts facts, PhoneHolder? holder = null) => Add(facts, state => state with { Holder = holder });

    /// <summary>
    /// A phone that is enrolled already, for seeded data: the caller writes the documents that match it, as if it had enrolled itself.
    /// </summary>
    public SeededPhone AddEnrolled(PhoneFacts facts, SeedRegistration seed)
    {
        var key = PhoneKey.Create(facts.DeviceKeyKind);
        var phone = Add(facts, state => state with
        {
            AllowsNotifications = seed.AllowsNotifications,
            Holder = new PhoneHolder(seed.TenantId, seed.UserId),
            LastSyncAt = seed.RegisteredAt,
            Registration = new PhoneRegistration
            {
                TenantId = seed.TenantId,
                UserId = seed.UserId,
                Epoch = seed.Epoch,
                RegisteredAt = seed.RegisteredAt,
                DeviceKey = key,
                DidKey = seed.DidKey,
                RegisteredToken = seed.AllowsNotifications ? state.PushAddress.Token : null,
            },
        });
        var handle = seed.AllowsNotifications ? phone.State.PushAddress.ToHandle() : null;
        return new SeededPhone(phone, key.DeviceId, key.Public, seed.DidKey.Did, handle);
    }

    /// <summary>Removes all phones, as before seeding again.</summary>
    public async Task ClearAsync(CancellationToken cancellationToken)
    {
        foreach (var phone in Phones)
        {
            await phone.DeleteAppAsync(cancellationToken);
            phones.TryRemove(phone.Id, out _);
            files.Delete(phone.Id);
            changes.Raise();
        }
    }

    public void Dispose()
    {
        foreach (var phone in phones.Values)
        {
            phone.Dispose();
        }
    }

    private VirtualPhone Add(PhoneFacts facts, Func<PhoneState, PhoneState> prepare)
    {
        var kind = facts.PushKind ?? (facts.Platform == DevicePlatform.Ios ? PushHandleKind.Apns : PushHandleKind.FcmToken);
        lock (adding)
        {
            var state = prepare(new PhoneState
            {
                Id = FreeId(facts.Name),
                Facts = facts,
                PushAddress = PushAddress.Create(kind, facts.PushEnvironment),
            });
            files.Save(state);
            return SwitchOn(state);
        }
    }

    private VirtualPhone SwitchOn(PhoneState state)
    {
        var phone = new VirtualPhone(state, http, inbox, options, time, Keep);
        phones[state.Id] = phone;
        phone.Connect();
        changes.Raise();
        return phone;
    }

    private void Keep(PhoneState state)
    {
        files.Save(state);
        changes.Raise();
    }

    /// <summary>The name as people would write it into an address, with a number when it is taken.</summary>
    private string FreeId(string name)
    {
        var slug = NotPlain().Replace(name.ToLowerInvariant(), "-").Trim('-');
        slug = slug.Length == 0 ? "phone" : slug[..Math.Min(slug.Length, 60)];
        return Enumerable.Range(1, int.MaxValue).Select(n => n == 1 ? slug : $"{slug}-{n}").First(id => !phones.ContainsKey(id));
    }

    [GeneratedRegex("[^a-z0-9]+", RegexOptions.None, matchTimeoutMilliseconds: 1_000)]
    private static partial Regex NotPlain();
}
