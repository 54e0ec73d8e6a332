using BlokSec.Contracts;
using BlokSec.Portal.Api;
using BlokSec.Portal.Browser;
using BlokSec.Portal.Security;
using Microsoft.AspNetCore.Components;

namespace BlokSec.Portal.Events;

/// <summary>The events of one stream, and how far each is.</summary>
public sealed partial class StreamPage : IDisposable
{
    private readonly Leaving leaving = new();
    private EventStreamDetails? stream;
    private List<EventDeliveryDetails>? events;
    private string? continuation;
    private ApiProblem? problem;
    private DateTimeOffset? readAt;
    private string said = "";
    private bool isBusy;
    private int unreadable;

    /// <summary>The stream's id.</summary>
    [Parameter]
    public string StreamId { get; set; } = "";

    [CascadingParameter]
    public Administrator Administrator { get; set; } = null!;

    [Inject]
    internal AdminApi Api { get; set; } = null!;

    [Inject]
    internal TimeProvider Time { get; set; } = null!;

    public void Dispose() => leaving.Dispose();

    protected override Task OnParametersSetAsync() => stream?.StreamId == StreamId ? Task.CompletedTask : ReadAsync();

    private async Task ReadAsync()
    {
        (isBusy, problem) = (true, null);
        var streams = await Api.ListEventStreamsAsync(leaving.Token);
        var page = await Api.ListEventDeliveriesAsync(StreamId, continuation: null, leaving.Token);
        (isBusy, problem, readAt) = (false, page.Problem ?? streams.Problem, Time.GetUtcNow());
        stream = streams.Value?.Streams.FirstOrDefault(one => one.StreamId == StreamId);
        if (page.Value is { } read)
        {
            (events, continuation, unreadable) = ([.. read.Events], read.Continuation, read.Unreadable);
        }
    }

    private async Task ReadMoreAsync()
    {
        isBusy = true;
        var page = await Api.ListEventDeliveriesAsync(StreamId, continuation, leaving.Token);
        (isBusy, problem) = (false, page.Problem);
        if (page.Value is { } read)
        {
            events = [.. events ?? [], .. read.Events];
            (continuation, unreadable) = (read.Continuation, unreadable + read.Unreadable);
        }
    }

    private async Task SetStatusAsync(EventStreamStatus status)
    {
        isBusy = true;
        var result = await Api.SetEventStreamStatusAsync(StreamId, new SetEventStreamStatusRequest { Status = status }, leaving.Token);
        (isBusy, problem, stream) = (false, result.Problem, result.Value ?? stream);
        said = result.Value is null ? "" : status == EventStreamStatus.Paused ? "The stream is paused. Events are held." : "The stream continues. Held events are sent.";
    }

    private async Task SendAgainAsync(EventDeliveryDetails again)
    {
        isBusy = true;
        var result = await Api.SendEventAgainAsync(StreamId, again.EventId, leaving.Token);
        (isBusy, problem) = (false, result.Problem);
        if (result.Value is { } sent)
        {
            events = events?.ConvertAll(one => one.EventId == sent.EventId ? sent : one);
            said = "The event is sent again.";
        }
    }
}
