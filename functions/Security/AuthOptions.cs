using System.ComponentModel.DataAnnotations;
using Microsoft.Extensions.Options;

namespace BlokSec.Functions.Security;

/// <summary>Whose access tokens are accepted from administrators. Section <c>Auth</c>.</summary>
internal sealed partial class AuthOptions : IValidatableObject
{
    public const string Section = "Auth";

    /// <summary>
    /// The OIDC issuer; its metadata is read from <c>{Authority}/.well-known/openid-configuration</c> when the first token arrives. https;
    /// http only on loopback. No default.
    /// </summary>
    [Required]
    public string Authority { get; set; } = "";

    /// <summary>The <c>aud</c> that tokens for this API have. No default.</summary>
    [Required]
    public string Audience { get; set; } = "";

    /// <summary>The claim that names the administrator's tenant. Default: <c>tenant_id</c>.</summary>
    [Required]
    public string TenantClaim { get; set; } = "tenant_id";

    /// <summary>The claim that lists the administrator's roles. Default: <c>roles</c>.</summary>
    [Required]
    public string RoleClaim { get; set; } = "roles";

    /// <summary>Whether the issuer is on this machine, where clear text cannot be listened to.</summary>
    internal bool IsLoopback => Uri.TryCreate(Authority, UriKind.Absolute, out var uri) && uri.IsLoopback;

    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext)
    {
        if (!Uri.TryCreate(Authority, UriKind.Absolute, out var uri)
            || !(uri.Scheme == Uri.UriSchemeHttps || (uri.Scheme == Uri.UriSchemeHttp && uri.IsLoopback)))
        {
            yield return new ValidationResult("must be an absolute https address; http is allowed on loopback only.", [nameof(Authority)]);
        }
    }

    [OptionsValidator]
    internal sealed partial class Validator : IValidateOptions<AuthOptions>;
}
