using System.ComponentModel.DataAnnotations;
using System.Security.Cryptography;
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
        // Only the label: importing the key is left to its first use, so that a cold start does not pay for it.
        if (!PemEncoding.TryFind(SigningKey, out var fields) || SigningKey.AsSpan()[fields.Label] is not "PRIVATE KEY")
        {
            yield return new ValidationResult(
                $"{Section}:{nameof(SigningKey)} must be a private key in PEM, PKCS#8 (BEGIN PRIVATE KEY).");
        }
    }

    [OptionsValidator]
    internal sealed partial class Validator : IValidateOptions<StatementOptions>;
}
