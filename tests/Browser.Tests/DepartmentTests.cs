using BlokSec.Browser.Tests.Infrastructure;
using BlokSec.Local.Seed;

namespace BlokSec.Browser.Tests;

/// <summary>An administrator who is limited to the users of a department, on a desk and on a phone.</summary>
[Collection<TenantPages>]
public sealed class DepartmentTests(BrowserCloud cloud) : BrowserTest(cloud)
{
    [Theory]
    [InlineData(1280, ColorScheme.Light)]
    [InlineData(390, ColorScheme.Dark)]
    public async Task An_administrator_of_a_department_sees_and_finds_its_users_only_and_acts_on_them(int width, ColorScheme theme)
    {
        var (ours, theirs) = (
            await Cloud.NewUserAsync(phones: 2, department: DemoPeople.LimitedTo),
            await Cloud.NewUserAsync(phones: 2, department: "Sales"));
        var visit = Visitor(new VisitOptions { Width = width, Theme = theme });

        // The overview is asked for before the console knows of the limits.
        visit.Expected = new("status of 40[34]");
        await visit.ArriveAsync(Visit.OfDepartment, "");
        var page = visit.Page;
        await Expect(page.GetByRole(AriaRole.Heading, new() { Level = 1, Name = "Users" })).ToBeVisibleAsync();
        await Expect(page.GetByTestId("limits")).ToContainTextAsync($"Only users of: {DemoPeople.LimitedTo}");

        await visit.FollowAsync("users?search=Walker", "Users");
        await Expect(page.GetByRole(AriaRole.Link, new() { Name = ours.Name })).ToBeVisibleAsync();
        await Expect(page.GetByRole(AriaRole.Link, new() { Name = theirs.Name })).ToHaveCountAsync(0);
        await Axe.CheckAsync(page, "users of a department");
        await page.SetViewportSizeAsync(width, 900);

        await visit.FollowAsync($"users/{theirs.UserId}", "There is no such user");
        await visit.FollowAsync($"users/{ours.UserId}", ours.Name);
        await page.RemoveAsync(ours.Phones[1]);
        await Expect(page.Revocation(ours.Phones[1])).ToBeVisibleAsync();
    }
}
