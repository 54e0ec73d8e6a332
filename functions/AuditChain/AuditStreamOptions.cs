using System.ComponentModel.DataAnnotations;
using Microsoft.Extensions.Options;

namespace BlokSec.Functions.AuditChain;

/// <summary>Where sealed audit entries are streamed to. Section <c>AuditStream</c>; off by default.</summary>
internal sealed partial class AuditStreamOptions : IValidatableObject
{
    public const string Section = "AuditStream";

    /// <summary>
    /// The endpoint of an Event Grid custom topic for CloudEvents 1.0, such as <c>https://name.region-1.eventgrid.azure.net/api/events</c>, to which the
    /// managed identity may send. Default: none.
    /// </summary>
    public Uri? EventGridEndpoint { get; set; }

    /// <summary>An access key of the topic, where there is no managed identity. Default: none.</summary>
    public string EventGridKey { get; set; } = "";

    /// <summary>Whether each entry is exported as a log record of the category <c>BlokSec.Audit</c>, with the rest of the telemetry. Default: false.</summary>
    public bool Logs { get; set; }

    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext)
    {
        if (EventGridEndpoint is not null && !IsSafe(EventGridEndpoint))
        {
            yield return new ValidationResult("must be an absolute https address, or on loopback and with a key.", [nameof(EventGridEndpoint)]);
        }

        if (EventGridKey.Length > 0 && EventGridEndpoint is null)
        {
            yield return new ValidationResult("is for a topic: AuditStream__EventGridEndpoint is missing.", [nameof(EventGridKey)]);
        }
    }

    private bool IsSafe(Uri address) =>
        address.IsAbsoluteUri
        && (address.Scheme == Uri.UriSchemeHttps || (address.Scheme == Uri.UriSchemeHttp && address.IsLoopback && EventGridKey.Length > 0));

    [OptionsValidator]
    internal sealed partial class Validator : IValidateOptions<AuditStreamOptions>;
}
