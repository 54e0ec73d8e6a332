using System.ComponentModel.DataAnnotations;
using Microsoft.Extensions.Options;

namespace BlokSec.Functions.AuditChain;

/// <summary>Where signed roots of audit chains are kept out of reach of whoever can change the database. Section <c>AuditRoots</c>.</summary>
internal sealed partial class AuditRootOptions : IValidatableObject
{
    public const string Section = "AuditRoots";

    /// <summary>
    /// The address of a blob container with an immutability policy, which the managed identity may write to. Default: none; then roots are kept in
    /// the database only, and <c>GET /api/audit/chain</c> says so.
    /// </summary>
    public Uri? ContainerUri { get; set; }

    /// <summary>A folder instead, on a laptop. Default: none.</summary>
    public string? Folder { get; set; }

    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext)
    {
        if (ContainerUri is not null && !(ContainerUri.IsAbsoluteUri && ContainerUri.Scheme == Uri.UriSchemeHttps))
        {
            yield return new ValidationResult("must be an absolute https address.", [nameof(ContainerUri)]);
        }

        if (ContainerUri is not null && !string.IsNullOrEmpty(Folder))
        {
            yield return new ValidationResult("is for a laptop: not together with AuditRoots__ContainerUri.", [nameof(Folder)]);
        }
    }

    [OptionsValidator]
    internal sealed partial class Validator : IValidateOptions<AuditRootOptions>;
}
