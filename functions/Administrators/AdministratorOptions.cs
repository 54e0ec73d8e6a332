using System.ComponentModel.DataAnnotations;
using Microsoft.Extensions.Options;

namespace BlokSec.Functions.Administrators;

/// <summary>Who counts as an administrator of a tenant. Section <c>Administrators</c>.</summary>
internal sealed partial class AdministratorOptions
{
    public const string Section = "Administrators";

    /// <summary>
    /// Days for which somebody who used the API as an administrator is known as one: plans name them, and policies protect them. 0 remembers
    /// nobody. Default: 180. At most 1,000.
    /// </summary>
    [Range(0, 1000)]
    public int RememberDays { get; set; } = 180;

    [OptionsValidator]
    internal sealed partial class Validator : IValidateOptions<AdministratorOptions>;
}
