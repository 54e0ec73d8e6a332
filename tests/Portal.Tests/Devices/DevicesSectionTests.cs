using System.Net;
using BlokSec.Contracts;
using BlokSec.Portal.Devices;
using BlokSec.Portal.Security;
using BlokSec.Portal.Tests.Infrastructure;
using Bunit;

namespace BlokSec.Portal.Tests.Devices;

public sealed class DevicesSectionTests : ConsoleTest
{
    private const string Put = "PUT /api/users/maria-lopez/active-device";

    private static readonly DeviceDetails Phone = Samples.Device();

    private static readonly DeviceDetails Tablet = Samples.Device("Tablet", "Pixel Tablet");

    private static readonly DeviceDetails Deaf = Samples.Device("Old phone") with
    {
        Push = PushStatus.None,
        CanBecomeActive = false,
    };

    [Fact]
    public void A_device_without_a_push_token_cannot_become_active_and_says_why()
    {
        var section = Show(Samples.Manager, Phone, Deaf);
        var radios = section.FindAll("input[type=radio]");
        Assert.True(radios[0].HasAttribute("checked"));
        Assert.True(radios[1].HasAttribute("disabled"));
        Assert.Equal("Active device: Old phone, iPhone 16 Pro", radios[1].GetAttribute("aria-label"));
        Assert.Equal(
            "Cannot become active: it has no push token.",
            section.Find($"#{radios[1].GetAttribute("aria-describedby")}").TextContent);
    }

    [Fact]
    public void Choosing_another_device_asks_the_API_with_the_version_that_was_seen()
    {
        Stub.Answer(Put, () => new HttpResponseMessage(HttpStatusCode.NoContent));
        Show(Samples.Manager, Phone, Tablet).FindAll("input[type=radio]")[1].Change(true);
        var seen = Assert.Single(Stub.Requests);
        Assert.Equal("\"etag-1\"", seen.Headers["If-Match"]);
        Assert.Equal($$"""{"deviceId":"{{Tablet.DeviceId}}"}""", seen.Body);
    }

    [Theory]
    [InlineData("Enter")]
    [InlineData(" ")]
    public void Arrow_keys_only_move_the_choice_and_one_key_makes_it(string key)
    {
        Stub.Answer(Put, () => new HttpResponseMessage(HttpStatusCode.NoContent));
        var third = Samples.Device("Third phone");
        var section = Show(Samples.Manager, Phone, Tablet, third);
        Arrow(section, 1);
        Arrow(section, 2);
        Assert.Empty(Stub.Requests);
        Assert.True(Radios(section)[2].HasAttribute("checked"));
        Assert.Equal(["Active device"], Badges(section));
        Assert.Equal("Press Enter to make Third phone (iPhone 16 Pro) the active device", section.Find("[role=status]").TextContent);

        section.Find("fieldset").KeyDown(key);

        Assert.Equal($$"""{"deviceId":"{{third.DeviceId}}"}""", Assert.Single(Stub.Requests).Body);
    }

    [Fact]
    public void A_choice_that_was_moved_is_made_with_its_button_or_dropped_with_Escape()
    {
        Stub.Answer(Put, () => new HttpResponseMessage(HttpStatusCode.NoContent));
        var section = Show(Samples.Manager, Phone, Tablet);
        Arrow(section, 1);
        section.Find("fieldset").KeyDown("Escape");
        Assert.Empty(section.FindAll(".make-active"));
        Assert.True(Radios(section)[0].HasAttribute("checked"));
        Arrow(section, 1);
        section.Find("button[aria-label='Make Tablet the active device']").Click();
        Assert.Single(Stub.Requests);
    }

    [Fact]
    public void Until_there_is_an_answer_a_choice_is_pending_and_no_other_can_be_made()
    {
        var answer = new TaskCompletionSource();
        Stub.Slowness = answer.Task;
        Stub.Answer(Put, () => new HttpResponseMessage(HttpStatusCode.NoContent));
        var section = Show(Samples.Manager, Phone, Tablet, Samples.Device("Third phone"));
        Radios(section)[1].Change(true);
        Assert.Equal(["Active device", "Becoming active…"], Badges(section));
        Assert.Equal("Making Tablet (Pixel Tablet) the active device", section.Find("[role=status]").TextContent);
        Assert.Equal("true", section.Find("fieldset").GetAttribute("aria-busy"));
        Assert.Equal([true, false, true], Radios(section).Select(radio => radio.HasAttribute("disabled")));

        answer.SetResult();

        section.WaitForAssertion(() => Assert.Equal("Tablet (Pixel Tablet) is the active device now", section.Find("[role=status]").TextContent));
        Assert.Equal(["Active device"], Badges(section));
        Assert.Contains("Active device", section.FindAll("[data-testid=device]")[1].TextContent, StringComparison.Ordinal);
    }

    [Fact]
    public void What_is_read_after_a_choice_counts_more_than_its_answer()
    {
        Stub.Answer(Put, () => new HttpResponseMessage(HttpStatusCode.NoContent));
        var section = Show(Samples.Manager, Phone, Tablet);
        Radios(section)[1].Change(true);
        Assert.True(Radios(section)[1].HasAttribute("checked"));
        section.Render(parameters => parameters.Add(section => section.User, Samples.User(Phone, Tablet) with { ETag = "\"etag-3\"" }));
        Assert.True(Radios(section)[0].HasAttribute("checked"));
        Radios(section)[1].Change(true);
        Assert.Equal(["\"etag-1\"", "\"etag-3\""], Stub.Requests.Select(seen => seen.Headers["If-Match"]));
    }

    [Fact]
    public void A_choice_that_was_refused_leaves_the_device_that_is_active_and_says_why()
    {
        var answer = new TaskCompletionSource();
        Stub.Slowness = answer.Task;
        Stub.Refuse(Put, HttpStatusCode.PreconditionFailed, ProblemCodes.PreconditionFailed);
        var section = Show(Samples.Manager, Phone, Tablet);
        Radios(section)[1].Change(true);
        answer.SetResult();
        section.WaitForAssertion(
            () => Assert.Contains("Somebody else changed this user", section.Find("[role=alert]").TextContent, StringComparison.Ordinal));
        Assert.True(Radios(section)[0].HasAttribute("checked"));
        Assert.Equal(["Active device"], Badges(section));
        Assert.Contains("Active device", section.FindAll("[data-testid=device]")[0].TextContent, StringComparison.Ordinal);
        Assert.Equal("", section.Find("[role=status]").TextContent);
    }

    [Fact]
    public void A_reader_sees_everything_and_is_offered_no_change()
    {
        var section = Show(Samples.Reader, Phone, Tablet);
        Assert.Empty(section.FindAll("input, button"));
        Assert.Contains("Devices.Manage", section.Markup, StringComparison.Ordinal);
        Assert.Equal(2, section.FindAll("[data-testid=device]").Count);
    }

    [Fact]
    public void A_test_notification_tells_what_the_provider_said()
    {
        Stub.Answer(
            $"POST /api/users/maria-lopez/devices/{Phone.DeviceId}/test-push",
            () => new HttpResponseMessage(HttpStatusCode.OK)
            {
                Content = new StringContent("""{"accepted":false,"explanation":"Apple says the app was removed from this phone.","at":"2026-03-01T12:00:00Z"}"""),
            });
        var section = Show(Samples.Manager, Phone, Deaf);

        var buttons = section.FindAll("button[aria-label^='Send a test notification']");
        Assert.Single(buttons).Click();

        section.WaitForAssertion(() => Assert.Contains("Apple says the app was removed", section.Find("[data-testid=push-test]").TextContent, StringComparison.Ordinal));
        Assert.Empty(Show(Samples.Reader, Phone).FindAll("button[aria-label^='Send a test notification']"));
    }

    [Fact]
    public void The_trash_button_names_its_device()
    {
        DeviceDetails? removed = null;
        var section = Render<DevicesSection>(parameters => parameters
            .AddCascadingValue(Samples.Manager)
            .Add(section => section.User, Samples.User(Phone, Tablet))
            .Add(section => section.OnRemove, device => removed = device));
        section.Find("button[aria-label='Remove device Tablet, Pixel Tablet']").Click();
        Assert.Equal(Tablet, removed);
    }

    [Fact]
    public void After_an_unregistration_there_is_nothing_to_unregister()
    {
        var section = Render<DevicesSection>(parameters => parameters
            .AddCascadingValue(Samples.Manager)
            .Add(section => section.User, Samples.User() with { DidState = DidState.Unclaimed }));
        Assert.Empty(section.FindAll("button"));
        Assert.Contains("scans the claim QR code", section.Markup, StringComparison.Ordinal);
    }

    private static IReadOnlyList<AngleSharp.Dom.IElement> Radios(IRenderedComponent<DevicesSection> section) => section.FindAll("input[type=radio]");

    private static void Arrow(IRenderedComponent<DevicesSection> section, int to)
    {
        section.Find("fieldset").KeyDown("ArrowDown");
        Radios(section)[to].Change(true);
        section.Find("fieldset").KeyUp("ArrowDown");
    }

    private static IEnumerable<string> Badges(IRenderedComponent<DevicesSection> section) =>
        section.FindAll(".badge").Select(badge => badge.TextContent.Trim());

    private IRenderedComponent<DevicesSection> Show(Administrator administrator, params IReadOnlyList<DeviceDetails> devices) =>
        Render<DevicesSection>(parameters => parameters
            .AddCascadingValue(administrator)
            .Add(section => section.User, Samples.User(devices)));
}
