using BlokSec.Contracts;

namespace BlokSec.Local.Phones.Push;

/// <summary>
/// What a phone's system does with Apple's or Google's push network. The composition adapts the FCM and APNs stand-ins to it.
/// A phone never calls it while it holds its own lock, so an implementation may deliver at once.
/// </summary>
internal interface IPushInbox
{
    /// <summary>An app install became reachable under a token: pushes to it are handed to <paramref name="deliver"/>.</summary>
    void Register(PushAddress address, DevicePlatform platform, Func<PushMessage, Task> deliver);

    /// <summary>The app was deleted or got another token: from then on the provider calls this one dead.</summary>
    void Unregister(PushAddress address, DateTimeOffset deletedAt);

    /// <summary>The phone lost or regained its connection; the network stores pushes meanwhile.</summary>
    void SetOnline(PushAddress address, bool online);
}
