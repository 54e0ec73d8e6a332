using BlokSec.Browser.Tests.Infrastructure;
using BlokSec.Local.Seed;
using Microsoft.Azure.Cosmos;

namespace BlokSec.Browser.Tests;

/// <summary>Two administrators and the page of approvals, on a desk and on a phone, light and dark, with the keyboard alone.</summary>
[Collection<TenantPages>]
public sealed class ApprovalsTests(BrowserCloud cloud) : BrowserTest(cloud)
{
    private const string Note = "Called Alice about it";

    [Theory]
    [InlineData(1280, ColorScheme.Light)]
    [InlineData(390, ColorScheme.Dark)]
    public async Task What_one_administrator_asks_for_another_approves_and_nobody_approves_their_own(int width, ColorScheme theme)
    {
        var (asking, deciding) = (Visitor(new VisitOptions { Width = width, Theme = theme }), Visitor(new VisitOptions { Width = width, Theme = theme }));
        asking.Expected = new("status of 40[39]");
        var key = new PartitionKeyBuilder().Add(DemoPeople.Contoso).Add("~policies").Build();
        using var before = await Cloud.Cloud.Container.ReadItemStreamAsync("policies", key, cancellationToken: TestContext.Current.CancellationToken);
        await asking.SignInAsync(Visit.Alice, "policies");
        var (alice, second) = (asking.Page, asking.Page.GetByLabel("For removing the devices of administrators"));
        try
        {
            await second.FocusAsync();
            await alice.Keyboard.PressAsync("Space");
            await alice.Button("Save").PressAsync("Enter");
            await Expect(alice.GetByTestId("policies-said")).ToContainTextAsync("Saved.");
            await second.UncheckAsync();
            await alice.Button("Save").PressAsync("Enter");
            await Expect(alice.GetByTestId("problem")).ToContainTextAsync("A second person has to agree");
            await asking.FollowAsync("approvals", "Approvals");
            var own = alice.GetByTestId("approval").First;
            await Expect(own).ToHaveAttributeAsync("data-state", "Pending");
            await Expect(own).ToContainTextAsync("You cannot decide this");
            await Expect(own.GetByRole(AriaRole.Button)).ToHaveCountAsync(0);

            await deciding.SignInAsync(Visit.Amir, "overview");
            await ApproveAsync(deciding, width);

            await asking.FollowAsync("policies", "Policies");
            await Expect(second).ToBeCheckedAsync();
            await second.UncheckAsync();
            await alice.Button("Save").PressAsync("Enter");
            await Expect(alice.GetByTestId("policies-said")).ToContainTextAsync("Saved.");
        }
        finally
        {
            // No second person is demanded of the tests that follow, whatever happened.
            using var restored = await Cloud.Cloud.Container.UpsertItemStreamAsync(before.Content, key, cancellationToken: TestContext.Current.CancellationToken);
            restored.EnsureSuccessStatusCode();
        }
    }

    private static async Task ApproveAsync(Visit deciding, int width)
    {
        var amir = deciding.Page;
        await amir.GetByTestId("approvals").GetByRole(AriaRole.Link).PressAsync("Enter");
        var asked = amir.GetByTestId("approval").First;
        await Expect(asked).ToContainTextAsync("secondPersonForAdministrators from on to off");
        await Axe.CheckAsync(amir, "a request for approval");
        await amir.SetViewportSizeAsync(width, 900);

        var approve = asked.GetByRole(AriaRole.Button, new() { NameRegex = new("^Approve") });
        await approve.PressAsync("Enter");
        await Expect(amir.OpenDialog()).ToContainTextAsync("asked for by Alice Adams");
        await Axe.CheckAsync(amir, "approving");
        await amir.SetViewportSizeAsync(width, 900);
        await amir.Keyboard.PressAsync("Escape");
        await Expect(approve).ToBeFocusedAsync();
        await Expect(amir.Locator("dialog")).ToHaveCountAsync(0);
        await amir.Keyboard.PressAsync("Enter");
        await amir.GetByLabel("A word to your colleague").FillAsync(Note);
        await amir.GetByLabel("A word to your colleague").PressAsync("Enter");

        await Expect(amir.OpenDialog()).ToHaveCountAsync(0);
        await Expect(asked).ToHaveAttributeAsync("data-state", "Approved");
        await Expect(asked).ToContainTextAsync("Approved by Amir Aziz");
        await Expect(asked).ToContainTextAsync(Note);
        await Axe.CheckAsync(amir, "an approval");
    }
}
