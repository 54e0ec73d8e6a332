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

    /// <summary>
    /// The delegated scope that access tokens must have (<c>scp</c> or <c>scope</c>), so that an ID token of the same registration opens
    /// nothing. Default: <c>access_as_user</c>.
    /// </summary>
    [Required]
    public string Scope { get; set; } = "access_as_user";

    /// <summary>
    /// The role that the token of an app that acts for itself must have instead (client credentials; the token says <c>idtyp</c> = <c>app</c>,
    /// an optional claim in Microsoft Entra ID), besides the roles for what it does. Default: none, apps are refused.
    /// </summary>
    public string? AppRole { get; set; }

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
