using BlokSec.Contracts;
using BlokSec.Portal.Api;
using Microsoft.AspNetCore.Components;

namespace BlokSec.Portal.Devices;

/// <summary>The devices of the whole tenant; the filter stands in the address.</summary>
public sealed partial class DevicesPage : IDisposable
{
    private PagedList<DeviceList, DeviceSummary> list = null!;
    private DeviceFilter filter = new();
    private DeviceFilter? asked;
    private string? search;
    private string? osVersion;
    private string? appVersion;

    [SupplyParameterFromQuery(Name = "search")]
    public string? SearchText { get; set; }

    [SupplyParameterFromQuery]
    public string? Platform { get; set; }

    [SupplyParameterFromQuery]
    public string? OsVersion { get; set; }

    [SupplyParameterFromQuery]
    public string? AppVersion { get; set; }

    [SupplyParameterFromQuery]
    public string? Push { get; set; }

    [SupplyParameterFromQuery]
    public int? UnusedDays { get; set; }

    [SupplyParameterFromQuery]
    public string? Sort { get; set; }

    [SupplyParameterFromQuery]
    public string? Direction { get; set; }

    [Inject]
    internal AdminApi Api { get; set; } = null!;

    [Inject]
    internal TimeProvider Time { get; set; } = null!;

    [Inject]
    internal NavigationManager Navigation { get; set; } = null!;

    public void Dispose() => list.Dispose();

    protected override void OnInitialized() => list = new(
        (next, cancellationToken) => Api.ListDevicesAsync(filter.Query, next, cancellationToken),
        page => (page.Devices, page.Continuation, page.Unreadable),
        device => (device.UserId, device.DeviceId),
        Time);

    protected override Task OnParametersSetAsync()
    {
        filter = new DeviceFilter
        {
            Search = SearchText,
            Platform = Platform,
            OsVersion = OsVersion,
            AppVersion = AppVersion,
            Push = Push,
            UnusedDays = UnusedDays,
            Sort = Sort ?? DeviceFilter.ByLastActive,
            IsDescending = Direction != "asc",
        }.Normal();
        if (asked == filter)
        {
            return Task.CompletedTask;
        }

        (asked, search, osVersion, appVersion) = (filter, filter.Search, filter.OsVersion, filter.AppVersion);
        return list.ReadAsync();
    }

    private static string Pressed(bool isPressed) => isPressed ? "true" : "false";

    private void Search() => Go(filter);

    /// <summary>What is typed and not yet searched for counts too.</summary>
    private void Go(DeviceFilter next) => Navigation.NavigateTo((next with { Search = search, OsVersion = osVersion, AppVersion = appVersion }).Normal().Address);

    private void ShowAll()
    {
        (search, osVersion, appVersion) = (null, null, null);
        Go(new DeviceFilter());
    }

    private void ChooseOrder(ChangeEventArgs change)
    {
        var parts = $"{change.Value}".Split(' ');
        Go(filter with { Sort = parts[0], IsDescending = parts[^1] == "desc" });
    }

}
