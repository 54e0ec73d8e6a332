namespace BlokSec.Functions.Push;

/// <summary>Sends pushes through one provider.</summary>
internal interface IPushSender
{
    /// <summary>Makes one attempt. Never throws for what a provider answers or for a broken line: that is a result.</summary>
    Task<PushResult> SendAsync(PhonePush push, CancellationToken cancellationToken);
}
