using System.Globalization;
using System.Text;
using System.Text.Json;
using BlokSec.Local.Faults;
using Microsoft.Azure.Amqp;
using Microsoft.Azure.Amqp.Framing;

namespace BlokSec.Local.ServiceBus.Amqp;

/// <summary>What an operation did.</summary>
/// <param name="Status">The HTTP status that says as much.</param>
/// <param name="Error">Why it was refused; null when it was done.</param>
internal readonly record struct Done(int Status, Error? Error = null)
{
    public static Done Well { get; } = new(StatusCodes.Status200OK);

    public static Done Stored { get; } = new(StatusCodes.Status201Created);

    public static Done Nothing { get; } = new(StatusCodes.Status204NoContent);

    public static Done LockLost { get; } = new(StatusCodes.Status410Gone, Conditions.LockIsLost);

    public static Done Refused(int status, string detail) => new(status, Conditions.Of(status, detail));
}

/// <summary>How an operation ended for whoever asked for it.</summary>
/// <param name="Error">Why it was refused; null when it was done.</param>
/// <param name="IsDropped">The connection was broken; nothing is to be answered.</param>
internal readonly record struct Ending(Error? Error, bool IsDropped = false);

/// <summary>Takes every operation of one connection past the fault switches.</summary>
internal sealed class BusGate(FaultGate faults, AmqpConnection connection, CancellationToken gone)
{
    /// <summary>All operations that faults can be aimed at.</summary>
    public static IReadOnlyList<string> Operations { get; } =
        ["send", "schedule", "cancel", "receive", "complete", "abandon", "defer", "dead-letter", "renew", "peek"];

    /// <summary>Runs an operation.</summary>
    /// <param name="operation">One of <see cref="Operations"/>.</param>
    /// <param name="queue">The queue's path.</param>
    /// <param name="messages">How many messages it is about.</param>
    /// <param name="content">What faults look into beside the queue: properties and body of what is sent.</param>
    /// <param name="act">Does it, told the rule that met it.</param>
    public async Task<Ending> RunAsync(string operation, string queue, int messages, string content, Func<FaultRule?, Done> act)
    {
        Error? error = null;
        try
        {
            var passage = await faults.PassAsync(
                new SeenRequest(0, "servicebus", operation, "AMQP", $"/{queue}")
                {
                    Searchable = $"/{queue} {content}",
                    Caller = connection.Settings.RemoteContainerId ?? "",
                    Connection = $"amqp-{connection.Identifier.Value}",
                    Messages = messages,
                },
                rule =>
                {
                    var done = act(rule);
                    error = done.Error;
                    return Task.FromResult(done.Status);
                },
                gone);
            if (passage.Dropped)
            {
                connection.Abort();
            }

            return new Ending(passage.Refusal is { } rule ? Conditions.Of(rule.Status!.Value, rule.Reason) : error, passage.Dropped);
        }
        catch (OperationCanceledException) when (gone.IsCancellationRequested)
        {
            return new Ending(null, IsDropped: true);
        }
    }

    /// <summary>Properties and bodies of messages, for faults that are aimed by them; the names are those of Service Bus's REST API.</summary>
    public static string Describe(IEnumerable<IncomingMessage> messages) => string.Join('\n', messages.Select(message =>
        $"{JsonSerializer.Serialize(Properties(message))} {Encoding.UTF8.GetString(MessageSections.Read(message.Encoded).Body())}"));

    private static Dictionary<string, string> Properties(IncomingMessage message)
    {
        var properties = new Dictionary<string, string> { ["MessageId"] = message.MessageId };
        if (message.ScheduledEnqueueTime is { } due)
        {
            properties["ScheduledEnqueueTimeUtc"] = due.ToString("R", CultureInfo.InvariantCulture);
        }

        return properties;
    }
}
