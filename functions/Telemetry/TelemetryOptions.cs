using System.ComponentModel.DataAnnotations;
using Microsoft.Extensions.Options;

namespace BlokSec.Functions.Telemetry;

/// <summary>What of the traces is sent; section <c>Telemetry</c>. Where to: <see cref="TelemetryFeature"/>.</summary>
internal sealed partial class TelemetryOptions
{
    public const string Section = "Telemetry";

    /// <summary>
    /// The share of calls that only read (pages of the console, status calls of phones) whose traces are kept, 0 to 1. Default 0.1. What
    /// changes something, what belongs to a removal, and what fails is always kept (of a read that fails: from the failure on).
    /// </summary>
    [Range(0, 1)]
    public double ReadRatio { get; set; } = 0.1;

    [OptionsValidator]
    internal sealed partial class Validator : IValidateOptions<TelemetryOptions>;
}
