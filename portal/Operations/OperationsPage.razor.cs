using BlokSec.Contracts;
using BlokSec.Portal.Api;
using BlokSec.Portal.Security;
using Microsoft.AspNetCore.Components;

namespace BlokSec.Portal.Operations;

/// <summary>The operations of all users; the filter stands in the address.</summary>
public sealed partial class OperationsPage : IDisposable
{
    private PagedList<TenantOperationList, TenantOperation> list = null!;
    private OperationFilter filter = new();
    private OperationFilter? asked;
    private ApiProblem? restartProblem;
    private string? starting;

    [SupplyParameterFromQuery]
    public string? Status { get; set; }

    [SupplyParameterFromQuery]
    public bool Stalled { get; set; }

    [SupplyParameterFromQuery]
    public string? Kind { get; set; }

    [SupplyParameterFromQuery]
    public string? From { get; set; }

    [SupplyParameterFromQuery]
    public string? To { get; set; }

    [CascadingParameter]
    public Administrator Administrator { get; set; } = null!;

    [Inject]
    internal AdminApi Api { get; set; } = null!;

    [Inject]
    internal TimeProvider Time { get; set; } = null!;

    [Inject]
    internal NavigationManager Navigation { get; set; } = null!;

    public void Dispose() => list.Dispose();

    protected override void OnInitialized() => list = new(
        (next, cancellationToken) => Api.ListOperationsAsync(filter.Query(Time.LocalTimeZone), next, cancellationToken),
        page => (page.Operations, page.Continuation, page.Unreadable),
        one => (one.Operation.UserId, one.Operation.OperationId),
        Time);

    protected override Task OnParametersSetAsync()
    {
        filter = OperationFilter.Of(Status, Stalled, Kind, From, To);
        if (asked == filter)
        {
            return Task.CompletedTask;
        }

        (asked, restartProblem) = (filter, null);
        return filter.IsReversed ? Task.CompletedTask : list.ReadAsync();
    }

    private static string? Chosen(ChangeEventArgs change) => change.Value?.ToString() is { Length: > 0 } value ? value : null;

    private void Go(OperationFilter next) => Navigation.NavigateTo(next.Address, replace: true);

    private async Task RestartAsync(OperationDetails operation)
    {
        starting = operation.OperationId;
        restartProblem = (await OperationRestart.StartAsync(Api, operation)).Problem;
        starting = null;
        if (restartProblem is null)
        {
            await list.ReadAsync();
        }
    }
}
