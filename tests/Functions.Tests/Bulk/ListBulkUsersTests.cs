using BlokSec.Contracts;
using BlokSec.Functions.Tests.Infrastructure;
using CsCheck;

namespace BlokSec.Functions.Tests.Bulk;

/// <summary>The users of a bulk operation against a model of them.</summary>
public sealed class ListBulkUsersTests(OpenCloud cloud) : IClassFixture<OpenCloud>
{
    private const string Id = "0123456789abcdef0123456789abcdef";
    private const string Other = "0123456789abcdef0123456789abcdee";

    private static readonly Gen<BulkResult[][]> Portions =
        Any.Of(BulkResult.Open, BulkResult.Done, BulkResult.Done, BulkResult.Skipped, BulkResult.Failed).Array[1, 4].Array[0, 23];

    [Fact]
    public Task Every_result_finds_page_by_page_the_users_of_whom_it_became_in_the_order_of_their_turns() =>
        Portions.SampleAsync(
            async portions =>
            {
                var tenant = new StoredTenant(cloud);
                await tenant.StoreBulkAsync(
                    [tenant.Operation(Id), tenant.Operation(Other), .. tenant.Portions(Id, portions), .. tenant.Portions(Other, [[BulkResult.Failed]])]);
                foreach (var wanted in Enum.GetValues<BulkResult>().Cast<BulkResult?>().Append(null))
                {
                    var expected = portions.SelectMany((portion, number) => portion
                        .Select((result, index) => (result, UserId: BulkModel.UserOf(number, index)))
                        .Where(user => wanted is null || user.result == wanted));
                    Assert.Equal(expected, (await ReadAsync(tenant, wanted)).Select(user => (user.Result, user.UserId)));
                }
            },
            iter: 8,
            threads: 1);

    [Fact]
    public async Task A_continuation_of_another_bulk_operation_is_the_callers_fault()
    {
        var tenant = new StoredTenant(cloud);
        BulkResult[][] portions = [[BulkResult.Done], [BulkResult.Done]];
        await tenant.StoreBulkAsync([tenant.Operation(Id), tenant.Operation(Other), .. tenant.Portions(Id, portions), .. tenant.Portions(Other, portions)]);
        var next = (await tenant.AskAsync<BulkUserList>($"bulk-operations/{Other}/users")).Continuation;

        Assert.NotNull(next);
        (await tenant.AskAsync($"bulk-operations/{Id}/users?continuation={next}")).Problem(400, ProblemCodes.InvalidRequest);
    }

    private static async Task<List<BulkUserDetails>> ReadAsync(StoredTenant tenant, BulkResult? wanted)
    {
        var filter = wanted is null ? "" : $"result={$"{wanted}".ToLowerInvariant()}&";
        var read = new List<BulkUserDetails>();
        for (string? continuation = "", next = null; continuation is not null; continuation = next)
        {
            var page = await tenant.AskAsync<BulkUserList>($"bulk-operations/{Id}/users?{filter}continuation={continuation}");
            read.AddRange(page.Users);
            next = page.Continuation;
        }

        return read;
    }
}
