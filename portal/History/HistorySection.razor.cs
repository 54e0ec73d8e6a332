using BlokSec.Contracts;
using BlokSec.Portal.Api;
using Microsoft.AspNetCore.Components;

namespace BlokSec.Portal.History;

/// <summary>The user's audit, newest first; read again when something moved.</summary>
public sealed partial class HistorySection : IDisposable
{
    /// <summary>Several things move within a moment; they are read together.</summary>
    private static readonly TimeSpan Settling = TimeSpan.FromMilliseconds(800);

    private CancellationTokenSource reading = new();
    private List<AuditEntryDetails>? entries;
    private string? continuation;
    private string? userId;
    private ApiProblem? problem;
    private bool isLoading;
    private int version = -1;
    private int unreadable;

    [Parameter, EditorRequired]
    public UserDetails User { get; set; } = null!;

    /// <summary>Grows whenever something moved.</summary>
    [Parameter]
    public int Version { get; set; }

    [Inject]
    internal AdminApi Api { get; set; } = null!;

    [Inject]
    internal TimeProvider Time { get; set; } = null!;

    public void Dispose()
    {
        reading.Cancel();
        reading.Dispose();
    }

    protected override async Task OnParametersSetAsync()
    {
        if (userId != User.UserId)
        {
            (userId, entries, continuation, unreadable) = (User.UserId, null, null, 0);
        }

        if (version != Version)
        {
            version = Version;
            await ReadAsync(entries is null ? TimeSpan.Zero : Settling);
        }
    }

    private Task RetryAsync() => ReadAsync(TimeSpan.Zero);

    private async Task ReadAsync(TimeSpan pause)
    {
        await reading.CancelAsync();
        reading.Dispose();
        reading = new CancellationTokenSource();
        var cancellationToken = reading.Token;
        try
        {
            await Task.Delay(pause, Time, cancellationToken);
        }
        catch (OperationCanceledException)
        {
            return;
        }

        var result = await PagesAsync(null, cancellationToken);
        if (cancellationToken.IsCancellationRequested)
        {
            return;
        }

        problem = result.Problem;
        if (result.Value is { } read)
        {
            Merge(read);
        }
    }

    private Task<ApiResult<PagesRead<AuditEntryDetails>>> PagesAsync(string? from, CancellationToken cancellationToken) => PageReading.ReadAsync(
        next => Api.ListAuditEntriesAsync(User.UserId, next, cancellationToken), page => (page.Entries, page.Continuation, page.Unreadable), from);

    /// <summary>New entries go to the front of those that are there; when they do not meet, they take their place.</summary>
    private void Merge(PagesRead<AuditEntryDetails> read)
    {
        var meets = read.Items is [.., var oldest] ? entries?.FindIndex(entry => entry.EntryId == oldest.EntryId) ?? -1 : -1;
        if (entries is null || meets < 0)
        {
            (entries, continuation, unreadable) = ([.. read.Items], read.Continuation, read.Unreadable);
            return;
        }

        entries = [.. read.Items, .. entries[(meets + 1)..]];
    }

    private async Task LoadMoreAsync()
    {
        if (isLoading || continuation is null)
        {
            return;
        }

        isLoading = true;
        var result = await PagesAsync(continuation, CancellationToken.None);
        isLoading = false;
        problem = result.Problem;
        if (result.Value is { } read)
        {
            entries = [.. (read.IsFromStart ? [] : entries ?? []).Concat(read.Items).DistinctBy(entry => entry.EntryId)];
            continuation = read.Continuation;
            unreadable = read.Unreadable + (read.IsFromStart ? 0 : unreadable);
        }
    }
}
