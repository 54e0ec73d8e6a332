using System.ComponentModel.DataAnnotations;
using Microsoft.Extensions.Options;

namespace BlokSec.Functions.Claims;

/// <summary>How claims are made; how long they live is the tenant's policy. Section <c>Claims</c>.</summary>
internal sealed partial class ClaimsOptions : IValidatableObject
{
    public const string Section = "Claims";

    /// <summary>Wrong codes after which a claim is locked. Default: 10.</summary>
    [Range(1, 100)]
    public int MaxFailedAttempts { get; set; } = 10;

    /// <summary>The host of links that a phone's camera opens into the app. Default: <c>app.bloksec.io</c>.</summary>
    [Required]
    public string AppHost { get; set; } = "app.bloksec.io";

    // No regular expression, which would be built at every start.
    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext)
    {
        if (!Uri.TryCreate($"https://{AppHost}/", UriKind.Absolute, out var uri) || !uri.Authority.Equals(AppHost, StringComparison.OrdinalIgnoreCase))
        {
            yield return new ValidationResult("must be a host name, with a port where it is not 443.", [nameof(AppHost)]);
        }
    }

    [OptionsValidator]
    internal sealed partial class Validator : IValidateOptions<ClaimsOptions>;
}
