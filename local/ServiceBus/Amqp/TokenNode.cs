using Microsoft.Azure.Amqp;
using Microsoft.Azure.Amqp.Framing;

namespace BlokSec.Local.ServiceBus.Amqp;

/// <summary>
/// The node <c>$cbs</c>, which takes tokens
/// (<see href="https://docs.oasis-open.org/amqp/amqp-cbs/v1.0/amqp-cbs-v1.0.html">claims-based security</see>).
/// </summary>
internal sealed class TokenNode(ConnectionAccess access, ReplyLinks replies)
{
    public const string Address = "$cbs";

    public void Attach(ReceivingAmqpLink link) => link.RegisterMessageListener(message => _ = AnswerAsync(link, message));

    private async Task AnswerAsync(ReceivingAmqpLink link, AmqpMessage request)
    {
        try
        {
            link.AcceptMessage(request, settled: true, batchable: false);
            var (status, description) = await PutAsync(request);
            var answer = AmqpMessage.Create(new AmqpValue { Value = "" });
            answer.ApplicationProperties.Map["status-code"] = status;
            answer.ApplicationProperties.Map["status-description"] = description;
            replies.Reply(request, answer);
        }
        catch (Exception exception) when (exception is AmqpException or OperationCanceledException or InvalidOperationException)
        {
            link.SafeClose(exception);
        }
    }

    private async Task<(int Status, string Description)> PutAsync(AmqpMessage request)
    {
        var asked = request.ApplicationProperties.Map;
        if (asked["operation"] as string != "put-token")
        {
            return (StatusCodes.Status501NotImplemented, $"The local Service Bus only knows put-token, not {asked["operation"]}.");
        }

        if (asked["type"] is not string type || asked["name"] is not string audience || request.ValueBody?.Value is not string token)
        {
            return (StatusCodes.Status400BadRequest, "A token comes with its type and the name of its audience.");
        }

        return await access.PutAsync(type, audience, token) is { } refusal
            ? (StatusCodes.Status401Unauthorized, refusal)
            : (StatusCodes.Status202Accepted, "Accepted");
    }
}
