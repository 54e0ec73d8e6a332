using System.Collections;
using System.Globalization;
using Microsoft.Azure.Amqp.Encoding;

namespace BlokSec.Local.ServiceBus.Amqp;

/// <summary>The operations of a queue's management node.</summary>
internal sealed class ManagementOperations(MessageQueue queue, BusGate gate)
{
    public const string Peek = "com.microsoft:peek-message";

    private const uint ReceiveAndDelete = 0;

    /// <summary>Runs an operation.</summary>
    /// <param name="operation">Its name.</param>
    /// <param name="asked">What comes with the request.</param>
    /// <param name="answered">Takes what goes with the answer.</param>
    /// <exception cref="Microsoft.Azure.Amqp.AmqpException">There is no such operation here.</exception>
    public Task<Ending> RunAsync(string? operation, AmqpMap asked, AmqpMap answered) => operation switch
    {
        Peek => PeekAsync(asked, answered),
        "com.microsoft:schedule-message" => ScheduleAsync(asked, answered),
        "com.microsoft:cancel-scheduled-message" => CancelAsync(asked),
        "com.microsoft:renew-lock" => RenewAsync(asked, answered),
        "com.microsoft:update-disposition" => SettleAsync(asked),
        "com.microsoft:receive-by-sequence-number" => ReceiveAsync(asked, answered),
        _ => throw Conditions.NotImplemented(operation ?? "a request without an operation"),
    };

    private Task<Ending> PeekAsync(AmqpMap asked, AmqpMap answered)
    {
        var from = Number(asked, "from-sequence-number");
        var count = (int)Number(asked, "message-count");
        return gate.RunAsync("peek", queue.Path, messages: 0, content: "", _ =>
        {
            var messages = queue.Peek(from, count);
            if (messages.Count > 0)
            {
                answered[Key("messages")] = messages.Select(message => Map("message", Binary(MessageWriter.Encode(message, queue, isPeeked: true)))).ToList();
            }

            return messages.Count > 0 ? Done.Well : Done.Nothing;
        });
    }

    private Task<Ending> ScheduleAsync(AmqpMap asked, AmqpMap answered)
    {
        if (queue.DeadLetters is null)
        {
            throw Conditions.Refuse(StatusCodes.Status405MethodNotAllowed, "Messages cannot be sent to a dead-letter queue.");
        }

        var messages = Values<AmqpMap>(asked, "messages").Select(entry => MessageReader.Read([.. (ArraySegment<byte>)entry[Key("message")]])).ToArray();
        return gate.RunAsync("schedule", queue.Path, messages.Length, BusGate.Describe(messages), rule =>
        {
            answered[Key("sequence-numbers")] = queue.Send(messages, twice: rule?.Duplicate == true).ToArray();
            return Done.Well;
        });
    }

    private Task<Ending> CancelAsync(AmqpMap asked)
    {
        var numbers = Values<long>(asked, "sequence-numbers");
        return gate.RunAsync("cancel", queue.Path, numbers.Count, content: "", _ =>
            queue.Cancel(numbers) ? Done.Well : new Done(StatusCodes.Status404NotFound, Conditions.IsNotThere));
    }

    private Task<Ending> RenewAsync(AmqpMap asked, AmqpMap answered)
    {
        var tokens = Values<Guid>(asked, "lock-tokens");
        return gate.RunAsync("renew", queue.Path, tokens.Count, content: "", _ =>
        {
            var until = tokens.Select(token => queue.Renew(token)).ToArray();
            answered[Key("expirations")] = until.Select(time => time is { } end ? queue.ByRealClock(end).UtcDateTime : default).ToArray();
            return until.All(time => time is not null) ? Done.Well : Done.LockLost;
        });
    }

    private async Task<Ending> SettleAsync(AmqpMap asked)
    {
        var changes = Changes.DeadLetter(asked[Key("deadletter-reason")] as string, asked[Key("deadletter-description")] as string);
        foreach (var (name, value) in asked[Key("properties-to-modify")] as AmqpMap ?? new AmqpMap())
        {
            changes[name.Key.ToString()!] = value;
        }

        var (operation, settle) = Disposition(asked[Key("disposition-status")] as string, changes);
        var tokens = Values<Guid>(asked, "lock-tokens");
        return await gate.RunAsync(operation, queue.Path, tokens.Count, content: "", _ =>
            tokens.All(token => settle(token)) ? Done.Well : Done.LockLost);
    }

    private (string Operation, Func<Guid, bool> Settle) Disposition(string? status, Changes changes) => status switch
    {
        "completed" => ("complete", queue.Complete),
        "abandoned" => ("abandon", held => queue.Abandon(held, changes)),
        "defered" => ("defer", held => queue.Defer(held, changes)),
        "suspended" => ("dead-letter", held => queue.DeadLetter(held, changes)),
        "unlocked" => ("abandon", queue.TakeBack),
        _ => throw Conditions.NotImplemented($"the disposition {status}"),
    };

    private Task<Ending> ReceiveAsync(AmqpMap asked, AmqpMap answered)
    {
        var numbers = Values<long>(asked, "sequence-numbers");
        var isForGood = Number(asked, "receiver-settle-mode") == ReceiveAndDelete;
        return gate.RunAsync("receive", queue.Path, numbers.Count, content: "", _ =>
        {
            if (queue.TakeDeferred(numbers, isForGood) is not { } messages)
            {
                return new Done(StatusCodes.Status404NotFound, Conditions.IsNotThere);
            }

            answered[Key("messages")] = messages.Select(message =>
            {
                var entry = Map("message", Binary(MessageWriter.Encode(message, queue)));
                if (message.LockToken is { } token)
                {
                    entry[Key("lock-token")] = token;
                }

                return entry;
            }).ToList();
            return Done.Well;
        });
    }

    private static MapKey Key(string name) => new(name);

    private static ArraySegment<byte> Binary(byte[] bytes) => new(bytes);

    private static AmqpMap Map(string name, object value) => new() { [Key(name)] = value };

    private static long Number(AmqpMap map, string name) => Convert.ToInt64(map[Key(name)], CultureInfo.InvariantCulture);

    private static IReadOnlyList<T> Values<T>(AmqpMap map, string name) =>
        map[Key(name)] is IEnumerable values ? [.. values.Cast<T>()] : throw new FormatException($"{name} is missing.");
}
