using BlokSec.Contracts;
using BlokSec.Functions.Bulk;
using BlokSec.Functions.Tests.Bulk;
using BlokSec.Functions.Tests.Infrastructure;
using BlokSec.Functions.Tests.Promises;
using BlokSec.Local.Demo;

namespace BlokSec.Functions.Tests.Crash;

/// <summary>What has to become of a bulk operation: each of its users once.</summary>
/// <param name="bulkOperationId">The bulk operation.</param>
/// <param name="kind">What is done.</param>
/// <param name="users">To whom.</param>
internal sealed class BulkEnd(string bulkOperationId, BulkKind kind, IReadOnlyList<TestUser> users)
{
    private const int Users = 2;

    private static readonly TestUser Operations = new(TestCloud.Tenant, BulkDocument.KeyOf(TestCloud.Tenant).UserId, [], []);

    /// <summary>A plan for a few users, which an administrator starts.</summary>
    public static async Task<Flow> StartAsync(TestCloud test, AdminClient admin, BulkKind kind)
    {
        var users = await test.UsersAsync(Users);
        var planned = await PlannedAsync(test, admin, kind, users);
        var start = new StartBulkOperationRequest { Confirmation = planned.Plan.Confirmation, PlanHash = planned.Plan.PlanHash, Reason = "Stolen from the depot" };
        var all = new TestUser(
            users[0].TenantId, users[0].UserId, [.. users.SelectMany(user => user.Phones)], [.. users.SelectMany(user => user.DeviceIds)]);
        return new Flow(
            all,
            async () => (await admin.SendAsync(HttpMethod.Post, $"bulk-operations/{planned.BulkOperationId}/start", start)).Status,
            [planned.BulkOperationId, .. users.Skip(1).Select(user => user.UserId)])
        {
            Bulk = new BulkEnd(planned.BulkOperationId, kind, users),
        };
    }

    public async Task<bool> IsDoneAsync(TestCloud test)
    {
        if ((await OperationAsync(test)).Status != BulkState.Succeeded)
        {
            return false;
        }

        var areDone = kind == BulkKind.Suspend ? [] : await Task.WhenAll(Own().Select(flow => FlowEnd.IsDoneAsync(test, flow)));
        return areDone.All(isDone => isDone);
    }

    public async Task<IEnumerable<string>> DescribeAsync(TestCloud test)
    {
        var operation = await OperationAsync(test);
        var told = new List<string>
        {
            $"bulk {operation.Status} {operation.Progress} finished {operation.FinishedAt is not null}",
        };
        told.AddRange((await test.BulkAuditAsync(bulkOperationId)).Select(action => $"bulk audit {action}"));
        var portions = await test.AllAsync<BulkPortion>(Operations, BulkPortion.DocumentType);
        told.AddRange(portions
            .Where(portion => portion.Id.StartsWith(BulkPortion.PrefixOf(bulkOperationId), StringComparison.Ordinal))
            .SelectMany(portion => portion.Users)
            .Select(user => $"turn {users.Count(one => one.UserId == user.UserId)} {user.Result} {user.Code} operations {user.OperationIds.Count}"));
        foreach (var flow in Own())
        {
            told.Add($"suspended {(await test.UserDocumentAsync(flow.User)).Suspension?.BulkOperationId == bulkOperationId}");
            told.Add(await FlowEnd.DescribeAsync(test, flow));
        }

        return told;
    }

    private static async Task<BulkOperationDetails> PlannedAsync(TestCloud test, AdminClient admin, BulkKind kind, IReadOnlyList<TestUser> users)
    {
        var asked = await admin.SendAsync(
            HttpMethod.Post,
            "bulk-operations",
            new PlanBulkOperationRequest { Kind = kind, Selection = new BulkSelection { UserIds = [.. users.Select(user => user.UserId)] } });
        Assert.Equal(201, asked.Status);
        var address = $"bulk-operations/{asked.Read<BulkOperationDetails>().BulkOperationId}";
        return await test.UntilAsync(
            async () => (await admin.AskAsync(address)).Read<BulkOperationDetails>() is { State: BulkState.Planned } planned ? planned : null, "it is planned");
    }

    /// <summary>The users, as flows of their own.</summary>
    private IEnumerable<Flow> Own() => users.Select(user => new Flow(user, () => Task.FromResult(200)));

    private async Task<BulkDocument> OperationAsync(TestCloud test) =>
        (await test.AllAsync<BulkDocument>(Operations, BulkDocument.DocumentType)).Single(operation => operation.BulkOperationId == bulkOperationId);
}
