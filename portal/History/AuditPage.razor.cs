using BlokSec.Contracts;
using BlokSec.Portal.Api;
using BlokSec.Portal.Browser;
using BlokSec.Portal.Requests;
using BlokSec.Portal.Security;
using BlokSec.Portal.Words;
using Microsoft.AspNetCore.Components;

namespace BlokSec.Portal.History;

/// <summary>What happened in the whole tenant; the filter stands in the address.</summary>
public sealed partial class AuditPage : IDisposable
{
    private CancellationTokenSource reading = new();
    private AuditFilter filter = new();
    private AuditFilter? asked;
    private Draft draft = new();
    private List<AuditEntryDetails>? entries;
    private string? continuation;
    private ApiProblem? problem;
    private DateTimeOffset? readAt;
    private string? exported;
    private bool isReading;
    private bool isExporting;
    private int unreadable;

    [CascadingParameter]
    public Administrator Administrator { get; set; } = null!;

    [SupplyParameterFromQuery]
    public string? Text { get; set; }

    [SupplyParameterFromQuery]
    public string? From { get; set; }

    [SupplyParameterFromQuery]
    public string? To { get; set; }

    [SupplyParameterFromQuery]
    public string? Actor { get; set; }

    [SupplyParameterFromQuery]
    public string? Action { get; set; }

    [SupplyParameterFromQuery]
    public string? User { get; set; }

    [SupplyParameterFromQuery]
    public string? Target { get; set; }

    [SupplyParameterFromQuery]
    public string? Operation { get; set; }

    [SupplyParameterFromQuery]
    public string? Alert { get; set; }

    [Inject]
    internal AdminApi Api { get; set; } = null!;

    [Inject]
    internal BrowserPage Page { get; set; } = null!;

    [Inject]
    internal TimeProvider Time { get; set; } = null!;

    [Inject]
    internal NavigationManager Navigation { get; set; } = null!;

    private bool CannotExport => isExporting || entries is not { Count: > 0 };

    private string Said => entries is null || isReading || problem is not null ? ""
        : $"{Plural.Of(entries.Count, "entry", "entries")} {(continuation is null ? "found" : "shown, there are more")}";

    public void Dispose()
    {
        reading.Cancel();
        reading.Dispose();
    }

    protected override async Task OnParametersSetAsync()
    {
        filter = new AuditFilter(
            AuditFilter.Trimmed(Text),
            RequestFilter.DayOf(From),
            RequestFilter.DayOf(To),
            AuditFilter.Trimmed(Actor),
            AuditFilter.Trimmed(Action),
            AuditFilter.Trimmed(User),
            AuditFilter.Trimmed(Target),
            AuditFilter.Trimmed(Operation),
            Alert == "true");
        if (asked == filter || !Administrator.Audits)
        {
            return;
        }

        (asked, exported, draft) = (filter, null, Draft.Of(filter));
        await (filter.IsReversed ? Task.CompletedTask : ReadAsync());
    }

    private void Search() => Go(draft.Filter);

    private void Go(AuditFilter next) => Navigation.NavigateTo(next.Address);

    private Task ReadAsync() => ReadAsync(null);

    private Task ReadMoreAsync() => ReadAsync(continuation);

    private async Task ReadAsync(string? from)
    {
        await reading.CancelAsync();
        reading.Dispose();
        reading = new CancellationTokenSource();
        var cancellationToken = reading.Token;
        (isReading, problem) = (true, null);
        var query = filter.Query(Time.LocalTimeZone);
        ApiResult<PagesRead<AuditEntryDetails>> result;
        try
        {
            result = await PageReading.ReadAsync(
                next => Api.ListAuditAsync(query, next, cancellationToken),
                page => (page.Entries, page.Continuation, page.Unreadable),
                from);
        }
        catch (OperationCanceledException)
        {
            return;
        }

        if (cancellationToken.IsCancellationRequested)
        {
            return;
        }

        (isReading, problem) = (false, result.Problem);
        if (result.Value is { } read)
        {
            entries = read.IsFromStart ? [.. read.Items] : [.. entries ?? [], .. read.Items];
            unreadable = read.Unreadable + (read.IsFromStart ? 0 : unreadable);
            (continuation, readAt) = (read.Continuation, Time.GetUtcNow());
        }
        else if (from is null)
        {
            (entries, continuation, unreadable) = (null, null, 0);
        }
    }

    private async Task ExportAsync(string format)
    {
        (isExporting, exported) = (true, "Preparing the file…");
        var result = await Api.ExportAuditAsync(filter.Query(Time.LocalTimeZone), format, CancellationToken.None);
        (isExporting, exported) = (false, null);
        problem = result.Problem;
        if (result.Value is { } text)
        {
            await Page.SaveAsync($"audit.{format}", text, format == "csv" ? "text/csv" : "application/jsonl");
            exported = "The file was saved.";
        }
    }

    /// <summary>What is typed until it is searched for.</summary>
    private sealed class Draft
    {
        public string? Text { get; set; }

        public DateOnly? From { get; set; }

        public DateOnly? To { get; set; }

        public string? Actor { get; set; }

        public string? Action { get; set; } = "";

        public string? User { get; set; }

        public string? Target { get; set; }

        public string? Operation { get; set; }

        public bool Alert { get; set; }

        public AuditFilter Filter => new(
            AuditFilter.Trimmed(Text),
            From,
            To,
            AuditFilter.Trimmed(Actor),
            AuditFilter.Trimmed(Action),
            AuditFilter.Trimmed(User),
            AuditFilter.Trimmed(Target),
            AuditFilter.Trimmed(Operation),
            Alert);

        public static Draft Of(AuditFilter filter) => new()
        {
            Text = filter.Text,
            From = filter.From,
            To = filter.To,
            Actor = filter.Actor,
            Action = filter.Action ?? "",
            User = filter.User,
            Target = filter.Target,
            Operation = filter.Operation,
            Alert = filter.Alert,
        };
    }
}
