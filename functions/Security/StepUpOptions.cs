using System.ComponentModel.DataAnnotations;
using Microsoft.Extensions.Options;

namespace BlokSec.Functions.Security;

/// <summary>How recent, and how strong, the sign-in of an administrator must be for what cannot be taken back. Section <c>StepUp</c>.</summary>
internal sealed partial class StepUpOptions
{
    public const string Section = "StepUp";

    /// <summary>
    /// Minutes that may have gone by since the administrator signed in, as the token's <c>auth_time</c> tells (OpenID Connect Core, section 2; an
    /// optional claim in Microsoft Entra ID). 0 asks for nothing. Default: 15. At most 1,440, a day.
    /// </summary>
    [Range(0, 1440)]
    public int MaxAgeMinutes { get; set; } = 15;

    /// <summary>Ways to sign in, of which the token must name one, separated by spaces; none by default.</summary>
    [RegularExpression("[!#-\\[\\]-~]+( [!#-\\[\\]-~]+)*", ErrorMessage = "is a list of names without quotes and backslashes, separated by one space")]
    public string? AcrValues { get; set; }

    /// <summary>The claim that names the way of the sign-in. Default: <c>acr</c> (RFC 9470); <c>acrs</c> in Microsoft Entra ID, which lists several.</summary>
    [Required]
    public string AcrClaim { get; set; } = "acr";

    /// <summary>The same in the unit of <c>max_age</c>.</summary>
    internal int MaxAgeSeconds => MaxAgeMinutes * 60;

    internal string[] Acceptable => AcrValues?.Split(' ', StringSplitOptions.RemoveEmptyEntries) ?? [];

    [OptionsValidator]
    internal sealed partial class Validator : IValidateOptions<StepUpOptions>;
}
