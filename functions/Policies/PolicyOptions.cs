using System.ComponentModel.DataAnnotations;
using Microsoft.Extensions.Options;

namespace BlokSec.Functions.Policies;

/// <summary>How the policies of tenants are read. Section <c>Policies</c>.</summary>
internal sealed partial class PolicyOptions
{
    public const string Section = "Policies";

    /// <summary>Seconds for which an instance remembers a tenant's policies: a change counts everywhere after that. Default: 10. At most 86,400.</summary>
    [Range(0, 86400)]
    public int RememberSeconds { get; set; } = 10;

    [OptionsValidator]
    internal sealed partial class Validator : IValidateOptions<PolicyOptions>;
}
