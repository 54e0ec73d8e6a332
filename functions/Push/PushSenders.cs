using BlokSec.Contracts;
using BlokSec.Functions.Push.Apns;
using BlokSec.Functions.Push.Fcm;

namespace BlokSec.Functions.Push;

/// <summary>Chooses the provider by the kind of push handle.</summary>
internal sealed class PushSenders(ApnsSender apns, FcmSender fcm)
{
    /// <inheritdoc cref="IPushSender.SendAsync"/>
    public Task<PushResult> SendAsync(PhonePush push, CancellationToken cancellationToken) =>
        For(push.Handle.Kind).SendAsync(push, cancellationToken);

    /// <summary>How the providers answer, as this instance saw it since it was started.</summary>
    public IReadOnlyList<PushProviderHealth> Health => [.. apns.Health, fcm.Health];

    private IPushSender For(PushHandleKind kind) => kind switch
    {
        PushHandleKind.Apns => apns,
        PushHandleKind.FcmToken or PushHandleKind.FcmFid => fcm,
        _ => throw new ArgumentOutOfRangeException(nameof(kind), kind, "No provider serves this kind of push handle."),
    };
}
