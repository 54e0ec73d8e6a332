using System.ComponentModel.DataAnnotations;
using Microsoft.Extensions.Options;

namespace BlokSec.Functions.Messaging;

/// <summary>Where the bus is. Section <c>ServiceBus</c>, which the Functions host reads too.</summary>
internal sealed class QueueOptions : IValidatableObject
{
    public const string Section = "ServiceBus";

    /// <summary>Such as <c>bloksec.servicebus.windows.net</c>.</summary>
    public string? FullyQualifiedNamespace { get; set; }

    /// <summary>The address of the REST API, where it is not that of the namespace.</summary>
    public Uri? Endpoint { get; set; }

    /// <summary>Seconds that one send may take; 5 unless told.</summary>
    [Range(1, 60)]
    public int SendTimeoutSeconds { get; set; } = 5;

    public Uri Address => Endpoint ?? new Uri($"https://{FullyQualifiedNamespace}/");

    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext)
    {
        if (Endpoint is null && string.IsNullOrEmpty(FullyQualifiedNamespace))
        {
            yield return new ValidationResult("is missing.", [nameof(FullyQualifiedNamespace)]);
        }

        if (FullyQualifiedNamespace is { Length: > 0 } name && Uri.CheckHostName(name) == UriHostNameType.Unknown)
        {
            yield return new ValidationResult("must be a host name.", [nameof(FullyQualifiedNamespace)]);
        }

        if (Endpoint is { } endpoint && !(endpoint.IsAbsoluteUri && endpoint.Scheme is "http" or "https"))
        {
            yield return new ValidationResult("must be an absolute address.", [nameof(Endpoint)]);
        }
    }
}

[OptionsValidator]
internal sealed partial class QueueOptionsValidator : IValidateOptions<QueueOptions>;
