using System.Text.Json.Nodes;
using BlokSec.Browser.Tests.Infrastructure;

namespace BlokSec.Browser.Tests;

/// <summary>No text from outside widens anything.</summary>
[Collection<UserPages>]
public sealed class LongWordsTests(BrowserCloud cloud) : BrowserTest(cloud)
{
    private static readonly string Long = new('W', 100);

    /// <summary>The members of the contracts that hold text from outside, or text that is made of it.</summary>
    private static readonly HashSet<string> Outside =
    [
        "accountName", "actorName", "appVersion", "applicationName", "city", "country", "detail", "did", "email", "familyName", "givenName", "ipAddress",
        "link", "method", "mobile", "model", "name", "osVersion", "pushReason", "reason", "requestedBy",
    ];

    [Fact]
    public async Task A_hundred_wide_characters_in_every_place_widen_neither_a_page_nor_a_dialog()
    {
        var user = await Cloud.NewUserAsync(phones: 3, accounts: 12);
        var visit = Visitor();
        await visit.OpenAsync(user);
        var page = visit.Page;
        await page.RemoveAsync(user.Phones[2], "lost");
        await Expect(page.Revocation(user.Phones[2])).ToContainTextAsync("Confirmed by the device");
        await page.RouteAsync("**/api/**", LengthenAsync);
        await page.Button("Refresh").ClickAsync();
        await Expect(page.GetByRole(AriaRole.Heading, new() { Level = 1 })).ToContainTextAsync(Long);
        await Expect(page.Locator("#history")).ToContainTextAsync(Long);
        await page.GetByText("Technical details").ClickAsync();
        await page.GetByLabel("User has multiple devices").CheckAsync();
        await FitsAsync(page, "the page of a user");

        await page.Trash(Long).First.ClickAsync();
        await Expect(page.GetByTestId("plan")).ToContainTextAsync(Long);
        await page.RouteAsync("**/removal", route => route.FulfillAsync(new()
        {
            Status = 409,
            ContentType = "application/problem+json",
            Headers = new Dictionary<string, string> { ["Access-Control-Allow-Origin"] = "*" },
            Body = $$"""{"code":"{{Long}}","detail":"{{Long}}"}""",
        }));
        visit.Expected = new("status of 409");
        await page.ConfirmAsync("remove device", "Remove device", Long);
        await Expect(page.OpenDialog().GetByTestId("problem")).ToBeVisibleAsync();
        await FitsAsync(page, "the dialog of a removal");
        await page.Keyboard.PressAsync("Escape");

        await visit.FollowAsync("users", "Users");
        await Expect(page.GetByRole(AriaRole.Link, new() { Name = Long }).First).ToBeVisibleAsync();
        await FitsAsync(page, "the users");
    }

    private static async Task LengthenAsync(IRoute route)
    {
        if (route.Request.Method != "GET")
        {
            await route.ContinueAsync();
            return;
        }

        var answer = await route.FetchAsync();
        var text = await answer.TextAsync();
        if (text.StartsWith('{'))
        {
            var json = JsonNode.Parse(text)!;
            Lengthen(json);
            text = json.ToJsonString();
        }

        await route.FulfillAsync(new() { Response = answer, Body = text });
    }

    private static void Lengthen(JsonNode? node)
    {
        if (node is JsonArray items)
        {
            foreach (var item in items)
            {
                Lengthen(item);
            }
        }

        foreach (var (name, value) in (node as JsonObject)?.ToList() ?? [])
        {
            // The name of a step is one of ours, and so is the reason of a denial.
            var isOurs = (node as JsonObject)!.ContainsKey("completed") || (name == "reason" && (node as JsonObject)!.ContainsKey("issuedAt"));
            if (Outside.Contains(name) && value is JsonValue && !isOurs)
            {
                node![name] = Long;
            }

            Lengthen(value);
        }
    }

    private static async Task FitsAsync(IPage page, string place)
    {
        foreach (var width in new[] { 1440, 820, 390 })
        {
            await page.SetViewportSizeAsync(width, 900);
            var beyond = await page.EvaluateAsync<string[]>(
                """
                () => {
                  const width = document.documentElement.clientWidth;
                  const sticksOut = element => element.getBoundingClientRect().right > width + 1;
                  const scrolls = element => element.scrollWidth > element.clientWidth + 1 && /auto|scroll/.test(getComputedStyle(element).overflowX);
                  return [...document.querySelectorAll('body *')]
                    .filter(element => !element.closest('.visually-hidden, .skip-link, svg') && (sticksOut(element) || scrolls(element)))
                    .map(element => element.outerHTML.slice(0, 160));
                }
                """);
            Assert.True(beyond.Length == 0, $"{place} at {width}:\n{string.Join('\n', beyond.Take(5))}");
            foreach (var button in await page.OpenDialog().Locator("footer button").AllAsync())
            {
                await Expect(button).ToBeInViewportAsync(new() { Ratio = 1 });
            }
        }
    }
}
