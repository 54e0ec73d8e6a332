using System.Globalization;
using System.Net.Sockets;
using BlokSec.Local.Faults;
using BlokSec.Local.Push;
using Microsoft.AspNetCore.Connections.Features;

namespace BlokSec.Local.ServiceBus;

/// <summary>Answers the requests of the run-time REST API.</summary>
internal sealed class BusEndpoints(
    IReadOnlyDictionary<string, MessageQueue> queues, Func<string, Task<bool>>? isAccepted, TimeProvider time)
{
    private const string BatchContentType = "application/vnd.microsoft.servicebus.json";
    private static readonly TimeSpan LongestWait = TimeSpan.FromHours(1);

    public async Task AnswerAsync(HttpContext context)
    {
        if (await HandleAsync(context) is { } error)
        {
            await error.WriteAsync(context, time);
        }
    }

    private async Task<BusError?> HandleAsync(HttpContext context)
    {
        if (BusRequest.Read(context.Request) is not { } request)
        {
            return new BusError(
                StatusCodes.Status501NotImplemented,
                "The local Service Bus can send to, receive from, complete, abandon and renew in queues; "
                + $"it does not know {context.Request.Method} {context.Request.Path}.");
        }

        if (await AuthorizeAsync(context.Request) is { } refusal)
        {
            return refusal;
        }

        if (!queues.TryGetValue(request.Queue, out var queue))
        {
            return new BusError(
                StatusCodes.Status404NotFound,
                $"MessagingEntityNotFound: The messaging entity '{context.Request.Host}/{request.Queue}' could not be found.");
        }

        return request.Operation switch
        {
            "send" => await SendAsync(context, queue),
            "receive" or "take" => await ReceiveAsync(context, queue, request.Operation == "take"),
            _ => Settle(context, queue, request),
        };
    }

    private async Task<BusError?> AuthorizeAsync(HttpRequest request)
    {
        const string scheme = "Bearer ";
        var header = request.Headers.Authorization.ToString();
        if (header.Length == 0)
        {
            return new BusError(StatusCodes.Status401Unauthorized, "MissingToken: The request has no Authorization header.");
        }

        var token = header.StartsWith(scheme, StringComparison.OrdinalIgnoreCase) ? header[scheme.Length..].Trim() : "";
        return token.Length > 0 && (isAccepted is null || await isAccepted(token))
            ? null
            : new BusError(StatusCodes.Status401Unauthorized, "InvalidToken: The token is not accepted; a bearer token of the local sign-in service is expected.");
    }

    private static async Task<BusError?> SendAsync(HttpContext context, MessageQueue queue)
    {
        var request = context.Request;
        if (queue.DeadLetters is null)
        {
            return new BusError(StatusCodes.Status403Forbidden, "Unauthorized: Messages cannot be sent to a dead-letter queue.");
        }

        if (request.ContentType?.StartsWith(BatchContentType, StringComparison.OrdinalIgnoreCase) == true)
        {
            return new BusError(StatusCodes.Status501NotImplemented, "The local Service Bus takes one message per request, no batches.");
        }

        if (BrokerProperties.Read(request.Headers[BrokerProperties.HeaderName], out var message) is { } malformed)
        {
            return malformed;
        }

        var body = await RequestBody.ReadAsync(context);
        var custom = CustomProperties.Read(request.Headers);
        var size = body.Length
            + request.Headers[BrokerProperties.HeaderName].ToString().Length
            + custom.Sum(property => property.Key.Length + property.Value.Length);
        if (size > MessageQueue.LargestMessage)
        {
            return new BusError(
                StatusCodes.Status413PayloadTooLarge,
                $"MessageSizeExceeded: The message of {size} bytes exceeds the size limit of {MessageQueue.LargestMessage} bytes.");
        }

        queue.Send(
            [message! with { Encoded = RestMessages.Encode(request.Headers, custom, message.MessageId, body) }],
            twice: context.Features.Get<FaultRule>()?.Duplicate == true);
        context.Response.StatusCode = StatusCodes.Status201Created;
        context.Response.ContentType = "application/xml; charset=utf-8";
        return null;
    }

    private static async Task<BusError?> ReceiveAsync(HttpContext context, MessageQueue queue, bool forGood)
    {
        var patience = TimeSpan.FromSeconds(60);
        if (context.Request.Query.TryGetValue("timeout", out var timeout))
        {
            if (!uint.TryParse(timeout, CultureInfo.InvariantCulture, out var seconds))
            {
                return new BusError(StatusCodes.Status400BadRequest, $"BadRequest: The timeout '{timeout}' is no number of seconds.");
            }

            patience = TimeSpan.FromSeconds(seconds);
        }

        var isReordered = context.Features.Get<FaultRule>()?.Reorder == true;
        var message = await queue.ReceiveAsync(
            () => forGood ? queue.TryTake(isReordered) : queue.TryLock(isReordered),
            patience < LongestWait ? patience : LongestWait,
            context.RequestAborted);
        if (message is null)
        {
            context.Response.StatusCode = StatusCodes.Status204NoContent;
            return null;
        }

        if (message.LockToken is { } token && IsGone(context))
        {
            queue.TakeBack(new MessageLock(token));
            return null;
        }

        await WriteAsync(context, queue, message);
        return null;
    }

    /// <summary>
    /// Whether the receiver hung up while it waited. The socket knows it before the server does; without asking it, a message sent
    /// right after a receiver was stopped would be locked for nobody.
    /// </summary>
    private static bool IsGone(HttpContext context)
    {
        try
        {
            return context.RequestAborted.IsCancellationRequested
                || (context.Features.Get<IConnectionSocketFeature>() is { Socket: var socket }
                    && socket.Poll(0, SelectMode.SelectRead)
                    && socket.Available == 0);
        }
        catch (Exception exception) when (exception is ObjectDisposedException or SocketException)
        {
            return true;
        }
    }

    private static async Task WriteAsync(HttpContext context, MessageQueue queue, QueuedMessage message)
    {
        var response = context.Response;
        response.StatusCode = message.LockToken is null ? StatusCodes.Status200OK : StatusCodes.Status201Created;
        var sections = MessageSections.Read(message.Encoded);
        response.ContentType = sections.Properties.ContentType.Value;
        response.Headers[BrokerProperties.HeaderName] = BrokerProperties.Write(message, sections);
        if (message.LockToken is { } token)
        {
            response.Headers.Location =
                $"{context.Request.Scheme}://{context.Request.Host}/{queue.Path}/messages/{message.SequenceNumber}/{token}";
        }

        foreach (var (name, value) in RestMessages.Headers(sections))
        {
            response.Headers[name] = value;
        }

        await response.Body.WriteAsync(sections.Body(), context.RequestAborted);
    }

    private static BusError? Settle(HttpContext context, MessageQueue queue, BusRequest request)
    {
        if (!Guid.TryParse(request.LockToken, out var token))
        {
            return BusError.LockLost;
        }

        var held = new MessageLock(token, request.Key);
        switch (request.Operation)
        {
            case "complete":
                return queue.Complete(held) ? null : BusError.LockLost;
            case "abandon":
                return queue.Abandon(held) ? null : BusError.LockLost;
            default:
                if (queue.Renew(held) is not { } until)
                {
                    return BusError.LockLost;
                }

                context.Response.Headers[BrokerProperties.HeaderName] =
                    $$"""{"LockToken":"{{token}}","LockedUntilUtc":"{{BrokerProperties.HttpDate(until)}}"}""";
                return null;
        }
    }
}
