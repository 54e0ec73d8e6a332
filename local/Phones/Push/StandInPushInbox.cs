using BlokSec.Contracts;
using BlokSec.Local.Apns;
using BlokSec.Local.Fcm;

namespace BlokSec.Local.Phones.Push;

/// <summary>Puts the phones on the lines of the FCM and APNs stand-ins.</summary>
internal sealed class StandInPushInbox(FcmStandIn fcm, ApnsStandIn apns) : IPushInbox
{
    public void Register(PushAddress address, DevicePlatform platform, Func<PushMessage, Task> deliver)
    {
        if (address.Kind == PushHandleKind.Apns)
        {
            apns.Register(address.Token, Of(address), push => deliver(
                PushMessage.FromApns(push.Payload, push.Headers.GetValueOrDefault("apns-collapse-id"))));
        }
        else
        {
            fcm.Register(address.Token, push => deliver(
                platform == DevicePlatform.Ios ? PushMessage.FromFcmOnIos(push.Payload) : PushMessage.FromFcm(push.Payload)));
        }
    }

    public void Unregister(PushAddress address, DateTimeOffset deletedAt)
    {
        if (address.Kind == PushHandleKind.Apns)
        {
            apns.Unregister(address.Token, Of(address), deletedAt);
        }
        else
        {
            fcm.Unregister(address.Token, deletedAt);
        }
    }

    public void SetOnline(PushAddress address, bool online)
    {
        if (address.Kind == PushHandleKind.Apns)
        {
            apns.SetOnline(address.Token, Of(address), online);
        }
        else
        {
            fcm.SetOnline(address.Token, online);
        }
    }

    private static ApnsEnvironment Of(PushAddress address) =>
        address.Environment == PushEnvironment.Sandbox ? ApnsEnvironment.Sandbox : ApnsEnvironment.Production;
}
