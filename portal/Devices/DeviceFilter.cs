using System.Globalization;
using BlokSec.Portal.Api;

namespace BlokSec.Portal.Devices;

/// <summary>Which devices of the tenant are looked at and in which order, as it stands in the address of the page. What the address has wrong is left out.</summary>
public sealed record DeviceFilter
{
    public const string ByLastActive = "lastActive";
    public const string ByRegistered = "registered";
    public const string ByPlatform = "platform";

    /// <summary>What counts as long, for the quick filter.</summary>
    public const int LongDays = 90;

    public const string NotReceiving = "notReceiving";

    private static readonly string[] Pushes = ["receiving", NotReceiving, "notificationsOff", "unknown", "none"];

    public string? Search { get; init; }

    public string? Platform { get; init; }

    public string? OsVersion { get; init; }

    public string? AppVersion { get; init; }

    public string? Push { get; init; }

    /// <summary>Days that it was not active.</summary>
    public int? UnusedDays { get; init; }

    public string Sort { get; init; } = ByLastActive;

    /// <summary>At first those are shown that were active last.</summary>
    public bool IsDescending { get; init; } = true;

    public bool IsNarrow => (Search ?? Platform ?? OsVersion ?? AppVersion ?? Push) is not null || UnusedDays is not null;

    public string Address => QueryString.Address("devices", Sort == ByLastActive && IsDescending ? Parts : [.. Parts, .. Order]);

    /// <summary>The filter for the API.</summary>
    public IEnumerable<(string Name, string? Value)> Query => [.. Parts, .. Order];

    private IEnumerable<(string Name, string? Value)> Parts =>
    [
        ("search", Search), ("platform", Platform), ("osVersion", OsVersion), ("appVersion", AppVersion), ("push", Push),
        ("unusedDays", UnusedDays?.ToString(CultureInfo.InvariantCulture)),
    ];

    private IEnumerable<(string Name, string? Value)> Order => [("sort", Sort), ("direction", IsDescending ? "desc" : "asc")];

    /// <summary>Without what cannot be asked for.</summary>
    public DeviceFilter Normal() => this with
    {
        Search = Text(Search),
        Platform = Platform is "ios" or "android" ? Platform : null,
        OsVersion = Text(OsVersion),
        AppVersion = Text(AppVersion),
        Push = Pushes.Contains(Push) ? Push : null,
        UnusedDays = UnusedDays is >= 1 and <= 3_650 ? UnusedDays : null,
        Sort = Sort is ByRegistered or ByPlatform ? Sort : ByLastActive,
    };

    private static string? Text(string? text) => string.IsNullOrWhiteSpace(text) ? null : text.Trim();
}
