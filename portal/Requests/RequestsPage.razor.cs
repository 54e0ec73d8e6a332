using BlokSec.Contracts;
using BlokSec.Portal.Api;
using BlokSec.Portal.Devices;
using Microsoft.AspNetCore.Components;

namespace BlokSec.Portal.Requests;

/// <summary>The sign-in requests of one user by time, status, application and method; the filter stands in the address.</summary>
public sealed partial class RequestsPage : IDisposable
{
    private PagedList<AuthenticationRequestList, AuthenticationRequestDetails> list = null!;
    private RequestFilter filter = new();
    private (string UserId, RequestFilter Filter)? asked;
    private UserDetails? user;

    /// <summary>The user's id inside the tenant.</summary>
    [Parameter]
    public string UserId { get; set; } = "";

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
    public string? Device { get; set; }

    [SupplyParameterFromQuery]
    public bool Review { get; set; }

    [Inject]
    internal AdminApi Api { get; set; } = null!;

    [Inject]
    internal TimeProvider Time { get; set; } = null!;

    [Inject]
    internal NavigationManager Navigation { get; set; } = null!;

    /// <summary>The applications of the accounts and requests that are known, and the one that is chosen.</summary>
    private IEnumerable<(string Id, string Name)> Applications => (user?.Accounts.Accounts ?? [])
        .Select(account => (Id: account.ApplicationId, Name: account.ApplicationName))
        .Concat((list.Items ?? []).Where(request => request.ApplicationId is not null).Select(request => (Id: request.ApplicationId!, Name: request.ApplicationName)))
        .Concat(filter.Application is { } chosen ? [(Id: chosen, Name: chosen)] : Array.Empty<(string Id, string Name)>())
        .DistinctBy(application => application.Id)
        .OrderBy(application => application.Name, StringComparer.OrdinalIgnoreCase);

    /// <summary>The user's devices, those that were removed, and the one that is chosen.</summary>
    private IEnumerable<(string Id, string Name)> Devices => (user?.Devices ?? [])
        .Select(device => (Id: device.DeviceId, Name: DeviceNames.Of(device.Name, device.Model)))
        .Concat((user?.Revocations ?? []).Select(removed => (Id: removed.DeviceId, Name: $"{DeviceNames.Of(removed.Name, removed.Model)}, removed")))
        .Concat(filter.Device is { } chosen ? [(Id: chosen, Name: chosen)] : Array.Empty<(string Id, string Name)>())
        .DistinctBy(device => device.Id);

    public void Dispose() => list.Dispose();

    protected override void OnInitialized() => list = new(
        (next, cancellationToken) => Api.ListAuthenticationRequestsAsync(UserId, filter.Query(Time.LocalTimeZone), next, cancellationToken),
        page => (page.Requests, page.Continuation, page.Unreadable),
        request => request.RequestId,
        Time);

    protected override async Task OnParametersSetAsync()
    {
        filter = RequestFilter.Of(Days, From, To, Status, Reason, Application, Method, Device, Review);
        if (asked == (UserId, filter))
        {
            return;
        }

        if (asked?.UserId != UserId)
        {
            user = null;
            list.Clear();
        }

        asked = (UserId, filter);
        if (!filter.IsReversed)
        {
            await Task.WhenAll(list.ReadAsync(), user is null ? NameAsync(UserId) : Task.CompletedTask);
        }
    }

    private void Go(RequestFilter next) => Navigation.NavigateTo(next.Dated().Address(UserId), replace: true);

    /// <summary>Who it is, and which applications there are: the list does without.</summary>
    private async Task NameAsync(string userId)
    {
        var answer = ApiConnection.Read(await Api.ReadUserAsync(userId, CancellationToken.None), PortalJson.Default.UserDetails);
        if (userId == UserId)
        {
            user = answer.Value;
        }
    }

    private static string Saved(string csv) =>
        csv.Split("\r\n").TakeLast(3).Any(line => line.TrimStart('"').StartsWith(AuthenticationRequestExport.Cut, StringComparison.Ordinal))
            ? "The file was saved. It does not hold all requests; its last rows say why."
            : "The file was saved.";
}
