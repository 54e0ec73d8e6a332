using Microsoft.Azure.Functions.Worker.Extensions.Abstractions;

// Microsoft's package Microsoft.Azure.Functions.Worker.Extensions.ServiceBus has this attribute under this name. It is not served by the
// package source that this project is built from; once it is, a reference to it replaces this file, and nothing else changes.
namespace Microsoft.Azure.Functions.Worker;

/// <summary>Starts a function with each message of a Service Bus queue.</summary>
/// <param name="queueName">The queue.</param>
[AttributeUsage(AttributeTargets.Parameter)]
internal sealed class ServiceBusTriggerAttribute(string queueName) : TriggerBindingAttribute
{
    /// <summary>The queue.</summary>
    public string QueueName { get; } = queueName;

    /// <summary>The setting, or section of settings, that says where the bus is.</summary>
    public string? Connection { get; set; }
}
