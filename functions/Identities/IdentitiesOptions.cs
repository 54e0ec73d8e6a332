using System.ComponentModel.DataAnnotations;
using Microsoft.Extensions.Options;

namespace BlokSec.Functions.Identities;

/// <summary>Where the database is. Section <c>Cosmos</c>.</summary>
internal sealed partial class IdentitiesOptions : IValidatableObject
{
    public const string Section = "Cosmos";

    /// <summary>The account's address, such as <c>https://bloksec.documents.azure.com:443/</c>.</summary>
    [Required]
    public Uri? Endpoint { get; set; }

    /// <summary>The account key, for the emulator only; without it the app's Microsoft Entra identity is used.</summary>
    public string? Key { get; set; }

    /// <summary>The database. Default: <c>bloksec</c>.</summary>
    [Required]
    public string Database { get; set; } = "bloksec";

    /// <summary>The container. Default: <c>identities</c>.</summary>
    [Required]
    public string Container { get; set; } = "identities";

    /// <summary>The container of what is unique beyond one user, such as the owners of keys. Default: <c>owners</c>.</summary>
    [Required]
    public string OwnersContainer { get; set; } = "owners";

    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext)
    {
        if (Endpoint is not { IsAbsoluteUri: true } || !(Endpoint.Scheme == Uri.UriSchemeHttps || Endpoint is { Scheme: "http", IsLoopback: true }))
        {
            yield return new ValidationResult("must be an absolute https address; http is allowed on loopback only.", [nameof(Endpoint)]);
        }

        if (Key is { Length: > 0 } && !Convert.TryFromBase64String(Key, new byte[Key.Length], out _))
        {
            yield return new ValidationResult("must be base64.", [nameof(Key)]);
        }
    }

    [OptionsValidator]
    internal sealed partial class Validator : IValidateOptions<IdentitiesOptions>;
}
