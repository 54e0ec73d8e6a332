using System.ComponentModel.DataAnnotations;
using Microsoft.Extensions.Options;

namespace BlokSec.Functions.Security;

/// <summary>The keys of revocation statements. Section <c>Security:Statements</c>.</summary>
internal sealed partial class StatementOptions : IValidatableObject
{
    public const string Section = "Security:Statements";

    /// <summary>The private key that signs: P-256, PKCS#8, PEM. A secret; no default.</summary>
    [Required]
    public string SigningKey { get; set; } = "";

    /// <summary>
    /// Public keys (PEM or JWK) of earlier signing keys. Phones that are offline hold on to statements for long: keep a key here for as long as
    /// revocations signed with it are kept. Default: none.
    /// </summary>
    public List<string> PreviousKeys { get; } = [];

    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext)
    {
        if (!PrivateKeys.IsP256(SigningKey))
        {
            yield return new ValidationResult("must be a P-256 private key in PEM, PKCS#8 (BEGIN PRIVATE KEY).", [nameof(SigningKey)]);
        }

        if (!PreviousKeys.TrueForAll(StatementKeys.IsPrevious))
        {
            yield return new ValidationResult("must each be a P-256 public key, in PEM or as a JWK.", [nameof(PreviousKeys)]);
        }
    }

    [OptionsValidator]
    internal sealed partial class Validator : IValidateOptions<StatementOptions>;
}
