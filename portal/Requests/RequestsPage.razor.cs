using BlokSec.Contracts;
using BlokSec.Portal.Api;
using BlokSec.Portal.Browser;
using BlokSec.Portal.Devices;
using BlokSec.Portal.Words;
using Microsoft.AspNetCore.Components;

namespace BlokSec.Portal.Requests;

/// <summary>The sign-in requests of one user by time, status, application and method; the filter stands in the address.</summary>
public sealed partial class RequestsPage : IDisposable
{
    private const string Range = "range";

    private static readonly string[] Methods = ["Push", "Passcode", "BlokBadge"];

    /// <summary>A status, or one with its reason after a blank.</summary>
    private static readonly (string Value, string Text)[] StatusChoices =
    [
        ("pending", "Pending"),
        ("accepted", "Accepted"),
        ("denied", "Denied"),
        ("denied cancelled", "Denied: cancelled"),
        ("denied notMe", "Denied: it was not me"),
        ("denied wrongNumber", "Denied: wrong number"),
        ("expired", "Expired"),
        ("superseded", "Superseded"),
        ("passcode", "Passcode"),
        ("blokBadge", "BlokBadge"),
    ];

    private CancellationTokenSource reading = new();
    private RequestFilter filter = new();
    private string period = "";
    private (string UserId, RequestFilter Filter)? asked;
    private UserDetails? user;
    private List<AuthenticationRequestDetails>? requests;
    private string? continuation;
    private ApiProblem? problem;
    private DateTimeOffset? readAt;
    private string? exported;
    private bool isReading;
    private bool isExporting;
    private int unreadable;

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
    internal BrowserPage Page { get; set; } = null!;

    [Inject]
    internal TimeProvider Time { get; set; } = null!;

    [Inject]
    internal NavigationManager Navigation { get; set; } = null!;

    private string StatusChoice => string.Join(' ', new[] { filter.Status, filter.Reason }.OfType<string>());

    private string Said => requests is null || isReading || problem is not null ? ""
        : $"{Plural.Of(requests.Count, "authentication request")} {(continuation is null ? "found" : "shown, there are more")}";

    /// <summary>The applications of the accounts and requests that are known, and the one that is chosen.</summary>
    private IEnumerable<(string Id, string Name)> Applications => (user?.Accounts.Accounts ?? [])
        .Select(account => (Id: account.ApplicationId, Name: account.ApplicationName))
        .Concat((requests ?? []).Where(request => request.ApplicationId is not null).Select(request => (Id: request.ApplicationId!, Name: request.ApplicationName)))
        .Concat(filter.Application is { } chosen ? [(Id: chosen, Name: chosen)] : Array.Empty<(string Id, string Name)>())
        .DistinctBy(application => application.Id)
        .OrderBy(application => application.Name, StringComparer.OrdinalIgnoreCase);

    /// <summary>The user's devices, those that were removed, and the one that is chosen.</summary>
    private IEnumerable<(string Id, string Name)> Devices => (user?.Devices ?? [])
        .Select(device => (Id: device.DeviceId, Name: DeviceNames.Of(device.Name, device.Model)))
        .Concat((user?.Revocations ?? []).Select(removed => (Id: removed.DeviceId, Name: $"{DeviceNames.Of(removed.Name, removed.Model)}, removed")))
        .Concat(filter.Device is { } chosen ? [(Id: chosen, Name: chosen)] : Array.Empty<(string Id, string Name)>())
        .DistinctBy(device => device.Id);

    public void Dispose()
    {
        reading.Cancel();
        reading.Dispose();
    }

    protected override async Task OnParametersSetAsync()
    {
        filter = RequestFilter.Of(Days, From, To, Status, Reason, Application, Method, Device, Review);
        if (asked == (UserId, filter))
        {
            return;
        }

        if (asked?.UserId != UserId)
        {
            (user, requests) = (null, null);
        }

        asked = (UserId, filter);
        period = filter.Days?.ToString(System.Globalization.CultureInfo.InvariantCulture) ?? Range;
        exported = null;
        await (filter.IsReversed ? Task.CompletedTask : ReadAsync());
    }

    private static string? Chosen(ChangeEventArgs change) => change.Value?.ToString() is { Length: > 0 } value ? value : null;

    private void ChoosePeriod(ChangeEventArgs change)
    {
        period = Chosen(change) ?? Range;
        if (int.TryParse(period, System.Globalization.CultureInfo.InvariantCulture, out var days))
        {
            Go(filter with { Days = days, From = null, To = null });
        }
    }

    private void ChooseStatus(ChangeEventArgs change)
    {
        var parts = Chosen(change)?.Split(' ') ?? [];
        Go(filter with { Status = parts.ElementAtOrDefault(0), Reason = parts.ElementAtOrDefault(1) });
    }

    private void Go(RequestFilter next)
    {
        var isDated = (next.From ?? next.To) is not null;
        Navigation.NavigateTo((isDated ? next with { Days = null } : next with { Days = next.Days ?? RequestFilter.DefaultDays }).Address(UserId), replace: true);
    }

    private Task ReadAsync() => ReadAsync(null);

    private Task ReadMoreAsync() => ReadAsync(continuation);

    private async Task ReadAsync(string? from)
    {
        await reading.CancelAsync();
        reading.Dispose();
        reading = new CancellationTokenSource();
        var cancellationToken = reading.Token;
        (isReading, problem) = (true, null);
        var naming = user is null ? NameAsync(UserId, cancellationToken) : Task.CompletedTask;
        var query = filter.Query(Time.LocalTimeZone);
        ApiResult<PagesRead<AuthenticationRequestDetails>> result;
        try
        {
            result = await PageReading.ReadAsync(
                next => Api.ListAuthenticationRequestsAsync(UserId, query, next, cancellationToken),
                page => (page.Requests, page.Continuation, page.Unreadable),
                from);
            await naming;
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
            requests = read.IsFromStart ? [.. read.Items] : [.. requests ?? [], .. read.Items];
            unreadable = read.Unreadable + (read.IsFromStart ? 0 : unreadable);
            (continuation, readAt) = (read.Continuation, Time.GetUtcNow());
        }
        else if (from is null)
        {
            (requests, continuation, unreadable) = (null, null, 0);
        }
    }

    /// <summary>Who it is, and which applications there are: the list does without.</summary>
    private async Task NameAsync(string userId, CancellationToken cancellationToken)
    {
        var answer = ApiConnection.Read(await Api.ReadUserAsync(userId, cancellationToken), PortalJson.Default.UserDetails);
        if (!cancellationToken.IsCancellationRequested)
        {
            user = answer.Value;
        }
    }

    private async Task ExportAsync()
    {
        (isExporting, exported) = (true, null);
        var result = await Api.ExportAuthenticationRequestsAsync(UserId, filter.Query(Time.LocalTimeZone), CancellationToken.None);
        isExporting = false;
        problem = result.Problem;
        if (result.Value is { } csv)
        {
            await Page.SaveAsync($"authentication-requests-{UserId}.csv", csv);
            var isCut = csv.Split("\r\n").TakeLast(3).Any(line => line.TrimStart('"').StartsWith(AuthenticationRequestExport.Cut, StringComparison.Ordinal));
            exported = isCut ? "The file was saved. It does not hold all requests; its last rows say why." : "The file was saved.";
        }
    }
}
