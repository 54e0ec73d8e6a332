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
            (userId, entries, continuation) = (User.UserId, null, null);
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

        var result = await Api.ListAuditEntriesAsync(User.UserId, null, cancellationToken);
        if (cancellationToken.IsCancellationRequested)
        {
            return;
        }

        problem = result.Problem;
        if (result.Value is { } page)
        {
            Merge(page);
        }
    }

    /// <summary>New entries go to the front of those that are there; when they do not meet, the list begins anew.</summary>
    private void Merge(AuditEntryList page)
    {
        var meets = page.Entries is [.., var oldest] ? entries?.FindIndex(entry => entry.EntryId == oldest.EntryId) ?? -1 : -1;
        if (entries is null || meets < 0)
        {
            entries = [.. page.Entries];
            continuation = page.Continuation;
            return;
        }

        entries = [.. page.Entries, .. entries[(meets + 1)..]];
    }

    private async Task LoadMoreAsync()
    {
        if (isLoading || continuation is null)
        {
            return;
        }

        isLoading = true;
        var result = await Api.ListAuditEntriesAsync(User.UserId, continuation, CancellationToken.None);
        isLoading = false;
        problem = result.Problem;
        if (result.Value is { } page)
        {
            entries = [.. entries ?? [], .. page.Entries];
            continuation = page.Continuation;
        }
    }
}
