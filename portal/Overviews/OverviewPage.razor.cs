using BlokSec.Contracts;
using BlokSec.Portal.Api;
using BlokSec.Portal.Browser;
using BlokSec.Portal.History;
using BlokSec.Portal.Security;
using BlokSec.Portal.Users;
using Microsoft.AspNetCore.Components;

namespace BlokSec.Portal.Overviews;

/// <summary>What needs somebody now: read again by itself, and paused while the tab is hidden.</summary>
public sealed partial class OverviewPage : IDisposable
{
    private const string Unconfirmed = "Blocked, not confirmed";
    private const string Failed = "Failed operations";
    private const string Bulk = "Bulk operations";
    private const string UnderWay = "Operations under way";
    private const string Claims = "Open claims";
    private const string Alerts = "Alerts of the last 7 days";
    private const string Mails = "Mails not sent in the last 7 days";

    private readonly Leaving leaving = new();
    private Pause? pause;
    private TenantOverview? overview;
    private ApiProblem? problem;
    private DateTimeOffset? readAt;

    [CascadingParameter]
    public Administrator Administrator { get; set; } = null!;

    [Inject]
    internal AdminApi Api { get; set; } = null!;

    [Inject]
    internal BrowserPage Page { get; set; } = null!;

    [Inject]
    internal NavigationManager Navigation { get; set; } = null!;

    [Inject]
    internal TimeProvider Time { get; set; } = null!;

    /// <summary>Everything was read, and nothing of it needs somebody.</summary>
    private bool IsQuiet => overview is { Operations: { } operations, Failures: { } failures, BulkOperations: { } bulk, Removals: { } removals, Claims: { } claims, Alerts: { } alerts }
        && !new[] { operations.UnderWay, failures.Operations, failures.LockedClaims, failures.Events, failures.Approvals, removals.Total, claims.Expiring }.Any(OverviewWords.IsSome)
        && !OverviewWords.IsSome(OverviewWords.All(bulk))
        && !alerts.WeekHasMore && alerts.Kinds.All(kind => kind.Week == 0) && (alerts.Mails is null or { Week: 0 })
        && !overview.PushProviders.Any(OverviewWords.IsInTrouble);

    public void Dispose() => leaving.Dispose();

    protected override void OnInitialized()
    {
        if (Administrator.Reads)
        {
            _ = RunAsync(leaving.Token);
        }
    }

    private void Refresh() => pause?.End();

    private async Task RunAsync(CancellationToken cancellationToken)
    {
        using var between = pause = new Pause(Page, Time);
        try
        {
            for (var failures = 0; !cancellationToken.IsCancellationRequested;)
            {
                var result = await Api.ReadOverviewAsync(cancellationToken);
                cancellationToken.ThrowIfCancellationRequested();
                if (result.Problem?.Code == ProblemCodes.OutOfScope)
                {
                    Navigation.NavigateTo("users", replace: true);
                    return;
                }

                (overview, problem) = (result.Value ?? overview, result.Problem);
                (readAt, failures) = problem is null ? (Time.GetUtcNow(), 0) : (readAt, failures + 1);
                await InvokeAsync(StateHasChanged);
                await between.WaitAsync(problem is { } had ? PollRhythm.After(had, failures) : PollRhythm.After(overview!), cancellationToken);
            }
        }
        catch (OperationCanceledException)
        {
            // The page was left.
        }
    }

    /// <summary>The entries that are counted for the last 7 days; null for whoever may not read the audit.</summary>
    private string? AuditOf(AlertTallies alerts, string? action, bool isAlert = true) =>
        Administrator.Audits ? new AuditFilter { Alert = isAlert, Action = action, Since = alerts.WeekFrom }.Address : null;
}
