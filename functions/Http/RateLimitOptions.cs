using System.ComponentModel.DataAnnotations;
using Microsoft.Extensions.Options;

namespace BlokSec.Functions.Http;

/// <summary>How many calls are served, by one instance of the app. Section <c>RateLimits</c>.</summary>
internal sealed partial class RateLimitOptions
{
    public const string Section = "RateLimits";

    /// <summary>Calls of one administrator in a minute. Default: 600. The console asks about twice a second while work is under way.</summary>
    [Range(1, 1_000_000)]
    public int AdministratorPerMinute { get; set; } = 600;

    /// <summary>Calls of one application in a minute, polls included. Default: 6,000, a hundred sign-ins at the same time and more.</summary>
    [Range(1, 1_000_000)]
    public int ApplicationPerMinute { get; set; } = 6_000;

    /// <summary>Calls of one device in a minute, after its proof. Default: 120.</summary>
    [Range(1, 1_000_000)]
    public int DevicePerMinute { get; set; } = 120;

    /// <summary>
    /// Push handles that all phones of one user together may register in a minute. Default: 60. What changes nothing is not counted.
    /// </summary>
    [Range(1, 1_000_000)]
    public int UserWritesPerMinute { get; set; } = 60;

    /// <summary>Restores and redemptions of one user in a minute. Default: 10. Those without the right code or DID are not counted.</summary>
    [Range(1, 1_000_000)]
    public int UserEnrollmentsPerMinute { get; set; } = 10;

    /// <summary>
    /// Calls of phones from one client address (IPv6: from one /64 network) in a minute, counted before a proof is looked at. Default:
    /// 1,200, so that an office behind one address opens its apps at the same moment. Devices that this instance knows are not counted.
    /// </summary>
    [Range(1, 1_000_000)]
    public int AddressPerMinute { get; set; } = 1_200;

    /// <summary>
    /// The same from all addresses together: the signatures of strangers that an instance checks in a minute. Default: 60,000, which take a tenth of a
    /// processor; calls without a proof are not counted.
    /// </summary>
    [Range(1, 1_000_000)]
    public int StrangersPerMinute { get; set; } = 60_000;

    /// <summary>
    /// Whether the app stands behind the front end of Azure Functions, which appends the caller's address to <c>X-Forwarded-For</c>: 1, the
    /// default, or 0, which ignores the header. The Functions host hands on only the address that its front end saw, so that behind Azure Front
    /// Door this is the address of Front Door, whose own rules must limit callers then.
    /// </summary>
    [Range(0, 1)]
    public int ForwardedHops { get; set; } = 1;

    [OptionsValidator]
    internal sealed partial class Validator : IValidateOptions<RateLimitOptions>;
}
