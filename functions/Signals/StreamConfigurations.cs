using System.Text.Json;
using BlokSec.Functions.Http;
using BlokSec.Functions.Security;
using Microsoft.Extensions.Options;

namespace BlokSec.Functions.Signals;

/// <summary>The configuration of a stream: as receivers see it, and as it becomes by what they send.</summary>
internal sealed class StreamConfigurations(EventFactory factory, ReceiverSecrets secrets, IOptions<SignalOptions> options, TimeProvider time)
{
    /// <summary>The issuer of a tenant.</summary>
    public string IssuerOf(string tenantId) => factory.IssuerOf(tenantId);

    /// <summary>Reads what a receiver sends.</summary>
    /// <exception cref="InvalidFieldException">A member is not as it has to be.</exception>
    public StreamRequest Read(JsonElement body) => StreamRequest.Read(body, options.Value.AllowLoopback);

    /// <summary>What a receiver sees; never its authorization header.</summary>
    public StreamAnswer Show(StreamDocument stream) => new(
        stream.StreamId,
        factory.IssuerOf(stream.TenantId),
        stream.ClientId,
        EventTypes.Supported,
        stream.EventsRequested,
        [.. stream.EventsDelivered],
        new StreamDeliveryAnswer(stream.IsPushed ? StreamRequest.Push : StreamRequest.Poll, stream.EndpointUrl ?? PollEndpointOf(stream)),
        string.IsNullOrEmpty(stream.Description) ? null : stream.Description,
        options.Value.MinVerificationSeconds,
        stream.SubjectFormat);

    /// <summary>A new stream.</summary>
    public StreamDocument Create(CallingApplication receiver, StreamRequest request)
    {
        var now = time.GetUtcNow();
        var key = TenantStreams.KeyOf(receiver.TenantId);
        var streamId = Guid.CreateVersion7(now).ToString("N");
        var stream = new StreamDocument
        {
            Id = StreamDocument.IdOf(streamId),
            TenantId = key.TenantId,
            UserId = key.UserId,
            StreamId = streamId,
            ClientId = receiver.ClientId,
            CreatedAt = now,
        };
        return Replace(stream, request);
    }

    /// <summary>The stream with all that a receiver may set replaced: what it does not say is gone (PUT).</summary>
    public StreamDocument Replace(StreamDocument stream, StreamRequest request) => Deliver(stream, request.Delivery, keepsAuthorization: false) with
    {
        EventsRequested = request.EventsRequested,
        Description = request.Description,
        SubjectFormat = request.Format ?? SubjectFormats.Email,
    };

    /// <summary>The stream with what a receiver says changed (PATCH).</summary>
    public StreamDocument Update(StreamDocument stream, StreamRequest request) =>
        (request.Delivery is null ? stream : Deliver(stream, request.Delivery, keepsAuthorization: true)) with
        {
            EventsRequested = request.EventsRequested ?? stream.EventsRequested,
            Description = request.Description ?? stream.Description,
            SubjectFormat = request.Format ?? stream.SubjectFormat,
        };

    /// <summary>What is wrong with a change of a stream; null when it may be made.</summary>
    public IResult? Refuse(StreamDocument stream, StreamRequest request) =>
        StreamRequest.Contradiction(Show(stream), request.Body) is { } name
            ? Problems.InvalidRequest(name, "is set by the transmitter, and is not this value")
            : request.Delivery?.PollEndpoint is { } claimed && claimed != PollEndpointOf(stream)
                ? Problems.InvalidRequest("delivery.endpoint_url", "is set by the transmitter for streams that are polled, and is not this value")
                : null;

    /// <summary>
    /// Without a delivery the receiver polls. A secret never goes along to another address: it stays with the address that it was given for, and only
    /// where a change may leave it out.
    /// </summary>
    private StreamDocument Deliver(StreamDocument stream, RequestedDelivery? delivery, bool keepsAuthorization)
    {
        var sealedText = delivery switch
        {
            { Endpoint: { } endpoint, Authorization: { } header } => secrets.Seal(header, stream.TenantId, stream.StreamId, endpoint),
            { Endpoint: { } endpoint } when keepsAuthorization && endpoint == stream.EndpointUrl => stream.SealedAuthorization,
            _ => null,
        };

        // What waited for a poll is pushed from now on.
        var next = delivery?.Endpoint is not null && stream is { IsPushed: false, ETag: not null } ? time.GetUtcNow() : stream.NextAttemptAt;
        return stream with { EndpointUrl = delivery?.Endpoint, SealedAuthorization = sealedText, NextAttemptAt = next };
    }

    private string PollEndpointOf(StreamDocument stream) => $"{factory.IssuerOf(stream.TenantId)}/streams/{stream.StreamId}/poll";
}
