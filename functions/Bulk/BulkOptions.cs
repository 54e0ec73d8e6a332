using System.ComponentModel.DataAnnotations;
using Microsoft.Extensions.Options;

namespace BlokSec.Functions.Bulk;

/// <summary>How fast many users are acted on. Section <c>Bulk</c>.</summary>
internal sealed partial class BulkOptions
{
    public const string Section = "Bulk";

    /// <summary>Users, or devices that are removed one by one, that have their turn in a second, for each bulk operation. Default: 5.</summary>
    [Range(1, 100)]
    public double UsersPerSecond { get; set; } = 5;

    /// <summary>Seconds without progress after which the work is queued again. Default: 180.</summary>
    [Range(0, 86_400)]
    public double OverdueSeconds { get; set; } = 180;

    [OptionsValidator]
    internal sealed partial class Validator : IValidateOptions<BulkOptions>;
}
