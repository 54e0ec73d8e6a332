using System.ComponentModel.DataAnnotations;
using Microsoft.Extensions.Options;

namespace BlokSec.Functions.Security;

/// <summary>The keys of Security Event Tokens. Section <c>Security:Events</c>.</summary>
internal sealed partial class EventKeyOptions : IValidatableObject
{
    public const string Section = "Security:Events";

    /// <summary>The private key that signs: RSA with 2,048 bits or more, PKCS#8, PEM. A secret; no default.</summary>
    [Required]
    public string SigningKey { get; set; } = "";

    /// <summary>
    /// Public keys (PEM) of earlier signing keys. Receivers keep a key set for a while, and verify events that they fetched before: keep a key here
    /// for a month after it signed last. Default: none.
    /// </summary>
    public List<string> PreviousKeys { get; } = [];

    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext)
    {
        if (!PrivateKeys.IsRsa(SigningKey))
        {
            yield return new ValidationResult("must be an RSA private key of 2,048 bits or more in PEM, PKCS#8 (BEGIN PRIVATE KEY).", [nameof(SigningKey)]);
        }

        if (!PreviousKeys.TrueForAll(EventKeys.IsPrevious))
        {
            yield return new ValidationResult("must each be an RSA public key of 2,048 bits or more in PEM.", [nameof(PreviousKeys)]);
        }
    }

    [OptionsValidator]
    internal sealed partial class Validator : IValidateOptions<EventKeyOptions>;
}
