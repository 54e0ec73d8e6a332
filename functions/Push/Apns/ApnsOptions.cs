using System.ComponentModel.DataAnnotations;
using BlokSec.Functions.Security;

namespace BlokSec.Functions.Push.Apns;

/// <summary>
/// The developer account that sends to iPhones; section <c>Push:Apns</c>. Either all of key, team, key id and topic are given, or none:
/// then pushes to iPhones wait and an operator is alerted.
/// </summary>
internal sealed class ApnsOptions : IValidatableObject
{
    /// <summary>Id of the signing key. No default.</summary>
    [StringLength(20)]
    public string? KeyId { get; set; }

    /// <summary>Id of the developer team. No default.</summary>
    [StringLength(20)]
    public string? TeamId { get; set; }

    /// <summary>The signing key: text of the <c>.p8</c> file (PEM). A secret. No default.</summary>
    public string? PrivateKey { get; set; }

    /// <summary>The app's bundle id. No default.</summary>
    [StringLength(255)]
    public string? Topic { get; set; }

    /// <summary>Where production tokens are served. Default <c>https://api.push.apple.com</c>; http means HTTP/2 in clear text.</summary>
    [Required]
    public Uri ProductionEndpoint { get; set; } = new("https://api.push.apple.com");

    /// <summary>Where sandbox tokens are served. Default <c>https://api.sandbox.push.apple.com</c>; http means HTTP/2 in clear text.</summary>
    [Required]
    public Uri SandboxEndpoint { get; set; } = new("https://api.sandbox.push.apple.com");

    /// <summary>Whether anything can be sent.</summary>
    public bool Configured => !string.IsNullOrEmpty(KeyId);

    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext)
    {
        (string Name, string? Value)[] parts =
            [(nameof(KeyId), KeyId), (nameof(TeamId), TeamId), (nameof(PrivateKey), PrivateKey), (nameof(Topic), Topic)];
        var missing = parts.Where(part => string.IsNullOrEmpty(part.Value)).Select(part => part.Name).ToArray();
        if (missing.Length > 0 && missing.Length < parts.Length)
        {
            yield return new ValidationResult("is missing: Push:Apns needs all of KeyId, TeamId, PrivateKey and Topic, or none.", missing);
        }

        if (PrivateKey is { Length: > 0 } && !PrivateKeys.IsP256(PrivateKey))
        {
            yield return new ValidationResult("must be the text of a .p8 file: a P-256 private key in PEM.", [nameof(PrivateKey)]);
        }

        foreach (var (name, address) in new[] { (nameof(ProductionEndpoint), ProductionEndpoint), (nameof(SandboxEndpoint), SandboxEndpoint) })
        {
            if (!(address.IsAbsoluteUri && address.Scheme is "http" or "https"))
            {
                yield return new ValidationResult("must be an absolute address.", [name]);
            }
        }
    }
}
