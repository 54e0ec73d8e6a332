using System.Globalization;
using System.Net.Http.Headers;
using System.Text.Json;
using Azure;
using Azure.Identity;
using Azure.Messaging;
using Azure.Messaging.EventGrid;
using BlokSec.Functions.AuditChain;
using BlokSec.Functions.Http;

namespace BlokSec.Functions.AuditStreams;

/// <summary>
/// CloudEvents to a custom topic of Event Grid. It takes 1 MB a request, 413 otherwise
/// (https://learn.microsoft.com/azure/event-grid/cloud-event-schema).
/// </summary>
internal sealed class EventGridStream(EventGridPublisherClient topic, PublicAddress address, TimeProvider time) : IAuditStream
{
    /// <summary>Events of one request.</summary>
    private const int MaxEvents = 100;

    /// <summary>Bytes of the events of one request; the rest is for what surrounds them.</summary>
    private const int MaxBytes = 900_000;

    public string Name => AuditStreamNames.EventGrid;

    public async Task<StreamResult> SendAsync(string tenantId, IReadOnlyList<StreamedEntry> entries, CancellationToken cancellationToken)
    {
        var events = Batch(tenantId, entries);
        while (true)
        {
            try
            {
                await topic.SendEventsAsync(events, cancellationToken);
                return new StreamResult(events.Count);
            }
            catch (RequestFailedException refusal) when (refusal.Status is StatusCodes.Status400BadRequest or StatusCodes.Status413PayloadTooLarge)
            {
                // One of them may be refused for ever: it must not hold up those before and after it.
                if (events.Count > 1)
                {
                    events = events[..(events.Count / 2)];
                }
                else if (events[0] is { Time: not null })
                {
                    events = [AuditEvents.Of(address.Url, tenantId, entries[0], isWhole: false)];
                }
                else
                {
                    return new StreamResult(0, FaultOf(refusal));
                }
            }
            catch (RequestFailedException refusal)
            {
                return new StreamResult(0, FaultOf(refusal), RetryAfterOf(refusal));
            }
            catch (AuthenticationFailedException)
            {
                return new StreamResult(0, "The managed identity got no token for Event Grid.");
            }
            catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
            {
                return new StreamResult(0, "Event Grid did not answer in time.");
            }
        }
    }

    /// <summary>As many as one request takes, at least one.</summary>
    private List<CloudEvent> Batch(string tenantId, IReadOnlyList<StreamedEntry> entries)
    {
        var (events, bytes) = (new List<CloudEvent>(), 0L);
        foreach (var entry in entries.Take(MaxEvents))
        {
            var made = AuditEvents.Of(address.Url, tenantId, entry);
            var size = JsonSerializer.SerializeToUtf8Bytes(made).Length;
            if (size > MaxBytes)
            {
                made = AuditEvents.Of(address.Url, tenantId, entry, isWhole: false);
                size = 0;
            }

            bytes += size;
            if (bytes > MaxBytes)
            {
                break;
            }

            events.Add(made);
        }

        return events;
    }

    private static string FaultOf(RequestFailedException refusal) => refusal.Status == 0
        ? "Event Grid cannot be reached."
        : string.Create(CultureInfo.InvariantCulture, $"Event Grid answered {refusal.Status}.");

    private TimeSpan? RetryAfterOf(RequestFailedException refusal) =>
        refusal.GetRawResponse() is { } response
        && response.Headers.TryGetValue("Retry-After", out var text)
        && RetryConditionHeaderValue.TryParse(text, out var when)
            ? when.Delta ?? when.Date - time.GetUtcNow()
            : null;
}
