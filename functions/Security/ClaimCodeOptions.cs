using System.ComponentModel.DataAnnotations;
using Microsoft.Extensions.Options;

namespace BlokSec.Functions.Security;

/// <summary>The keys that claim codes are derived with. Section <c>Security:Claims</c>.</summary>
internal sealed partial class ClaimCodeOptions : IValidatableObject
{
    public const string Section = "Security:Claims";

    /// <summary>Bytes of a key at least.</summary>
    public const int MinimumKeyLength = 32;

    /// <summary>The key for new claims: base64, at least 32 random bytes. A secret; no default.</summary>
    [Required]
    public string Key { get; set; } = "";

    /// <summary>
    /// Earlier keys (base64): claims that were made with them stay good. Keep a key here for as long as a claim may be open (at most 30 days).
    /// Default: none.
    /// </summary>
    public List<string> PreviousKeys { get; } = [];

    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext)
    {
        if (!IsKey(Key))
        {
            yield return new ValidationResult($"must be base64 of at least {MinimumKeyLength} bytes.", [nameof(Key)]);
        }

        if (!PreviousKeys.TrueForAll(IsKey))
        {
            yield return new ValidationResult($"must each be base64 of at least {MinimumKeyLength} bytes.", [nameof(PreviousKeys)]);
        }
    }

    private static bool IsKey(string key)
    {
        var bytes = new byte[key.Length];
        return Convert.TryFromBase64String(key, bytes, out var length) && length >= MinimumKeyLength;
    }

    [OptionsValidator]
    internal sealed partial class Validator : IValidateOptions<ClaimCodeOptions>;
}
