using Microsoft.Azure.Functions.Worker.Extensions.Abstractions;

namespace BlokSec.EchoWorker;

/// <summary>Marks the parameter that gets the messages of a queue.</summary>
/// <param name="queueName">The queue; <c>%name%</c> for a setting.</param>
public sealed class ServiceBusTriggerAttribute(string queueName) : TriggerBindingAttribute
{
    public string QueueName { get; } = queueName;

    /// <summary>The setting that says where the queue is.</summary>
    public string? Connection { get; set; }
}
