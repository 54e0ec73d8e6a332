using System.ComponentModel.DataAnnotations;
using BlokSec.Functions.Push.Apns;
using BlokSec.Functions.Push.Fcm;
using Microsoft.Extensions.Options;

namespace BlokSec.Functions.Push;

/// <summary>How pushes are sent; section <c>Push</c>.</summary>
internal sealed partial class PushOptions
{
    public const string Section = "Push";

    /// <summary>
    /// Revoke pushes under way at the same time, per provider and process, and as many others. Default 20: less than half of the calls that
    /// <c>host.json</c> lets the host make for a queue, so that a provider that hangs leaves places to the other; more than 64 outgrows
    /// the shared array pool.
    /// </summary>
    [Range(1, 1000)]
    public int InFlight { get; set; } = 20;

    /// <summary>
    /// How long an answer may take from the moment the request leaves, in seconds. Default 10, the least that Google asks for. Before that,
    /// a request waits up to three times as long for a stream of the connection.
    /// </summary>
    [Range(1, 300)]
    public int TimeoutSeconds { get; set; } = 10;

    /// <summary>
    /// How long a provider that refuses us or does not answer is left alone before one push tries it again, in seconds. Default 30; at most
    /// 45, so that no push waits longer than a minute once the trouble is over.
    /// </summary>
    [Range(1, 45)]
    public int CircuitOpenSeconds { get; set; } = 30;

    /// <summary>Apple Push Notification service.</summary>
    [Required]
    [ValidateObjectMembers]
    public ApnsOptions Apns { get; set; } = new();

    /// <summary>Firebase Cloud Messaging.</summary>
    [Required]
    [ValidateObjectMembers]
    public FcmOptions Fcm { get; set; } = new();

    [OptionsValidator]
    internal sealed partial class Validator : IValidateOptions<PushOptions>;
}
