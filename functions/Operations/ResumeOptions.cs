using System.ComponentModel.DataAnnotations;
using Microsoft.Extensions.Options;

namespace BlokSec.Functions.Operations;

/// <summary>When work counts as making no progress. Section <c>Resume</c>.</summary>
internal sealed partial class ResumeOptions
{
    public const string Section = "Resume";

    /// <summary>Seconds after which an operation whose work was not begun is queued again. Default: 60.</summary>
    [Range(0, 86400)]
    public double NotStartedSeconds { get; set; } = 60;

    /// <summary>
    /// Seconds after which whoever looks at an operation whose work was not begun has it queued again; 30 times that for one that is running and
    /// makes no progress. Default: 2.
    /// </summary>
    [Range(0, 86400)]
    public double LookedAtSeconds { get; set; } = 2;

    /// <summary>Seconds without progress after which the open steps of a running operation are queued again. Default: 300.</summary>
    [Range(0, 86400)]
    public double RunningSeconds { get; set; } = 300;

    /// <summary>Seconds that a revoke push may be overdue before it is queued again. Default: 600.</summary>
    [Range(0, 86400)]
    public double PushOverdueSeconds { get; set; } = 600;

    [OptionsValidator]
    internal sealed partial class Validator : IValidateOptions<ResumeOptions>;
}
