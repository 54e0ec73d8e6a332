using BlokSec.Contracts;
using BlokSec.Portal.Api;
using BlokSec.Portal.Devices;
using BlokSec.Portal.Tests.Infrastructure;
using Bunit;
using Microsoft.AspNetCore.Components;
using Microsoft.Extensions.DependencyInjection;

namespace BlokSec.Portal.Tests.Devices;

public sealed class DevicesPageTests : ConsoleTest
{
    private const string Plain = "sort=lastActive&direction=desc";

    private static readonly DeviceSummary Phone = new(
        "phone", "maria-lopez", "Work phone", "Pixel 10", DevicePlatform.Android, "16", "3.1.0", Samples.Now.AddDays(-200), Samples.Now.AddDays(-100), true, PushStatus.NotReceiving)
    {
        GivenName = "Maria",
        FamilyName = "Lopez",
    };

    private NavigationManager Navigation => Services.GetRequiredService<NavigationManager>();

    [Fact]
    public void Devices_are_listed_and_lead_to_their_user()
    {
        Answer($"GET /api/devices?{Plain}", Phone, Phone with { DeviceId = "other", GivenName = null, FamilyName = null });
        var page = Render<DevicesPage>();
        page.WaitForAssertion(() => Assert.Equal(2, page.FindAll("tbody tr").Count));
        Assert.Equal("users/maria-lopez#devices", page.Find("tbody a").GetAttribute("href"));
        Assert.Equal(["Maria Lopez", "maria-lopez"], page.FindAll("tbody th").Select(cell => cell.TextContent.Trim()));
        Assert.Equal("2 devices found", page.Find("[data-testid=device-count]").TextContent);
        Assert.Equal("descending", page.FindAll("thead th").Single(header => header.HasAttribute("aria-sort")).GetAttribute("aria-sort"));
    }

    [Fact]
    public void Quick_filters_are_pressed_and_stand_in_the_address_and_what_is_typed_counts()
    {
        Answer($"GET /api/devices?{Plain}", Phone);
        Answer($"GET /api/devices?search=pixel&unusedDays=90&{Plain}", Phone);
        Answer($"GET /api/devices?search=pixel&push=notReceiving&unusedDays=90&{Plain}");
        Stub.Answer($"GET /api/devices.csv?search=pixel&unusedDays=90&{Plain}", () => new HttpResponseMessage { Content = new StringContent("userId\r\n") });
        var page = Render<DevicesPage>();
        page.Find("#device-search").Change(" pixel ");
        page.Find("[data-testid=quick-unused]").Click();
        Assert.EndsWith("/devices?search=pixel&unusedDays=90", Navigation.Uri, StringComparison.Ordinal);
        page.WaitForAssertion(() => Assert.Equal("true", page.Find("[data-testid=quick-unused]").GetAttribute("aria-pressed")));

        page.FindAll("button").Single(button => button.TextContent.Contains("Download CSV", StringComparison.Ordinal)).Click();
        page.WaitForAssertion(() => Assert.Equal("The file was saved.", page.Find("[data-testid=exported]").TextContent));

        page.Find("[data-testid=quick-push]").Click();
        page.WaitForAssertion(() => Assert.Contains("No device found", page.Find("[data-testid=no-devices]").TextContent, StringComparison.Ordinal));
        page.Find("[data-testid=no-devices] button").Click();
        Assert.EndsWith("/devices", Navigation.Uri, StringComparison.Ordinal);
    }

    [Fact]
    public void The_order_is_chosen_by_a_column_and_a_further_page_is_asked_for()
    {
        Answer($"GET /api/devices?{Plain}", Phone);
        Stub.Answer("GET /api/devices?sort=registered&direction=asc", new DeviceList([Phone], "next"), PortalJson.Default.DeviceList);
        Answer("GET /api/devices?sort=registered&direction=asc&continuation=next", Phone with { DeviceId = "other" });
        var page = Render<DevicesPage>();
        page.FindAll("thead button").Single(button => button.TextContent == "Registered").Click();
        Assert.EndsWith("/devices?sort=registered&direction=asc", Navigation.Uri, StringComparison.Ordinal);
        page.WaitForElement(".more button").Click();
        page.WaitForAssertion(() => Assert.Equal(2, page.FindAll("tbody tr").Count));
    }

    private void Answer(string request, params DeviceSummary[] devices) => Stub.Answer(request, new DeviceList(devices, null), PortalJson.Default.DeviceList);
}
