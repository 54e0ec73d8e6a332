using System.Threading.RateLimiting;
using BlokSec.Functions.Http;
using Microsoft.Extensions.Options;

namespace BlokSec.Functions.Limits;

/// <summary>What phones change, as far as it is limited for all phones of a user together.</summary>
internal enum PhoneWrite
{
    /// <summary>A push handle is registered.</summary>
    PushHandle,

    /// <summary>A phone tells something new of itself.</summary>
    CheckIn,

    /// <summary>A phone reports another one as lost.</summary>
    LossReport,

    /// <summary>A phone is added.</summary>
    Enrollment,
}

/// <summary>
/// Limits what all phones of one user write together. Asked right before the write: by then the caller has proved to be one of them, so
/// that nobody else can use the user's share up.
/// </summary>
internal sealed class PhoneWrites(IOptions<RateLimitOptions> options) : IDisposable
{
    private readonly PartitionedRateLimiter<(string Tenant, string User, PhoneWrite Kind)> limiter =
        PartitionedRateLimiter.Create<(string, string, PhoneWrite Kind), (string, string, PhoneWrite)>(write => RateLimits.PerMinute(
            write,
            write.Kind is PhoneWrite.Enrollment or PhoneWrite.LossReport ? options.Value.UserEnrollmentsPerMinute : options.Value.UserWritesPerMinute));

    /// <summary>The refusal when there was too much of this kind; null when there is room.</summary>
    public IResult? Refuse(string tenantId, string userId, PhoneWrite kind)
    {
        using var lease = limiter.AttemptAcquire((tenantId, userId, kind));
        return lease.IsAcquired ? null : RateLimits.Refuse(lease);
    }

    public void Dispose() => limiter.Dispose();
}
