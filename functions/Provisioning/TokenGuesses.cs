using System.Net;
using System.Threading.RateLimiting;
using BlokSec.Functions.Http;
using BlokSec.Functions.Limits;

namespace BlokSec.Functions.Provisioning;

/// <summary>
/// Limits how many provisioning tokens that this instance does not know come from one address (IPv6: from one /64 network): each of them costs a read.
/// </summary>
internal sealed class TokenGuesses : IDisposable
{
    /// <summary>Unknown tokens in a minute.</summary>
    public const int PerMinute = 60;

    private readonly PartitionedRateLimiter<IPAddress> limiter =
        PartitionedRateLimiter.Create<IPAddress, IPAddress>(address => RateLimits.PerMinute(address, PerMinute));

    /// <summary>The refusal when there were too many; null while there is room, which this one takes.</summary>
    public RateLimitLease? Refuse(HttpContext context)
    {
        var lease = limiter.AttemptAcquire(ClientAddress.NetworkOf(context));
        if (!lease.IsAcquired)
        {
            return lease;
        }

        lease.Dispose();
        return null;
    }

    public void Dispose() => limiter.Dispose();
}
