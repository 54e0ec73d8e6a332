using BlokSec.Contracts;
using BlokSec.Portal.Api;
using BlokSec.Portal.Requests;
using BlokSec.Portal.Security;
using Microsoft.AspNetCore.Components;

namespace BlokSec.Portal.History;

/// <summary>What happened in the whole tenant; the filter stands in the address.</summary>
public sealed partial class AuditPage : IDisposable
{
    private PagedList<AuditEntryList, AuditEntryDetails> list = null!;
    private AuditFilter filter = new();
    private AuditFilter? asked;
    private Draft draft = new();

    [CascadingParameter]
    public Administrator Administrator { get; set; } = null!;

    [SupplyParameterFromQuery]
    public string? Text { get; set; }

    [SupplyParameterFromQuery]
    public string? From { get; set; }

    [SupplyParameterFromQuery]
    public string? To { get; set; }

    [SupplyParameterFromQuery]
    public string? Since { get; set; }

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
    internal TimeProvider Time { get; set; } = null!;

    [Inject]
    internal NavigationManager Navigation { get; set; } = null!;

    private bool CannotExport => !list.HasItems;

    public void Dispose() => list.Dispose();

    protected override void OnInitialized() => list = new(
        (next, cancellationToken) => Api.ListAuditAsync(filter.Query(Time.LocalTimeZone), next, cancellationToken),
        page => (page.Entries, page.Continuation, page.Unreadable),
        entry => entry.EntryId,
        Time);

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
            Alert == "true")
        {
            Since = AuditFilter.MomentOf(Since),
        };
        if (asked == filter || !Administrator.Audits)
        {
            return;
        }

        (asked, draft) = (filter, Draft.Of(filter));
        await (filter.IsReversed ? Task.CompletedTask : list.ReadAsync());
    }

    private void Search() => Go(draft.Filter);

    private void Go(AuditFilter next) => Navigation.NavigateTo(next.Address);

    private Task<ApiResult<string>> ExportAsync(string format) => Api.ExportAuditAsync(filter.Query(Time.LocalTimeZone), format, CancellationToken.None);

    /// <summary>What is typed until it is searched for.</summary>
    private sealed class Draft
    {
        public string? Text { get; set; }

        public DateOnly? From { get; set; }

        public DateOnly? To { get; set; }

        public DateTimeOffset? Since { get; set; }

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
            Alert)
        {
            // A day that was chosen takes its place.
            Since = From is null ? Since : null,
        };

        public static Draft Of(AuditFilter filter) => new()
        {
            Text = filter.Text,
            From = filter.From,
            To = filter.To,
            Since = filter.From is null ? filter.Since : null,
            Actor = filter.Actor,
            Action = filter.Action ?? "",
            User = filter.User,
            Target = filter.Target,
            Operation = filter.Operation,
            Alert = filter.Alert,
        };
    }
}
