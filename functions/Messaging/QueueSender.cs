using System.Diagnostics;
using System.Globalization;
using System.Net.Http.Headers;
using System.Text.Encodings.Web;
using System.Text.Json;
using Azure.Core;
using Azure.Identity;
using BlokSec.Functions.Telemetry;
using Microsoft.Extensions.Options;

namespace BlokSec.Functions.Messaging;

/// <summary>
/// Sends messages over Service Bus's REST API: one POST per message, its raw JSON as body, broker properties in a header.
/// https://learn.microsoft.com/rest/api/servicebus/send-message-to-queue
/// </summary>
internal sealed class QueueSender(HttpClient http, TokenCredential credential, IOptions<QueueOptions> options, TimeProvider time)
{
    private static readonly TokenRequestContext Scope = new(["https://servicebus.azure.net/.default"]);

    // The header must stay ASCII, but need not escape what HTML would.
    private static readonly JsonSerializerOptions Properties = new()
    {
        Encoder = JavaScriptEncoder.Default,
        DefaultIgnoreCondition = System.Text.Json.Serialization.JsonIgnoreCondition.WhenWritingNull,
    };

    /// <summary>Sends a message; done when the bus has stored it.</summary>
    /// <param name="queue">One of <see cref="Queues"/>.</param>
    /// <param name="message">The work.</param>
    /// <param name="due">Not to be delivered before; null for at once.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <exception cref="QueueUnavailableException">The bus did not take it.</exception>
    public async Task SendAsync<TMessage>(string queue, TMessage message, DateTimeOffset? due, CancellationToken cancellationToken)
        where TMessage : QueueMessage
    {
        using var activity = MessageSpans.Send(queue, message);
        using var timeout = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        timeout.CancelAfter(TimeSpan.FromSeconds(options.Value.SendTimeoutSeconds));
        try
        {
            var token = await credential.GetTokenAsync(Scope, timeout.Token);
            using var request = new HttpRequestMessage(HttpMethod.Post, new Uri(options.Value.Address, $"{queue}/messages"))
            {
                Content = JsonContent.Create(Leaving(message, due, activity), new MediaTypeHeaderValue("application/json"), Json.Documents),
                Headers = { Authorization = new AuthenticationHeaderValue("Bearer", token.Token) },
            };
            request.Headers.Add("BrokerProperties", BrokerProperties(message.MessageId(), due));
            Invocation.AskedBus();
            using var response = await http.SendAsync(request, timeout.Token);
            if (!response.IsSuccessStatusCode)
            {
                activity?.SetStatus(ActivityStatusCode.Error);
                throw new QueueUnavailableException($"The bus answered {(int)response.StatusCode} for queue {queue}.");
            }
        }
        catch (Exception exception) when (IsOutage(exception) && !cancellationToken.IsCancellationRequested)
        {
            activity?.SetStatus(ActivityStatusCode.Error);
            throw new QueueUnavailableException($"The bus cannot be reached for queue {queue}.", exception);
        }
    }

    /// <summary>The first message leads to this sending; one sent again stays beside it, so that a month of retries is no stair.</summary>
    private TMessage Leaving<TMessage>(TMessage message, DateTimeOffset? due, Activity? activity)
        where TMessage : QueueMessage => message with
        {
            DueAt = due ?? time.GetUtcNow(),
            TraceParent = message.Attempt == 0 && activity is not null ? activity.Id : message.TraceParent,
        };

    private static bool IsOutage(Exception exception) =>
        exception is HttpRequestException or OperationCanceledException or AuthenticationFailedException or IOException;

    private static string BrokerProperties(string messageId, DateTimeOffset? due) => JsonSerializer.Serialize(
        new { MessageId = messageId, ScheduledEnqueueTimeUtc = due is { } when ? WholeSecond(when).ToString("R", CultureInfo.InvariantCulture) : null },
        Properties);

    /// <summary>
    /// The next whole second: the property has no parts of one. A message that came early would only be sent again, at once and again
    /// and again.
    /// </summary>
    private static DateTimeOffset WholeSecond(DateTimeOffset due) =>
        new((due.UtcTicks + TimeSpan.TicksPerSecond - 1) / TimeSpan.TicksPerSecond * TimeSpan.TicksPerSecond, TimeSpan.Zero);
}
