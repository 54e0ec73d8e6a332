using BlokSec.Portal.Security;

namespace BlokSec.Portal.Layout;

/// <summary>A page that the menu or the search leads to.</summary>
/// <param name="Address">Its address.</param>
/// <param name="Title">Its name in the menu.</param>
/// <param name="Icon">Its icon; null where the menu does not have it.</param>
/// <param name="IsFor">Who sees it.</param>
/// <param name="Words">Other words that it is searched by.</param>
internal sealed record ConsolePage(string Address, string Title, string? Icon, Func<Administrator, bool> IsFor, string Words = "")
{
    /// <summary>Those of the menu in its order, then those that other pages lead to.</summary>
    private static readonly ConsolePage[] All =
    [
        new("overview", "Overview", "Bell", ReadsTenant, "home start dashboard"),
        new("users", "Users", "Users", Reads, "people"),
        new("devices", "Devices", "Phone", ReadsTenant, "phones"),
        new("requests", "Requests", "SignIn", ReadsTenant, "authentication sign-ins"),
        new("operations", "Operations", "Waiting", ReadsTenant, "removals progress"),
        new("applications", "Applications", "Apps", ReadsTenant, "apps"),
        new("provisioning", "Provisioning", "Refresh", administrator => administrator is { ManagesUsers: true, SeesTenant: true }, "scim directory tokens"),
        new("event-deliveries", "Events", "Send", ReadsTenant, "streams deliveries"),
        new("approvals", "Approvals", "Check", Reads, "second person"),
        new("policies", "Policies", "Edit", ReadsTenant, "settings identity check hold"),
        new("audit", "Audit", "Audit", administrator => administrator is { Audits: true, SeesTenant: true }, "history log"),
        new("guide", "Guide", "Guide", _ => true, "help"),
        new("unconfirmed", "Blocked, not confirmed", null, ReadsTenant, "removals nudge"),
        new("bulk-operations", "Bulk operations", null, Reads, "many users"),
        new("imports", "Imports", null, administrator => administrator is { ManagesUsers: true, SeesTenant: true }, "users csv file"),
    ];

    /// <summary>The pages that an administrator sees.</summary>
    public static IEnumerable<ConsolePage> Of(Administrator administrator) => All.Where(page => page.IsFor(administrator));

    /// <summary>Whether every word of a search is in its name or in its other words.</summary>
    public bool Has(string search) => search.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries)
        .All(word => $"{Title} {Words}".Contains(word, StringComparison.OrdinalIgnoreCase));

    private static bool Reads(Administrator administrator) => administrator.Reads;

    private static bool ReadsTenant(Administrator administrator) => administrator is { Reads: true, SeesTenant: true };
}
