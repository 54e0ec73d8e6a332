using System.Collections.Concurrent;
using BlokSec.Contracts;
using BlokSec.Local.Phones.Push;

namespace BlokSec.Local.Tests.Phones;

/// <summary>A push network that keeps nothing: what is delivered arrives at once or nowhere.</summary>
internal sealed class FakePushNetwork : IPushInbox
{
    private readonly ConcurrentDictionary<PushAddress, Func<PushMessage, Task>> installs = new();

    public ConcurrentDictionary<PushAddress, DateTimeOffset> Dead { get; } = new();

    public ConcurrentDictionary<PushAddress, bool> Online { get; } = new();

    public IEnumerable<PushAddress> Living => installs.Keys;

    public void Register(PushAddress address, DevicePlatform platform, Func<PushMessage, Task> deliver) => installs[address] = deliver;

    public void Unregister(PushAddress address, DateTimeOffset deletedAt)
    {
        Dead[address] = deletedAt;
        installs.TryRemove(address, out _);
    }

    public void SetOnline(PushAddress address, bool online) => Online[address] = online;

    /// <summary>What the network holds for an address, even after it died: for pushes that were on their way.</summary>
    public Func<PushMessage, Task> Route(PushAddress address) => installs[address];

    public Task DeliverAsync(PushAddress address, PushMessage push) => installs[address](push);
}
