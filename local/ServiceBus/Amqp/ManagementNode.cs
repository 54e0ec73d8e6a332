using Microsoft.Azure.Amqp;
using Microsoft.Azure.Amqp.Encoding;
using Microsoft.Azure.Amqp.Framing;

namespace BlokSec.Local.ServiceBus.Amqp;

/// <summary>
/// The node <c>{queue}/$management</c>, whose requests are
/// <see href="https://learn.microsoft.com/azure/service-bus-messaging/service-bus-amqp-request-response">operations on messages</see>.
/// </summary>
internal sealed class ManagementNode(MessageQueue queue, BusGate gate, ConnectionAccess access, ReplyLinks replies)
{
    public const string Suffix = "/$management";

    private readonly ManagementOperations operations = new(queue, gate);

    public void Attach(ReceivingAmqpLink link) => link.RegisterMessageListener(message => _ = AnswerAsync(link, message));

    private async Task AnswerAsync(ReceivingAmqpLink link, AmqpMessage request)
    {
        try
        {
            link.AcceptMessage(request, settled: true, batchable: false);
            if (await RunAsync(request) is { } answer)
            {
                replies.Reply(request, answer);
            }
        }
        catch (Exception exception) when (exception is AmqpException or OperationCanceledException or InvalidOperationException)
        {
            link.SafeClose(exception);
        }
    }

    private async Task<AmqpMessage?> RunAsync(AmqpMessage request)
    {
        if (!access.Opens(queue.Path + Suffix))
        {
            return Answer(request, Conditions.Of(StatusCodes.Status401Unauthorized), new AmqpMap());
        }

        var answered = new AmqpMap();
        Ending ending;
        try
        {
            var asked = request.ValueBody?.Value as AmqpMap ?? new AmqpMap();
            ending = await operations.RunAsync(request.ApplicationProperties.Map["operation"] as string, asked, answered);
        }
        catch (AmqpException exception)
        {
            ending = new Ending(exception.Error);
        }
        catch (Exception exception) when (exception is InvalidDataException or InvalidCastException or FormatException or OverflowException or ArgumentException)
        {
            ending = new Ending(Conditions.Of(StatusCodes.Status400BadRequest, exception.Message));
        }

        return ending.IsDropped ? null : Answer(request, ending.Error, answered);
    }

    private static AmqpMessage Answer(AmqpMessage request, Error? error, AmqpMap answered)
    {
        var answer = AmqpMessage.Create(new AmqpValue { Value = answered });
        var properties = answer.ApplicationProperties.Map;
        properties["statusCode"] = error is not null ? Conditions.StatusOf(error) : answered.Count == 0 && IsPeek(request) ? StatusCodes.Status204NoContent : StatusCodes.Status200OK;
        properties["statusDescription"] = error?.Description ?? "OK";
        if (error is not null)
        {
            properties["errorCondition"] = error.Condition;
        }

        if (request.ApplicationProperties.Map["com.microsoft:tracking-id"] is { } tracking)
        {
            properties["com.microsoft:tracking-id"] = tracking;
        }

        return answer;
    }

    private static bool IsPeek(AmqpMessage request) => request.ApplicationProperties.Map["operation"] is ManagementOperations.Peek;
}
