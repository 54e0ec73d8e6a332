using BlokSec.Browser.Tests.Infrastructure;
using BlokSec.Contracts;
using BlokSec.Local.Demo;
using BlokSec.Local.SignIn;

namespace BlokSec.Browser.Tests;

/// <summary>A user signs in by push: the demo application in one tab, the phone in the other, both by keyboard.</summary>
[Collection<UserPages>]
public sealed class SignInTests(BrowserCloud cloud) : BrowserTest(cloud)
{
    [Fact]
    public async Task The_number_that_the_application_shows_is_typed_on_the_phone_and_the_user_is_signed_in()
    {
        var user = await Cloud.NewUserAsync(phones: 1);
        var visit = Visitor();
        var application = await visit.DemoAppAsync();
        await Axe.CheckAsync(application, "entering the name");
        var number = await EnterAsync(application, user.UserId);
        await Axe.CheckAsync(application, "the number is shown");
        var phones = await visit.PhonesAsync(user);
        var phone = phones.Phone(user.Phones[0]);
        await Expect(phone).ToContainTextAsync("Sign in to Payroll?");
        await Axe.CheckAsync(phones, "a request on the phone");

        await TypeAsync(phones, phone, Wrong(number));
        await Expect(phone).ToContainTextAsync("2 tries are left");
        await Expect(phone.GetByLabel("Number that Payroll shows")).ToBeFocusedAsync();
        await TypeAsync(phones, phone, number);

        await Expect(phone).ToContainTextAsync("Signed in.");
        await Expect(Heading(application, "You are signed in")).ToBeFocusedAsync();
        await Expect(application.GetByText(user.UserId, new() { Exact = true })).ToBeVisibleAsync();
        await Axe.CheckAsync(application, "signed in");
        await application.Button("Sign out").ClickAsync();
        await Expect(application.GetByLabel("Account name")).ToBeFocusedAsync();
    }

    [Fact]
    public async Task A_request_that_was_not_the_users_is_denied_and_the_next_is_held_back()
    {
        var user = await Cloud.NewUserAsync(phones: 1);
        var visit = Visitor(new VisitOptions { Theme = ColorScheme.Dark });
        var application = await visit.DemoAppAsync();
        await EnterAsync(application, user.UserId);
        var phones = await visit.PhonesAsync(user);
        var phone = phones.Phone(user.Phones[0]);

        await phone.Control("It was not me").FocusAsync();
        await phones.Keyboard.PressAsync("Enter");

        await Expect(phone).ToContainTextAsync("Your administrator was told that it was not you");
        await Expect(Heading(application, "This sign-in was refused")).ToBeVisibleAsync();
        await Axe.CheckAsync(application, "denied");
        await application.Button("Start again").ClickAsync();
        await application.GetByLabel("Account name").FillAsync(user.UserId);
        await application.Keyboard.PressAsync("Enter");
        await Expect(Heading(application, "Too many sign-ins")).ToBeVisibleAsync();
        await Axe.CheckAsync(application, "held back");
    }

    [Fact]
    public async Task A_name_is_text_whatever_it_is_and_a_name_that_nobody_has_looks_like_a_phone_that_cannot_be_reached()
    {
        const string hostile = "<img src=x onerror=alert(1)>";
        var visit = Visitor();
        var application = await visit.DemoAppAsync();

        await EnterAsync(application, hostile);

        await Expect(application.GetByText("Open the BlokSec app on your phone.")).ToBeVisibleAsync();
        await Expect(application.GetByText(hostile)).ToBeVisibleAsync();
        await Expect(application.Locator("img")).ToHaveCountAsync(0);
        await application.Button("Cancel").ClickAsync();
    }

    [Fact]
    public async Task A_lost_phone_is_reported_from_another_one_and_blocked()
    {
        var user = await Cloud.NewUserAsync(phones: 2);
        var visit = Visitor();
        var phones = await visit.PhonesAsync(user);
        var reporter = phones.Phone(user.Phones[0]);

        await reporter.Control("Report a lost phone").FocusAsync();
        await phones.Keyboard.PressAsync("Enter");
        var dialog = phones.GetByRole(AriaRole.Dialog);
        await Expect(dialog.GetByRole(AriaRole.Button).Filter(new() { HasText = "I lost" })).ToHaveCountAsync(1);
        await Axe.CheckAsync(phones, "report a lost phone");
        await dialog.GetByRole(AriaRole.Button).Filter(new() { HasText = "I lost" }).ClickAsync();

        await Expect(reporter).ToContainTextAsync("The phone was blocked. Your administrator knows.");
        await Expect(phones.Phone(user.Phones[1])).ToContainTextAsync("Reset");
    }

    [Fact]
    public async Task What_an_application_says_of_a_sign_in_is_text_on_the_phone_and_in_the_console()
    {
        const string hostile = "<img src=x onerror=alert(1)>";
        var user = await Cloud.NewUserAsync(phones: 1);
        using var application = new ApplicationClient(Cloud.Cloud.ApiAddress, Cloud.Cloud.SignIn.Address, DemoApplication.Defaults[0]);
        await application.AskAsync(
            new AuthenticationRequest { LoginHint = user.UserId, BindingMessage = hostile, Country = hostile, City = hostile, UserAgent = hostile },
            TestContext.Current.CancellationToken);
        var visit = Visitor();
        await visit.OpenAsync(user);
        var phones = await visit.PhonesAsync(user);

        await Expect(phones.Phone(user.Phones[0])).ToContainTextAsync(hostile);
        await Expect(phones.Locator("img[src=x]")).ToHaveCountAsync(0);
        await visit.FollowAsync($"users/{user.UserId}/authentication-requests", "Authentication requests");
        await visit.Page.GetByTestId("request").First.GetByRole(AriaRole.Link).ClickAsync();
        await Expect(visit.Page.GetByRole(AriaRole.Heading, new() { Level = 1, Name = "Sign-in to Payroll" })).ToBeVisibleAsync();
        await Expect(visit.Page.GetByText(hostile).First).ToBeVisibleAsync();
        await Expect(visit.Page.Locator("img[src=x]")).ToHaveCountAsync(0);
    }

    private static async Task<string> EnterAsync(IPage application, string name)
    {
        await Expect(application.GetByLabel("Account name")).ToBeFocusedAsync();
        await application.GetByLabel("Account name").FillAsync(name);
        await application.Keyboard.PressAsync("Enter");
        await Expect(Heading(application, "Type this number on your phone")).ToBeFocusedAsync();
        return (await application.Locator(".number span").First.TextContentAsync())!;
    }

    private static async Task TypeAsync(IPage phones, ILocator phone, string number)
    {
        await phone.GetByLabel("Number that Payroll shows").FillAsync(number);
        await phones.Keyboard.PressAsync("Enter");
    }

    private static string Wrong(string number) => (number[0] == '9' ? '0' : (char)(number[0] + 1)) + number[1..];

    private static ILocator Heading(IPage page, string text) => page.GetByRole(AriaRole.Heading, new() { Level = 1, Name = text, Exact = true });
}
