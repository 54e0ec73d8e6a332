using System.Collections.Concurrent;
using System.Text;
using BlokSec.Functions.Messaging;
using BlokSec.Functions.Tests.Infrastructure;
using BlokSec.Local.Faults;
using BlokSec.Local.ServiceBus;

namespace BlokSec.Functions.Tests.Promises;

/// <summary>Reads every message on the bus: whoever is settled, while it is still there, and whatever stays behind.</summary>
internal sealed class Eavesdropper : IDisposable
{
    private static readonly string[] All = [.. Queues.All];

    private readonly ConcurrentDictionary<(string Queue, string MessageId, long Id), string> heard = new();
    private readonly TestCloud test;

    public Eavesdropper(TestCloud test)
    {
        this.test = test;
        test.Traffic.Hook = (seen, stage) =>
        {
            if (seen is { StandIn: "servicebus", Operation: "complete" or "abandon" } && stage == FaultStage.Before)
            {
                Listen();
            }

            return Task.CompletedTask;
        };
    }

    /// <summary>Every message so far, with all its properties.</summary>
    public IReadOnlyCollection<string> Messages
    {
        get
        {
            Listen();
            return [.. heard.Values];
        }
    }

    public void Dispose() => test.Traffic.Hook = null;

    private void Listen()
    {
        foreach (var queue in All.Concat(All.Select(queue => $"{queue}/$DeadLetterQueue")))
        {
            foreach (var message in test.Cloud.ServiceBus.Peek(queue))
            {
                heard.TryAdd((queue, message.MessageId, message.Id), Text(message));
            }
        }
    }

    /// <summary>Its sections are text in UTF-8 between bytes that tell their lengths.</summary>
    private static string Text(QueuedMessage message) => $"{message.MessageId} {Encoding.UTF8.GetString(message.Encoded)}";
}
