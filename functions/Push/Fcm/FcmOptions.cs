using System.ComponentModel.DataAnnotations;

namespace BlokSec.Functions.Push.Fcm;

/// <summary>
/// The Firebase project that sends to Android phones; section <c>Push:Fcm</c>. Without a service account, pushes to Android phones wait
/// and an operator is alerted.
/// </summary>
internal sealed class FcmOptions : IValidatableObject
{
    /// <summary>The service account: text of its JSON key file; names the project and the token endpoint. A secret. No default.</summary>
    public string? ServiceAccount { get; set; }

    /// <summary>Where messages are sent. Default <c>https://fcm.googleapis.com</c>; http means HTTP/2 in clear text.</summary>
    [Required]
    public Uri Endpoint { get; set; } = new("https://fcm.googleapis.com");

    /// <summary>Whether anything can be sent.</summary>
    public bool Configured => !string.IsNullOrEmpty(ServiceAccount);

    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext)
    {
        if (!Endpoint.IsAbsoluteUri)
        {
            yield return new ValidationResult("The endpoint of Push:Fcm must be an absolute address.");
        }
    }
}
