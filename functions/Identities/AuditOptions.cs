using System.ComponentModel.DataAnnotations;
using Microsoft.Extensions.Options;

namespace BlokSec.Functions.Identities;

/// <summary>How long audit entries are kept. Section <c>Audit</c>.</summary>
internal sealed partial class AuditOptions
{
    public const string Section = "Audit";

    /// <summary>Days that an entry is kept after it was last written; Cosmos DB deletes it then. Default: 400, more than a year. 30 to 3,650.</summary>
    [Range(30, 3650)]
    public int RetentionDays { get; set; } = 400;

    /// <summary>The same in the unit of Cosmos DB.</summary>
    internal int RetentionSeconds => RetentionDays * 24 * 3600;

    [OptionsValidator]
    internal sealed partial class Validator : IValidateOptions<AuditOptions>;
}
