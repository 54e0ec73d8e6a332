using System.ComponentModel.DataAnnotations;
using System.Security.Cryptography;
using System.Text.Json;

namespace BlokSec.Functions.Push.Fcm;

/// <summary>
/// The Firebase project that sends to Android phones; section <c>Push:Fcm</c>. Without a service account, pushes to Android phones wait
/// and an operator is alerted.
/// </summary>
internal sealed class FcmOptions : IValidatableObject
{
    private static readonly string[] Needed = ["project_id", "client_email", "private_key", "token_uri"];

    /// <summary>The service account: text of its JSON key file; names the project and the token endpoint. A secret. No default.</summary>
    public string? ServiceAccount { get; set; }

    /// <summary>Where messages are sent. Default <c>https://fcm.googleapis.com</c>; http means HTTP/2 in clear text.</summary>
    [Required]
    public Uri Endpoint { get; set; } = new("https://fcm.googleapis.com");

    /// <summary>Whether anything can be sent.</summary>
    public bool Configured => !string.IsNullOrEmpty(ServiceAccount);

    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext)
    {
        if (!(Endpoint.IsAbsoluteUri && Endpoint.Scheme is "http" or "https"))
        {
            yield return new ValidationResult("must be an absolute address.", [nameof(Endpoint)]);
        }

        if (Configured && !IsServiceAccount(ServiceAccount!))
        {
            yield return new ValidationResult(
                "must be the text of a service account's JSON key file, with project_id, client_email, private_key and token_uri.",
                [nameof(ServiceAccount)]);
        }
    }

    private static bool IsServiceAccount(string text)
    {
        try
        {
            var json = JsonElement.Parse(text);
            return json.ValueKind == JsonValueKind.Object
                && Array.TrueForAll(Needed, name => json.TryGetProperty(name, out var value) && value is { ValueKind: JsonValueKind.String })
                && PemEncoding.TryFind(json.GetProperty("private_key").GetString(), out _);
        }
        catch (JsonException)
        {
            return false;
        }
    }
}
