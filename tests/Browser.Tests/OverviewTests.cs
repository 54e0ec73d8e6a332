using System.Text.Json;
using BlokSec.Browser.Tests.Infrastructure;
using Microsoft.Azure.Cosmos;

namespace BlokSec.Browser.Tests;

/// <summary>The console's first page and the lists behind its numbers, on a desk and on a phone, light and dark, with the keyboard alone.</summary>
[Collection<TenantPages>]
public sealed class OverviewTests(BrowserCloud cloud) : BrowserTest(cloud)
{
    private static readonly Dictionary<string, string> Everybody = new() { ["Access-Control-Allow-Origin"] = "*" };

    [Fact]
    public async Task Whoever_signs_in_begins_with_the_overview()
    {
        var visit = Visitor();
        await visit.ArriveAsync(Visit.Alice, "");
        var page = visit.Page;

        await Expect(page.GetByRole(AriaRole.Heading, new() { Level = 1, Name = "Overview" })).ToBeVisibleAsync();
        await Expect(page.GetByTestId("providers")).ToContainTextAsync("Apple");
        await visit.FollowAsync("guide", "User & Device Management");
        await page.GetByRole(AriaRole.Link, new() { Name = "BlokSec admin console, overview" }).ClickAsync();
        await Expect(page.GetByRole(AriaRole.Heading, new() { Level = 1, Name = "Overview" })).ToBeFocusedAsync();
    }

    [Fact]
    public async Task The_overview_in_every_state()
    {
        var visit = Visitor();
        visit.Expected = new("status of 503");
        await visit.SignInAsync(Visit.Alice, "guide");
        var page = visit.Page;
        object overview = Overview(busy: false);
        await page.RouteAsync("**/api/overview", route => route.FulfillAsync(new() { Json = overview, Headers = Everybody }));

        await visit.FollowAsync("overview", "Overview");
        await Expect(page.GetByTestId("all-quiet")).ToContainTextAsync("Nothing needs you now");
        await Axe.CheckAsync(page, "a quiet overview");

        overview = Overview(busy: true);
        await page.Button("Refresh").ClickAsync();
        await Expect(page.GetByTestId("failed")).ToContainTextAsync("100+");
        await Expect(page.GetByTestId("all-quiet")).ToHaveCountAsync(0);
        await Expect(page.GetByTestId("failed").GetByRole(AriaRole.Link)).ToHaveAttributeAsync("href", "operations?status=failed");
        await Expect(page.GetByTestId("unconfirmed").GetByRole(AriaRole.Link).First).ToHaveAttributeAsync("href", "unconfirmed");
        await Expect(page.GetByTestId("under-way")).ToContainTextAsync("2 without progress");
        await Expect(page.GetByTestId("bulk").GetByRole(AriaRole.Link)).ToHaveAttributeAsync("href", "bulk-operations");
        await Expect(page.GetByTestId("approvals").GetByRole(AriaRole.Link)).ToHaveAttributeAsync("href", "approvals");
        await Expect(page.GetByTestId("claims")).ToContainTextAsync("3 expire within 4 hours.");
        await Expect(page.GetByTestId("alerts")).ToContainTextAsync("A key that belongs to another user was tried");
        await Expect(page.GetByTestId("providers")).ToContainTextAsync("Apple refuses our key.");
        await Expect(page.GetByTestId("overview-said")).ToContainTextAsync("100+ failed operations");
        await Axe.CheckAsync(page, "a busy overview");

        overview = new { at = TimeProvider.System.GetUtcNow(), pushProviders = Array.Empty<object>() };
        await page.Button("Refresh").ClickAsync();
        await Expect(page.GetByTestId("claims")).ToContainTextAsync("This could not be read");
        await Expect(page.GetByTestId("all-quiet")).ToHaveCountAsync(0);
        await Axe.CheckAsync(page, "an overview without its parts");

        await page.UnrouteAllAsync(new() { Behavior = UnrouteBehavior.Wait });
        await page.RouteAsync("**/api/overview", route => route.FulfillAsync(new() { Status = 503, Headers = Everybody }));
        await page.Button("Refresh").ClickAsync();
        await Expect(page.GetByTestId("problem")).ToContainTextAsync("What you see was read before");
        await Axe.CheckAsync(page, "an overview out of reach");
    }

    [Fact]
    public async Task A_removal_that_is_not_confirmed_is_found_and_nudged_from_the_overview()
    {
        var user = await Cloud.NewUserAsync(phones: 2);
        var visit = Visitor();
        var phones = await visit.PhonesAsync(user);
        await phones.Phone(user.Phones[0]).Switch("Offline").TurnAsync(isOn: true);
        await visit.OpenAsync(user);
        var page = visit.Page;
        await page.RemoveAsync(user.Phones[0]);
        await Expect(page.Revocation(user.Phones[0])).ToContainTextAsync("Push accepted");

        await visit.FollowAsync("overview", "Overview");
        await page.GetByTestId("unconfirmed").GetByRole(AriaRole.Link).First.ClickAsync();
        var row = page.GetByTestId("unconfirmed").Filter(new() { HasText = user.Name });
        await Expect(row).ToContainTextAsync("by Alice Adams");
        await Axe.CheckAsync(page, "removals that are not confirmed");
        await row.GetByTestId("nudge").PressAsync("Enter");
        await Expect(row).ToContainTextAsync("Last asked for by Alice Adams");

        await phones.Phone(user.Phones[0]).Switch("Offline").TurnAsync(isOn: false);
        await visit.FollowAsync($"users/{user.UserId}", user.Name);
        await Expect(page.Revocation(user.Phones[0])).ToContainTextAsync("Confirmed by the device");
        await visit.FollowAsync("unconfirmed", "Blocked, not confirmed");
        await Expect(page.GetByTestId("unconfirmed-count").Or(page.GetByTestId("all-confirmed")).First).Not.ToBeEmptyAsync();
        await Expect(row).ToHaveCountAsync(0);
    }

    [Fact]
    public async Task A_failed_operation_is_found_by_its_filters_and_started_again_from_the_list()
    {
        var user = await Cloud.NewUserAsync(phones: 1);
        var visit = Visitor();
        await visit.OpenAsync(user);
        var page = visit.Page;
        await page.RemoveAsync(user.Phones[0]);
        await Expect(page.Revocation(user.Phones[0])).ToContainTextAsync("Confirmed by the device");
        await Expect(page.GetByTestId("operation")).ToHaveAttributeAsync("data-status", "Succeeded");
        await FailAsync(user);

        await visit.FollowAsync("operations", "Operations");
        await page.GetByLabel("Status").SelectOptionAsync("Needs attention");
        await Expect(page).ToHaveURLAsync(new System.Text.RegularExpressions.Regex("operations\\?status=failed$"));
        var row = page.GetByTestId("listed-operation").Filter(new() { HasText = user.Name });
        await Expect(row).ToContainTextAsync("Stopped at: deleting the devices. A document cannot be read.");
        await Axe.CheckAsync(page, "failed operations");
        await row.GetByTestId("restart").PressAsync("Enter");
        await Expect(row).ToHaveCountAsync(0);
        await page.GetByLabel("Status").SelectOptionAsync("Any status");
        await Expect(row.First).ToBeVisibleAsync();
        var download = await page.RunAndWaitForDownloadAsync(() => page.Button("Download CSV").ClickAsync());
        Assert.Equal("operations.csv", download.SuggestedFilename);

        // Others may have imported users, but nothing of that failed.
        await page.GetByLabel("Kind").SelectOptionAsync("Import users");
        await page.GetByLabel("Status").SelectOptionAsync("Needs attention");
        await Expect(page.GetByTestId("no-operations")).ToBeVisibleAsync();
        await Axe.CheckAsync(page, "no operations");
    }

    [Fact]
    public async Task Authentication_requests_of_everybody_are_filtered_opened_and_downloaded()
    {
        var visit = Visitor();
        await visit.SignInAsync(Visit.Alice, "requests?days=90");
        var page = visit.Page;
        await Expect(page.GetByTestId("request").First).ToBeVisibleAsync();
        await Axe.CheckAsync(page, "authentication requests of everybody");
        var download = await page.RunAndWaitForDownloadAsync(() => page.Button("Download CSV").ClickAsync());
        Assert.Equal("authentication-requests.csv", download.SuggestedFilename);
        await Expect(page.GetByTestId("exported")).ToContainTextAsync("The file was saved.");

        await page.GetByLabel("Method").SelectOptionAsync("Push");
        await Expect(page).ToHaveURLAsync(new System.Text.RegularExpressions.Regex("requests\\?days=90&method=Push$"));
        await page.GetByTestId("request").First.GetByRole(AriaRole.Link).ClickAsync();
        await Expect(page.GetByTestId("timeline")).ToBeVisibleAsync();
    }

    /// <summary>The operation stopped before the devices were deleted.</summary>
    private async Task FailAsync(BrowserUser user)
    {
        var key = new PartitionKeyBuilder().Add(user.TenantId).Add(user.UserId).Build();
        using var pages = Cloud.Cloud.Container.GetItemQueryStreamIterator(
            "SELECT * FROM c WHERE c.type = 'operation' AND c.kind = 'removeDevice'", requestOptions: new QueryRequestOptions { PartitionKey = key });
        using var answer = await pages.ReadNextAsync(TestContext.Current.CancellationToken);
        using var json = await JsonDocument.ParseAsync(answer.Content, cancellationToken: TestContext.Current.CancellationToken);
        var operation = json.RootElement.GetProperty("Documents").EnumerateArray().Single();
        var step = operation.GetProperty("steps").EnumerateArray().ToList().FindIndex(one => one.GetProperty("name").GetString() == "deleteDevices");
        await Cloud.PatchAsync(
            user,
            operation.GetProperty("id").GetString()!,
            PatchOperation.Set("/status", "failed"),
            PatchOperation.Set($"/steps/{step}/status", "failed"),
            PatchOperation.Set($"/steps/{step}/detail", "A document cannot be read."));
    }

    private static object Overview(bool busy)
    {
        var none = new { count = 0, hasMore = false };
        var now = TimeProvider.System.GetUtcNow();
        return busy
            ? new
            {
                at = now,
                operations = new { underWay = new { count = 12, hasMore = false }, stalled = new { count = 2, hasMore = false } },
                failures = new { operations = new { count = 100, hasMore = true }, lockedClaims = new { count = 1, hasMore = false }, events = new { count = 4, hasMore = false }, approvals = new { count = 2, hasMore = false } },
                bulkOperations = new { running = new { count = 1, hasMore = false }, paused = new { count = 2, hasMore = false }, failed = new { count = 1, hasMore = false } },
                removals = new
                {
                    total = new { count = 7, hasMore = false },
                    oldest = new
                    {
                        user = new { userId = "maria-lopez", name = "Wolfeschlegelsteinhausenbergerdorffwelchevoralternwaren Lopez" },
                        deviceId = "device-1",
                        deviceName = "Phone of Wolfeschlegelsteinhausenbergerdorffwelchevoralternwaren",
                        blockedAt = now.AddDays(-3),
                        push = "unreachable",
                        pushReason = "Apple says that the app is not installed any more.",
                        canNudge = true,
                        lastPushAt = now.AddDays(-2),
                    },
                },
                claims = new { open = new { count = 31, hasMore = false }, expiring = new { count = 3, hasMore = false } },
                alerts = new
                {
                    weekFrom = now.AddDays(-7),
                    kinds = new object[]
                    {
                        new { action = "key-in-use.refused", week = 2, month = 5, lastAt = now.AddHours(-1) },
                        new { action = "sign-in.held-back", week = 1, month = 1, lastAt = now.AddDays(-1) },
                        new { action = "an.action-that-this-console-does-not-know", week = 0, month = 1, lastAt = now.AddDays(-20) },
                    },
                    weekHasMore = false,
                    monthHasMore = true,
                    mails = new { action = "mail.failed", week = 0, month = 9, lastAt = now.AddDays(-12) },
                },
                pushProviders = new object[]
                {
                    new { provider = "apns", lastAnswerAt = now, lastOutcome = "misconfigured", lastReason = "Apple refuses our key.", heldUntil = now.AddSeconds(30) },
                    new { provider = "fcm", lastAnswerAt = now, lastOutcome = "accepted", lastAcceptedAt = now },
                },
            }
            : new
            {
                at = now,
                operations = new { underWay = none, stalled = none },
                failures = new { operations = none, lockedClaims = none, events = none, approvals = none },
                bulkOperations = new { running = none, paused = none, failed = none },
                removals = new { total = none },
                claims = new { open = none, expiring = none },
                alerts = new { weekFrom = now.AddDays(-7), kinds = Array.Empty<object>(), weekHasMore = false, monthHasMore = false },
                pushProviders = new object[] { new { provider = "apns" }, new { provider = "fcm", lastAnswerAt = now, lastOutcome = "accepted", lastAcceptedAt = now } },
            };
    }
}
