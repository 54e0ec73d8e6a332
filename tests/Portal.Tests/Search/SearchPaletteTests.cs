using System.Net;
using BlokSec.Contracts;
using BlokSec.Portal.Api;
using BlokSec.Portal.Search;
using BlokSec.Portal.Security;
using BlokSec.Portal.Tests.Infrastructure;
using Bunit;
using Microsoft.AspNetCore.Components;
using Microsoft.AspNetCore.Components.Web;
using Microsoft.Extensions.DependencyInjection;

namespace BlokSec.Portal.Tests.Search;

public sealed class SearchPaletteTests : ConsoleTest
{
    private const string Users = "GET /api/users?search=maria&pageSize=5";
    private const string Devices = "GET /api/devices?search=maria&pageSize=5";
    private const string Applications = "GET /api/applications?search=maria&pageSize=5";
    private const string Id = "0123456789abcdef0123456789abcdef";

    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(300);

    private static readonly UserSummary Maria =
        new("maria-lopez", "Maria", "Lopez", "maria.lopez@contoso.example", null, 0, 1, Samples.Now, DidState.Active, 1);

    private static readonly DeviceSummary Phone = new(
        "d-1", "maria-lopez", "Maria's phone", "Pixel 10", DevicePlatform.Android, "16", "5.2.0", Samples.Now, Samples.Now, IsActive: true, PushStatus.Receiving)
    {
        GivenName = "Maria",
        FamilyName = "Lopez",
    };

    private static readonly ApplicationDetails Application = new("app-1", "Mariachi", "client-1", ApplicationState.Enabled, Samples.Now, "\"e\"");

    private NavigationManager Navigation => Services.GetRequiredService<NavigationManager>();

    [Fact]
    public void After_a_pause_three_calls_find_users_devices_and_applications_and_the_keys_open_one()
    {
        AnswerMaria();
        var palette = Show(Samples.Reader);
        Type(palette, "mar");
        Type(palette, "maria");
        Assert.Empty(Stub.Requests);
        Clock.Advance(Pause);
        palette.WaitForAssertion(() => Assert.Equal(["Users", "Devices", "Applications"], palette.FindAll(".palette-kind").Select(kind => kind.TextContent)));
        Assert.Equal([Users, Devices, Applications], Stub.Requests.Select(request => request.Request));
        Assert.Equal(
            ["users/maria-lopez", "users/maria-lopez#devices", "applications/app-1"], palette.FindAll("[role=option]").Select(option => option.GetAttribute("href")));
        Assert.Equal("3 results.", palette.Find("[data-testid=search-said]").TextContent);
        Assert.Null(Input(palette).GetAttribute("aria-activedescendant"));

        Press(palette, "ArrowUp");
        Assert.Equal("search-option-2", Input(palette).GetAttribute("aria-activedescendant"));
        Press(palette, "ArrowDown");
        Press(palette, "ArrowDown");
        Assert.Equal("search-option-1", Input(palette).GetAttribute("aria-activedescendant"));
        Assert.Equal("search-option-1", palette.Find("[aria-selected=true]").Id);
        palette.Find("form").Submit();

        palette.WaitForAssertion(() => Assert.EndsWith("/users/maria-lopez#devices", Navigation.Uri, StringComparison.Ordinal));
        Assert.Empty(palette.FindAll("dialog"));
    }

    [Fact]
    public void Two_phones_of_one_person_that_look_alike_are_two_results()
    {
        AnswerMaria(devices: false);
        Stub.Answer(Devices, new DeviceList([Phone, Phone with { DeviceId = "d-2" }], null), PortalJson.Default.DeviceList);
        var palette = Show(Samples.Reader);
        Type(palette, "maria");
        Clock.Advance(Pause);
        palette.WaitForAssertion(() => Assert.Equal(4, palette.FindAll("[role=option]").Count));
        Press(palette, "ArrowDown");
        palette.WaitForAssertion(() => Assert.Equal("search-option-0", palette.Find("[aria-selected=true]").Id));
    }

    [Fact]
    public void Enter_chooses_before_it_opens_so_that_nobody_opens_what_they_did_not_see()
    {
        AnswerMaria();
        var palette = Show(Samples.Reader);
        Type(palette, "maria");
        palette.Find("form").Submit();
        Assert.Empty(palette.FindAll("[role=option]"));
        Clock.Advance(Pause);
        palette.WaitForAssertion(() => Assert.NotEmpty(palette.FindAll("[role=option]")));

        palette.Find("form").Submit();
        Assert.Equal("search-option-0", palette.Find("[aria-selected=true]").Id);
        Assert.NotEmpty(palette.FindAll("dialog"));
        palette.Find("form").Submit();
        palette.WaitForAssertion(() => Assert.EndsWith("/users/maria-lopez", Navigation.Uri, StringComparison.Ordinal));
    }

    [Fact]
    public void An_id_finds_the_operation_and_the_authentication_request_that_have_it()
    {
        var request = new AuthenticationRequestDetails(Id, "Payroll", "Push", AuthenticationRequestStatus.Accepted, null, null, null, Samples.Now, null, null, null);
        var maria = new UserReference("maria-lopez", "Maria Lopez");
        Stub.Answer($"GET /api/users?search={Id}&pageSize=5", new UserList([], null), PortalJson.Default.UserList)
            .Answer($"GET /api/operations?operationId={Id}&pageSize=5", new TenantOperationList([new(maria, Samples.Operation(Id, "d-1"), IsStalled: false)], null), PortalJson.Default.TenantOperationList)
            .Answer($"GET /api/sign-ins?requestId={Id}&days=90&pageSize=5", new TenantSignInList([new(maria, request), new(null, request)], null), PortalJson.Default.TenantSignInList);
        var palette = Show(Samples.Reader);

        Type(palette, $" {Id.ToUpperInvariant()} ");
        Clock.Advance(Pause);

        palette.WaitForAssertion(() => Assert.Equal(
            ["users/maria-lopez#progress", $"users/maria-lopez/authentication-requests/{Id}"],
            palette.FindAll("[role=option]").Select(option => option.GetAttribute("href"))));
        Assert.Equal(3, Stub.Requests.Count);
    }

    [Fact]
    public void Pages_are_found_at_once_and_whoever_lacks_a_role_finds_only_what_they_may_see_without_a_call()
    {
        Assert.Equal(["Overview", "Users", "Devices", "Requests", "Operations", "Applications", "Events", "Approvals", "Policies", "Guide", "Blocked, not confirmed", "Bulk operations"], Pages(Show(Samples.Reader)));
        var auditor = Show(Samples.Reader with { Reads = false, Audits = true });
        Assert.Equal(["Audit", "Guide"], Pages(auditor));
        Type(auditor, "maria");
        Clock.Advance(Pause);
        Assert.Equal("Nothing was found.", auditor.Find("[data-testid=search-said]").TextContent);
        Assert.Equal("false", Input(auditor).GetAttribute("aria-expanded"));
        Type(auditor, "history log");
        Assert.Equal(["Audit"], Pages(auditor));
        Assert.Empty(Stub.Requests);

        static string[] Pages(IRenderedComponent<SearchPalette> palette) => [.. palette.FindAll("[role=option] bdi").Select(page => page.TextContent)];
    }

    [Fact]
    public void Whoever_types_on_does_not_see_the_answer_to_what_they_typed_before()
    {
        var held = new TaskCompletionSource();
        Stub.Slowness = held.Task;
        AnswerMaria();
        var palette = Show(Samples.Reader);
        Type(palette, "maria");
        Clock.Advance(Pause);
        palette.WaitForAssertion(() => Assert.Equal(3, Stub.Requests.Count));

        Type(palette, "guide");
        held.SetResult();

        palette.WaitForAssertion(() => Assert.Equal(["Guide"], palette.FindAll("[role=option] bdi").Select(page => page.TextContent)));
        Assert.Equal("Searching…", palette.Find("[data-testid=search-said]").TextContent);
        Assert.Equal(3, Stub.Requests.Count);
    }

    [Fact]
    public void A_kind_that_cannot_be_searched_is_told_and_the_others_are_shown()
    {
        AnswerMaria(devices: false);
        Stub.Refuse(Devices, HttpStatusCode.ServiceUnavailable, ProblemCodes.Unavailable);
        var palette = Show(Samples.Reader);

        Type(palette, "maria");
        Clock.Advance(Pause);

        palette.WaitForAssertion(() => Assert.StartsWith("2 results. Not everything could be searched.", palette.Find("[data-testid=search-said]").TextContent, StringComparison.Ordinal));
    }

    private static AngleSharp.Dom.IElement Input(IRenderedComponent<SearchPalette> palette) => palette.Find("#search-text");

    private static void Type(IRenderedComponent<SearchPalette> palette, string text) => Input(palette).Input(text);

    private static void Press(IRenderedComponent<SearchPalette> palette, string key) => Input(palette).KeyDown(new KeyboardEventArgs { Key = key });

    private void AnswerMaria(bool devices = true)
    {
        Stub.Answer(Users, new UserList([Maria], null), PortalJson.Default.UserList)
            .Answer(Applications, new ApplicationList([Application], null), PortalJson.Default.ApplicationList);
        if (devices)
        {
            Stub.Answer(Devices, new DeviceList([Phone], null), PortalJson.Default.DeviceList);
        }
    }

    private IRenderedComponent<SearchPalette> Show(Administrator administrator)
    {
        var palette = Render<SearchPalette>(parameters => parameters.AddCascadingValue(administrator));
        palette.Find("#open-search").Click();
        return palette;
    }
}
