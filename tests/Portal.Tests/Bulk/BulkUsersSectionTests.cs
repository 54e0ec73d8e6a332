using BlokSec.Contracts;
using BlokSec.Portal.Api;
using BlokSec.Portal.Bulk;
using BlokSec.Portal.Tests.Infrastructure;
using Bunit;

namespace BlokSec.Portal.Tests.Bulk;

public sealed class BulkUsersSectionTests : ConsoleTest
{
    [Fact]
    public void Users_who_are_read_again_before_the_first_answer_are_shown_once()
    {
        var slow = new TaskCompletionSource();
        Stub.Slowness = slow.Task;
        Stub.Answer("GET /api/bulk-operations/1/users?", new BulkUserList([Maria], null), PortalJson.Default.BulkUserList);
        var section = Render<BulkUsersSection>(parameters => parameters.Add(section => section.BulkOperationId, "1").Add(section => section.State, BulkState.Running));
        section.Render(parameters => parameters.Add(section => section.State, BulkState.Succeeded));

        slow.SetResult();

        section.WaitForAssertion(() => Assert.Single(section.FindAll("tbody tr")));
        Assert.Equal(2, Stub.Requests.Count);
    }

    [Fact]
    public void Another_result_is_asked_for_and_none_is_said()
    {
        Stub.Answer("GET /api/bulk-operations/1/users?", new BulkUserList([Maria], null), PortalJson.Default.BulkUserList);
        Stub.Answer("GET /api/bulk-operations/1/users?result=failed", new BulkUserList([], null), PortalJson.Default.BulkUserList);
        var section = Render<BulkUsersSection>(parameters => parameters.Add(section => section.BulkOperationId, "1").Add(section => section.State, BulkState.Succeeded));
        section.WaitForAssertion(() => Assert.Contains("Maria Lopez", Text(section), StringComparison.Ordinal));
        section.Find("select").Change("failed");
        section.WaitForAssertion(() => Assert.Contains("There is none.", Text(section), StringComparison.Ordinal));
    }

    private static BulkUserDetails Maria { get; } = new(
        "maria-lopez", "Maria Lopez", "maria@contoso.example", 1, 2, IsLockedOut: true, IsAdministrator: false, BulkResult.Done, [], null, null, Samples.Now);
}
