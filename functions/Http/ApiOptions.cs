using System.ComponentModel.DataAnnotations;
using System.Text;
using Microsoft.Extensions.Options;

namespace BlokSec.Functions.Http;

/// <summary>Where the API is reached. Section <c>Api</c>.</summary>
internal sealed partial class ApiOptions : IValidatableObject
{
    public const string Section = "Api";

    /// <summary>
    /// The public address of the API, such as <c>https://api.example.com</c>: what phones sign as <c>htu</c> and <c>aud</c>, and the issuer of
    /// revocation statements. The API's paths (<c>/api/...</c>) follow it. Absolute, http or https, without trailing slash, query or
    /// fragment, at most 100 characters. No default: the Host header of a request is no proof of where a phone believed to be calling.
    /// </summary>
    [Required, StringLength(100)]
    public string PublicUrl { get; set; } = "";

    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext)
    {
        if (!IsPublicUrl(PublicUrl))
        {
            yield return new ValidationResult(
                "must be an absolute http or https address without trailing slash, query or fragment.", [nameof(PublicUrl)]);
        }
    }

    private static bool IsPublicUrl(string text) =>
        Uri.TryCreate(text, UriKind.Absolute, out var uri)
        && uri.Scheme is "http" or "https"
        && uri.UserInfo.Length == 0
        && !text.EndsWith('/')
        && text.AsSpan().IndexOfAny("?#\\\" ") < 0
        && Ascii.IsValid(text);

    [OptionsValidator]
    internal sealed partial class Validator : IValidateOptions<ApiOptions>;
}
