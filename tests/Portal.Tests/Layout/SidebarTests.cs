using BlokSec.Portal.Layout;
using BlokSec.Portal.Security;
using BlokSec.Portal.Tests.Infrastructure;
using Bunit;
using Microsoft.AspNetCore.Components;

namespace BlokSec.Portal.Tests.Layout;

public sealed class SidebarTests : ConsoleTest
{
    private static readonly Administrator Everything =
        Samples.Manager with { ManagesUsers = true, ManagesApplications = true, Audits = true, ManagesPolicies = true };

    [Fact]
    public void Whoever_is_limited_to_departments_reads_which_and_is_offered_what_they_can_use()
    {
        var menu = Shown(Everything with { Departments = ["Support", "Field service"] });

        Assert.Equal(["users", "approvals", "guide"], Links(menu));
        Assert.Equal("Only users of: Support, Field service", menu.Find("[data-testid=limits]").TextContent);
        Assert.Equal("users", menu.Find(".brand").GetAttribute("href"));
    }

    [Fact]
    public void Everybody_else_is_offered_what_their_roles_allow()
    {
        var menu = Shown(Everything);

        Assert.Equal(12, Links(menu).Count);
        Assert.Empty(menu.FindAll("[data-testid=limits]"));
        Assert.Equal("overview", menu.Find(".brand").GetAttribute("href"));
    }

    private static List<string?> Links(IRenderedComponent<Sidebar> menu) => [.. menu.FindAll("#menu a").Select(link => link.GetAttribute("href"))];

    private IRenderedComponent<Sidebar> Shown(Administrator administrator)
    {
        RenderTree.TryAdd<CascadingValue<Administrator>>(parameters => parameters.Add(value => value.Value, administrator));
        return Render<Sidebar>();
    }
}
