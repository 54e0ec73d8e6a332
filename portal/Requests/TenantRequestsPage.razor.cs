using BlokSec.Contracts;
using BlokSec.Portal.Api;
using BlokSec.Portal.Browser;
using Microsoft.AspNetCore.Components;

namespace BlokSec.Portal.Requests;

/// <summary>The sign-in requests of all users; the filter stands in the address.</summary>
public sealed partial class TenantRequestsPage : IDisposable
{
    private PagedList<TenantSignInList, TenantSignIn> list = null!;
    private RequestFilter filter = new();
    private RequestFilter? asked;
    private bool isExporting;
    private bool exported;

    [SupplyParameterFromQuery]
    public int? Days { get; set; }

    [SupplyParameterFromQuery]
    public string? From { get; set; }

    [SupplyParameterFromQuery]
    public string? To { get; set; }

    [SupplyParameterFromQuery]
    public string? Status { get; set; }

    [SupplyParameterFromQuery]
    public string? Reason { get; set; }

    [SupplyParameterFromQuery]
    public string? Application { get; set; }

    [SupplyParameterFromQuery]
    public string? Method { get; set; }

    [SupplyParameterFromQuery]
    public bool Review { get; set; }

    [Inject]
    internal AdminApi Api { get; set; } = null!;

    [Inject]
    internal BrowserPage Page { get; set; } = null!;

    [Inject]
    internal TimeProvider Time { get; set; } = null!;

    [Inject]
    internal NavigationManager Navigation { get; set; } = null!;

    /// <summary>The applications of the requests that are known, and the one that is chosen.</summary>
    private IEnumerable<(string Id, string Name)> Applications => (list.Items ?? [])
        .Where(one => one.Request.ApplicationId is not null)
        .Select(one => (Id: one.Request.ApplicationId!, Name: one.Request.ApplicationName))
        .Concat(filter.Application is { } chosen ? [(Id: chosen, Name: chosen)] : Array.Empty<(string Id, string Name)>())
        .DistinctBy(application => application.Id)
        .OrderBy(application => application.Name, StringComparer.OrdinalIgnoreCase);

    public void Dispose() => list.Dispose();

    protected override void OnInitialized() => list = new(
        (next, cancellationToken) => Api.ListSignInsAsync(filter.Query(Time.LocalTimeZone), next, cancellationToken),
        page => (page.Requests, page.Continuation, page.Unreadable),
        one => one.Request.RequestId,
        Time);

    protected override Task OnParametersSetAsync()
    {
        filter = RequestFilter.Of(Days, From, To, Status, Reason, Application, Method, device: null, Review);
        if (asked == filter)
        {
            return Task.CompletedTask;
        }

        (asked, exported) = (filter, false);
        return filter.IsReversed ? Task.CompletedTask : list.ReadAsync();
    }

    private void Go(RequestFilter next) => Navigation.NavigateTo(next.Dated().TenantAddress, replace: true);

    private async Task ExportAsync()
    {
        (isExporting, exported) = (true, false);
        var result = await Api.ExportSignInsAsync(filter.Query(Time.LocalTimeZone), CancellationToken.None);
        (isExporting, list.Problem) = (false, result.Problem);
        if (result.Value is { } csv)
        {
            await Page.SaveAsync("authentication-requests.csv", csv);
            exported = true;
        }
    }
}
