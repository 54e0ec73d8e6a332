using System.Reflection;
using BlokSec.Contracts;
using BlokSec.Portal.Api;
using BlokSec.Portal.Bulk;
using BlokSec.Portal.Tests.Infrastructure;
using BlokSec.Portal.Users;
using BlokSec.Portal.Words;
using Bunit;

namespace BlokSec.Portal.Tests.Bulk;

/// <summary>Before many users are acted on, the console says truthfully which users were selected.</summary>
public sealed class BulkSelectionTests : ConsoleTest
{
    private static readonly BulkFilter Everything = new()
    {
        Search = "berlin",
        State = "active",
        Department = "Field Sales",
        Application = "payroll",
        Push = "notReceiving",
        UnusedDays = 90,
        Claim = "open",
        UnconfirmedRemoval = true,
    };

    public static TheoryData<BulkFilter, string> Filters => new()
    {
        { new BulkFilter(), "All users." },
        { new BulkFilter { Search = "" }, "All users." },
        { new BulkFilter { Search = "berlin" }, "All users who match “berlin”." },
        { new BulkFilter { State = "resetting" }, "All users who have the status Unregistering." },
        { new BulkFilter { Department = "Field Sales" }, "All users who are in the department “Field Sales”." },
        { new BulkFilter { Application = "payroll" }, "All users who have an account in the application “payroll”." },
        { new BulkFilter { Push = "notReceiving" }, "All users who have an active device with this push status: Not receiving." },
        { new BulkFilter { UnusedDays = 1 }, "All users who have devices of which none was active for 1 day." },
        { new BulkFilter { Claim = "open" }, "All users who have an open claim." },
        { new BulkFilter { Claim = "expiring" }, "All users who have a claim that expires within 4 hours." },
        { new BulkFilter { Claim = "locked" }, "All users who have a locked claim." },
        { new BulkFilter { UnconfirmedRemoval = true }, "All users who have a removed device that did not confirm." },
        { new BulkFilter { Search = "berlin", Claim = "open" }, "All users who match “berlin” and have an open claim." },
        {
            Everything,
            "All users who match “berlin”, have the status Active, are in the department “Field Sales”, have an account in the application “payroll”, "
            + "have an active device with this push status: Not receiving, have devices of which none was active for 90 days, have an open claim "
            + "and have a removed device that did not confirm."
        },
    };

    [Theory]
    [MemberData(nameof(Filters))]
    public void A_filter_is_told_with_each_of_its_members(BulkFilter filter, string sentence) => Assert.Equal(sentence, Said(filter));

    [Fact]
    public void Users_who_were_picked_are_never_all_users() => Assert.Equal("Users who were picked one by one.", Said(null));

    [Fact]
    public void No_member_of_the_filter_is_left_out_and_no_two_sound_alike()
    {
        List<string> said = [Said(new BulkFilter())];
        foreach (var member in typeof(BulkFilter).GetProperties(BindingFlags.Public | BindingFlags.Instance))
        {
            var filter = new BulkFilter();
            object value = (Nullable.GetUnderlyingType(member.PropertyType) ?? member.PropertyType) switch
            {
                var type when type == typeof(string) => "as-typed",
                var type when type == typeof(int) => 77,
                var type when type == typeof(bool) => true,
                var type => throw new InvalidOperationException($"Say what a {type.Name} is in words, and try it here."),
            };
            member.SetValue(filter, value);
            said.Add(Said(filter));
            Assert.True(value is bool || said[^1].Contains($"{value}", StringComparison.Ordinal), $"{member.Name} is not told: {said[^1]}");
        }

        Assert.Equal(said.Count, said.Distinct().Count());
    }

    [Theory]
    [InlineData("invited")]
    [InlineData("active")]
    [InlineData("resetting")]
    [InlineData("unregistered")]
    [InlineData("suspended")]
    [InlineData("left")]
    public void Every_status_has_the_name_of_the_list_of_users(string state) =>
        Assert.DoesNotContain(state, Said(new BulkFilter { State = state }), StringComparison.Ordinal);

    [Fact]
    public void The_plan_and_the_list_of_bulk_operations_say_which_users_were_selected()
    {
        var plan = Render<BulkPlanView>(parameters => parameters.Add(view => view.Operation, Operation(Everything)));
        Assert.Contains($"Selected: {Said(Everything)}", Text(plan), StringComparison.Ordinal);
        Assert.Contains("berlin", plan.FindAll("[data-testid=bulk-selected] bdi").Select(name => name.TextContent));

        var picked = Render<BulkPlanView>(parameters => parameters.Add(view => view.Operation, Operation(null)));
        Assert.Contains("Selected: Users who were picked one by one.", Text(picked), StringComparison.Ordinal);

        var all = new BulkOperationList([Operation(Everything), Operation(null)], Continuation: null);
        Stub.Answer("GET /api/bulk-operations?", all, PortalJson.Default.BulkOperationList);
        var list = Render<BulkOperationsPage>();
        list.WaitForAssertion(() => Assert.Contains(Said(Everything), Text(list), StringComparison.Ordinal));
        Assert.Contains(Said(null), Text(list), StringComparison.Ordinal);
    }

    [Fact]
    public void Before_a_plan_is_made_it_is_said_whom_all_that_match_are()
    {
        var filter = new UserFilter
        {
            Search = "berlin",
            State = "active",
            Department = "Field Sales",
            Application = "payroll",
            Push = "notReceiving",
            UnusedDays = 90,
            Claim = "open",
            UnconfirmedRemoval = true,
        };

        Assert.Contains($"“Plan for all that match” selects: {Said(Everything)}", Text(Bar(filter)), StringComparison.Ordinal);
        Assert.Contains("“Plan for all users” selects: All users.", Text(Bar(new UserFilter())), StringComparison.Ordinal);
    }

    private static string Said(BulkFilter? filter) => Outside.Plain(BulkWords.Selected(filter));

    private static BulkOperationDetails Operation(BulkFilter? filter) => new(
        Guid.NewGuid().ToString("N"),
        BulkKind.Unregister,
        BulkState.Planned,
        Samples.Now,
        "Alice Adams",
        new BulkPlan("hash", "unregister 2 users", 2, 3, 4, 2, 0, 0, 0, [], IncludesYou: false),
        new BulkProgress(0, 0, 0, 0),
        10,
        Samples.Now.AddDays(90))
    {
        Filter = filter,
    };

    private IRenderedComponent<BulkBar> Bar(UserFilter filter) => Render<BulkBar>(parameters => parameters
        .Add(bar => bar.Filter, filter)
        .AddCascadingValue(Samples.Everything));
}
