namespace BlokSec.Functions.Push;

/// <summary>Bound the pushes in flight to one provider. A revoke push never waits behind sign-ins, which anybody can ask for.</summary>
/// <param name="Revokes">Places for revoke pushes.</param>
/// <param name="Others">Places for all others.</param>
internal sealed record PushBulkheads(SemaphoreSlim Revokes, SemaphoreSlim Others)
{
    public SemaphoreSlim Of(PhonePush push) => push is RevokePush ? Revokes : Others;
}
