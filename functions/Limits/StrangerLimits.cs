using System.Net;
using System.Threading.RateLimiting;
using BlokSec.Functions.Http;
using BlokSec.Functions.Security;
using Microsoft.Extensions.Options;

namespace BlokSec.Functions.Limits;

/// <summary>
/// Limits the calls of phones by the client's address and for the whole instance, before a signature is checked or the database is
/// asked: a key of one's own costs a stranger nothing. Keys of devices that were served before pass, each with a bucket of its own,
/// so that neither their neighbours behind one address nor a flood from many addresses keeps them out. Memory has a bound: idle buckets
/// are dropped, and the known keys are two generations of digests.
/// </summary>
internal sealed class StrangerLimits : IDisposable
{
    private readonly PartitionedRateLimiter<IPAddress> addresses;
    private readonly PartitionedRateLimiter<string> instance;
    private readonly PartitionedRateLimiter<UInt128> known;
    private readonly KnownKeys keys = new();

    public StrangerLimits(IOptions<RateLimitOptions> options)
    {
        var (perAddress, perDevice, all) = (options.Value.AddressPerMinute, options.Value.DevicePerMinute, options.Value.StrangersPerMinute);
        addresses = PartitionedRateLimiter.Create<IPAddress, IPAddress>(address => RateLimits.PerMinute(address, perAddress));
        instance = PartitionedRateLimiter.Create<string, string>(name => RateLimits.PerMinute(name, all));
        known = PartitionedRateLimiter.Create<UInt128, UInt128>(key => RateLimits.PerMinute(key, perDevice));
    }

    /// <summary>Whether the call is one that a phone has to sign.</summary>
    public static bool Concern(HttpContext context) =>
        context.GetEndpoint()?.Metadata.GetMetadata<IAuthorizeData>()?.Policy == DeviceAuthentication.Policy;

    /// <summary>Lets the call through or answers 429. Whoever is served as a registered or a removed device is known from then on.</summary>
    public async Task AdmitAsync(HttpContext context, RequestDelegate next)
    {
        var key = KnownKeys.KeyOf(context.Request.Headers[DeviceProofs.HeaderName]);
        if (!IsKnown(key))
        {
            // In this order: whoever is over the limit of an address takes nothing from the others.
            using var ofAddress = addresses.AttemptAcquire(ClientAddress.NetworkOf(context));
            // Without a proof no signature is checked: such calls are counted for their address only.
            using var ofInstance = ofAddress.IsAcquired && key is not null ? instance.AttemptAcquire("") : ofAddress;
            if (!ofInstance.IsAcquired)
            {
                await RateLimits.Refuse(ofInstance).ExecuteAsync(context);
                return;
            }
        }

        await next(context);
        if (key is { } served
            && context.Features.Get<DeviceProof>() is { } proof
            && context.Response.StatusCode is (>= 200 and < 300) or StatusCodes.Status410Gone)
        {
            keys.Add(proof.DeviceId, served);
        }
    }

    public void Dispose()
    {
        addresses.Dispose();
        instance.Dispose();
        known.Dispose();
    }

    /// <summary>Somebody who shows a known key without having it empties that bucket only, and its owner is then a stranger like others.</summary>
    private bool IsKnown(UInt128? key)
    {
        if (key is not { } shown || !keys.Contains(shown))
        {
            return false;
        }

        using var lease = known.AttemptAcquire(shown);
        return lease.IsAcquired;
    }
}
