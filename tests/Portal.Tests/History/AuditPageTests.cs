using System.Net;
using System.Reflection;
using BlokSec.Contracts;
using BlokSec.Portal.Api;
using BlokSec.Portal.History;
using BlokSec.Portal.Tests.Infrastructure;
using Bunit;
using Microsoft.AspNetCore.Components;
using Microsoft.Extensions.DependencyInjection;

namespace BlokSec.Portal.Tests.History;

public sealed class AuditPageTests : ConsoleTest
{
    private static readonly AuditEntryDetails Removed = new(
        "audit:1", Samples.Now, "administrator", "Alice Adams", AuditActions.DeviceRemoved, ["device-1"], new string('a', 32), "Lost in a taxi",
        new Dictionary<string, string?> { ["activeDeviceId"] = "device-1" }, new Dictionary<string, string?> { ["activeDeviceId"] = null }, Alert: false,
        "alice", "192.0.2.7")
    {
        UserId = "maria-lopez",
        ActorAgent = "Mozilla/5.0",
    };

    private static readonly AuditChainDetails Sealed = new(7, Samples.Now, "hash", 6, Samples.Now.AddMinutes(-30), "kid", true, Samples.Now.AddMinutes(-3), 6, []);

    private NavigationManager Navigation => Services.GetRequiredService<NavigationManager>();

    [Fact]
    public void An_entry_tells_who_did_what_and_leads_to_the_user_and_the_operation()
    {
        Answer("", null, Removed);

        var entry = Open().Find("[data-testid=entry]");

        Assert.Contains("removed device device-1", entry.TextContent, StringComparison.Ordinal);
        Assert.Equal(["users/maria-lopez", "users/maria-lopez#progress"], entry.QuerySelectorAll("a").Select(link => link.GetAttribute("href")));
        foreach (var fact in new[] { "device.removed", "Alice Adams (administrator)", "192.0.2.7", "Mozilla/5.0", "activeDeviceId", "–" })
        {
            Assert.Contains(fact, entry.QuerySelector("details")!.TextContent, StringComparison.Ordinal);
        }
    }

    [Fact]
    public void The_filter_stands_in_the_address_and_is_what_is_asked_for_and_exported()
    {
        Answer("", null, Removed);
        Answer("text=taxi&from=2026-11-23T23%3A00%3A00Z&to=2026-11-25T23%3A00%3A00Z&action=device.removed&userId=maria-lopez&alert=true", null, Removed);
        Stub.Answer(
            "GET /api/audit/export?text=taxi&from=2026-11-23T23%3A00%3A00Z&to=2026-11-25T23%3A00%3A00Z&action=device.removed&userId=maria-lopez&alert=true&format=jsonl",
            () => new HttpResponseMessage(HttpStatusCode.OK) { Content = new StringContent("{}\n") });
        var page = Open();

        page.Find("#audit-text").Change(" taxi ");
        page.Find("#audit-user").Change("maria-lopez");
        page.Find("#audit-action").Change("device.removed");
        page.Find("#audit-from").Change("2026-11-24");
        page.Find("#audit-to").Change("2026-11-25");
        page.Find("#audit-alert").Change(true);
        page.Find("form").Submit();
        page.WaitForAssertion(() => Assert.EndsWith(
            "/audit?text=taxi&from=2026-11-24&to=2026-11-25&action=device.removed&user=maria-lopez&alert=true", Navigation.Uri, StringComparison.Ordinal));
        page.WaitForAssertion(() => Assert.Single(page.FindAll("[data-testid=entry]")));
        page.FindAll(".filter-actions button")[2].Click();

        page.WaitForAssertion(() => Assert.Contains("The file was saved.", page.Find("[data-testid=exported]").TextContent, StringComparison.Ordinal));
        Assert.Equal(["audit.jsonl", "{}\n", "application/jsonl"], Browser.Invocations["save"].Single().Arguments);
    }

    [Fact]
    public void A_number_of_the_overview_opens_what_it_counts_until_a_first_day_is_chosen()
    {
        Answer("from=2026-11-18T11%3A03%3A05.007Z&alert=true", null, Removed);
        Answer("text=taxi&from=2026-11-18T11%3A03%3A05.007Z&alert=true", null, Removed);
        Answer("text=taxi&from=2026-11-19T23%3A00%3A00Z&alert=true", null, Removed);
        var page = Open("?alert=true&since=2026-11-18T11%3A03%3A05.007Z");
        page.WaitForAssertion(() => Assert.Single(page.FindAll("[data-testid=entry]")));
        Assert.Contains("2026-11-18 12:03", page.Find("[data-testid=audit-since]").TextContent, StringComparison.Ordinal);

        page.Find("#audit-text").Change("taxi");
        page.Find("form").Submit();
        page.WaitForAssertion(() => Assert.EndsWith("/audit?text=taxi&alert=true&since=2026-11-18T11%3A03%3A05.007Z", Navigation.Uri, StringComparison.Ordinal));

        page.Find("#audit-from").Change("2026-11-20");
        page.Find("form").Submit();
        page.WaitForAssertion(() => Assert.EndsWith("/audit?text=taxi&from=2026-11-20&alert=true", Navigation.Uri, StringComparison.Ordinal));
        page.WaitForAssertion(() => Assert.Empty(page.FindAll("[data-testid=audit-since]")));
    }

    [Fact]
    public void Earlier_entries_come_when_asked_for()
    {
        Answer("", "next", Removed);
        Answer("continuation=next", null, Removed with { EntryId = "audit:0" });
        var page = Open();

        page.Find(".more button").Click();

        page.WaitForAssertion(() => Assert.Equal(2, page.FindAll("[data-testid=entry]").Count));
        Assert.Empty(page.FindAll(".more"));
    }

    [Fact]
    public void Nothing_a_wrong_range_and_a_problem_are_told()
    {
        Answer("", null);
        Answer("text=x", null);
        Stub.Refuse("GET /api/audit?text=y", HttpStatusCode.ServiceUnavailable, ProblemCodes.Unavailable);

        Assert.Contains("Nothing happened yet", Open().Find("[data-testid=no-entries]").TextContent, StringComparison.Ordinal);
        Assert.Contains("No entry found", Open("?text=x").Find("[data-testid=no-entries]").TextContent, StringComparison.Ordinal);
        Assert.Contains("The range ends before it begins", Open("?from=2026-11-25&to=2026-11-24").Markup, StringComparison.Ordinal);
        Assert.NotEmpty(Open("?text=y").FindAll("[data-testid=problem]"));
    }

    [Fact]
    public void Who_may_not_read_it_is_told_so_and_nothing_is_asked_for()
    {
        Assert.Contains("Audit.Read", Open(audits: false).Markup, StringComparison.Ordinal);
        Assert.Empty(Stub.Requests);
    }

    [Fact]
    public void An_auditor_who_may_not_see_users_finds_no_way_to_their_pages()
    {
        Answer("", null, Removed);
        Assert.Empty(Open(reads: false).Find("[data-testid=entry]").QuerySelectorAll("a"));
    }

    [Fact]
    public void How_far_it_is_sealed_signed_and_checked_is_told()
    {
        Answer("", null, Removed);
        var told = Text(Open().FindComponent<AuditChainStatus>());
        foreach (var part in new[] { "Sealed up to 12:03 (block 7).", "Last signed root at 11:33 (block 6)", "unbroken up to block 6 at 12:00" })
        {
            Assert.Contains(part, told, StringComparison.Ordinal);
        }
    }

    [Fact]
    public void Roots_that_are_within_reach_and_a_chain_that_was_not_checked_are_told()
    {
        Answer("", null, Removed);
        var told = Text(Open(chain: Sealed with { RootsOutOfReach = false, CheckedAt = null }).FindComponent<AuditChainStatus>());
        Assert.Contains("kept in the database only", told, StringComparison.Ordinal);
        Assert.Contains("Not checked as a whole yet.", told, StringComparison.Ordinal);
    }

    [Fact]
    public void A_break_is_told_with_its_block()
    {
        Answer("", null, Removed);
        var broken = Sealed with { Breaks = [new AuditBreakDetails(3, "entry-changed", "A sealed audit entry was changed.", Samples.Now, Samples.Now)] };
        Assert.Contains("Block 3: A sealed audit entry was changed.", Open(chain: broken).Find("[data-testid=chain-broken]").TextContent, StringComparison.Ordinal);
    }

    [Fact]
    public void Every_action_can_be_chosen() => Assert.Equal(
        typeof(AuditActions).GetFields(BindingFlags.Public | BindingFlags.Static).Select(field => (string)field.GetRawConstantValue()!).Order(StringComparer.Ordinal),
        AuditActionNames.All);

    private IRenderedComponent<AuditPage> Open(string query = "", bool audits = true, bool reads = true, AuditChainDetails? chain = null)
    {
        Stub.Answer("GET /api/audit/chain", chain ?? Sealed, PortalJson.Default.AuditChainDetails);
        Navigation.NavigateTo($"audit{query}");
        return Render<AuditPage>(parameters => parameters.AddCascadingValue(Samples.Manager with { Reads = reads, Audits = audits }));
    }

    private void Answer(string query, string? continuation, params IReadOnlyList<AuditEntryDetails> entries) =>
        Stub.Answer($"GET /api/audit?{query}", new AuditEntryList(entries, continuation), PortalJson.Default.AuditEntryList);
}
