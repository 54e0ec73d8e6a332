using System.ComponentModel.DataAnnotations;
using Azure.Messaging.ServiceBus;
using Microsoft.Extensions.Options;

namespace BlokSec.Functions.Messaging;

/// <summary>
/// Where the bus is: the connection <c>ServiceBus</c> in the two forms that the Functions host's extension reads too, a namespace that
/// the managed identity opens (<c>ServiceBus__fullyQualifiedNamespace</c>) or a connection string (<c>ServiceBus</c>).
/// </summary>
internal sealed partial class QueueOptions : IValidatableObject
{
    public const string Section = "ServiceBus";

    /// <summary>Such as <c>bloksec.servicebus.windows.net</c>.</summary>
    public string? FullyQualifiedNamespace { get; set; }

    /// <summary>The value of the section itself, a connection string. Taken before the namespace.</summary>
    public string? OwnValue { get; set; }

    /// <summary>Seconds that one send may take, retries and a new connection included. Default: 5.</summary>
    [Range(1, 60)]
    public int SendTimeoutSeconds { get; set; } = 5;

    public TimeSpan SendTimeout => TimeSpan.FromSeconds(SendTimeoutSeconds);

    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext)
    {
        if (string.IsNullOrEmpty(OwnValue) && string.IsNullOrEmpty(FullyQualifiedNamespace))
        {
            yield return new ValidationResult("is missing.", [nameof(FullyQualifiedNamespace)]);
        }

        if (FullyQualifiedNamespace is { Length: > 0 } name && Uri.CheckHostName(name) == UriHostNameType.Unknown)
        {
            yield return new ValidationResult("must be a host name.", [nameof(FullyQualifiedNamespace)]);
        }

        if (OwnValue is { Length: > 0 } connection && !IsConnectionString(connection))
        {
            yield return new ValidationResult("must be a connection string of Service Bus, with an endpoint and a key.", [nameof(OwnValue)]);
        }
    }

    private static bool IsConnectionString(string connection)
    {
        try
        {
            return ServiceBusConnectionStringProperties.Parse(connection) is { Endpoint: not null, SharedAccessKey: not null } or { SharedAccessSignature: not null };
        }
        catch (Exception exception) when (exception is FormatException or ArgumentException)
        {
            return false;
        }
    }

    [OptionsValidator]
    internal sealed partial class Validator : IValidateOptions<QueueOptions>;
}
