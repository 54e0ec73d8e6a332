using BlokSec.Contracts;
using BlokSec.Functions.Identities;
using BlokSec.Functions.Tests.Infrastructure;
using CsCheck;

namespace BlokSec.Functions.Tests.Overviews;

public sealed class ListOperationsTests(OpenCloud cloud) : IClassFixture<OpenCloud>
{
    [Fact]
    public async Task Every_combination_of_filters_finds_what_a_model_finds_newest_first()
    {
        var history = new TenantHistory(cloud);
        string[] users = ["maria", "liam", "~imports"];
        var stored = Enumerable.Range(0, 60).Select(number =>
        {
            var operation = history.Operation(users[number % 3], (OperationStatus)(number / 2 % 5), TimeSpan.FromHours(number / 3));
            return operation with
            {
                Kind = (OperationKind)(number / 5 % 5),
                // Without progress is what moved before now, or was queued again since.
                UpdatedAt = history.Now.AddHours(number % 7 < 3 ? -1 : 1),
                Resumes = number % 11 == 0 ? 2 : 0,
            };
        }).ToArray();
        await history.StoreAsync(stored);

        await Gen.Select(
            TenantHistory.Of<string?>(null, null, "notStarted", "running", "underWay", "failed", "succeeded", "withdrawn"),
            TenantHistory.Of<bool?>(null, null, true, false),
            TenantHistory.Of<OperationKind?>(null, null, OperationKind.RemoveDevice, OperationKind.UnregisterAllDevices, OperationKind.ImportUsers),
            TenantHistory.Of<double?>(null, 19, 12, 11.5),
            TenantHistory.Of<double?>(null, 11, 3, 0)).SampleAsync(
            async (status, stalled, kind, from, to) =>
            {
                var query = string.Join('&', new (string Name, string? Value)[]
                {
                    ("status", status), ("stalled", stalled is { } yes ? yes ? "true" : "false" : null), ("kind", Name(kind)), ("from", At(from)), ("to", At(to)),
                }.Where(part => part.Value is not null).Select(part => $"{part.Name}={Uri.EscapeDataString(part.Value!)}"));

                var found = await history.ReadAllAsync<TenantOperationList, TenantOperation>("operations", query, 7, page => (page.Operations, page.Continuation));

                var expected = stored.Where(operation =>
                    (status is null || string.Equals(operation.Status.ToString(), status, StringComparison.OrdinalIgnoreCase)
                        || (status == "underWay" && operation.Status is OperationStatus.NotStarted or OperationStatus.Running))
                    && (stalled is null || IsStalled(operation) == stalled)
                    && (kind is null || operation.Kind == kind)
                    && (from is null || operation.RequestedAt >= history.Now.AddHours(-from.Value))
                    && (to is null || operation.RequestedAt < history.Now.AddHours(-to.Value)));
                Assert.Equal(
                    expected.OrderByDescending(operation => operation.RequestedAt).ThenByDescending(operation => operation.Id, StringComparer.Ordinal)
                        .Select(operation => (operation.OperationId, IsStalled(operation))),
                    found.Select(one => (one.Operation.OperationId, one.IsStalled)));
            },
            iter: 12,
            threads: 4);

        string? At(double? hours) => hours is { } ago ? $"{history.Now.AddHours(-ago):yyyy-MM-dd'T'HH:mm:ss.fffffff'Z'}" : null;
        bool IsStalled(OperationDocument operation) =>
            operation.Status is OperationStatus.NotStarted or OperationStatus.Running && (operation.UpdatedAt < history.Now || operation.Resumes > 0);
        static string? Name<T>(T? value)
            where T : struct, Enum => value is { } known ? System.Text.Json.JsonNamingPolicy.CamelCase.ConvertName(known.ToString()) : null;
    }

    [Fact]
    public async Task An_operation_is_told_with_its_user_and_why_it_failed_and_an_import_with_none()
    {
        var history = new TenantHistory(cloud);
        await history.StoreAsync(
            history.User("maria", "Maria", "\u202ELopez"),
            history.Operation("maria", OperationStatus.Failed, TimeSpan.FromMinutes(1)),
            history.Operation("gone", OperationStatus.Succeeded, TimeSpan.FromMinutes(2)),
            history.Operation("~imports", OperationStatus.Running, TimeSpan.FromMinutes(3)));

        var operations = (await history.ReadAsync<TenantOperationList>("operations")).Operations;

        Assert.Equal([new("maria", "Maria Lopez"), new("gone", null), null], operations.Select(one => one.User));
        Assert.Equal("A document cannot be read.", operations[0].Operation.Steps.Single().Detail);
        Assert.Equal("Alice Adams", operations[0].Operation.RequestedBy);
    }

    [Fact]
    public async Task I9_An_operation_and_a_sign_in_request_are_found_by_their_ids_in_their_tenant_alone()
    {
        var (ours, theirs) = (new TenantHistory(cloud), new TenantHistory(cloud));
        var (operation, request) = (ours.Operation("maria"), ours.SignIn("maria", TimeSpan.FromDays(30)));
        await ours.StoreAsync(ours.User("maria"), operation, ours.Operation("maria"), request, ours.SignIn("maria"));
        var (byOperation, byRequest) = ($"operations?operationId={operation.OperationId}", $"sign-ins?days=90&requestId={request.RequestId}");

        Assert.Equal(operation.OperationId, Assert.Single((await ours.ReadAsync<TenantOperationList>(byOperation)).Operations).Operation.OperationId);
        Assert.Equal(request.RequestId, Assert.Single((await ours.ReadAsync<TenantSignInList>(byRequest)).Requests).Request.RequestId);
        Assert.Empty((await theirs.ReadAsync<TenantOperationList>(byOperation)).Operations);
        Assert.Empty((await theirs.ReadAsync<TenantSignInList>(byRequest)).Requests);
    }

    [Fact]
    public async Task I9_Another_tenant_finds_nothing_and_names_nobody()
    {
        var (ours, theirs) = (new TenantHistory(cloud), new TenantHistory(cloud));
        await ours.StoreAsync([ours.User("maria"), .. Enumerable.Range(0, 4).Select(number => ours.Operation("maria", ago: TimeSpan.FromHours(number)))]);
        await theirs.StoreAsync(theirs.Operation("maria", ago: TimeSpan.FromDays(2)));
        var first = await ours.ReadAsync<TenantOperationList>("operations?pageSize=2");

        var found = Assert.Single((await theirs.ReadAsync<TenantOperationList>($"operations?continuation={first.Continuation}")).Operations);
        Assert.Equal(new UserReference("maria", null), found.User);
        Assert.Single((await theirs.ReadAsync<TenantOperationList>("operations")).Operations);
    }

    [Fact]
    public async Task A_page_costs_two_queries_however_many_operations_and_users_there_are()
    {
        var history = new TenantHistory(cloud);
        await history.StoreAsync(Enumerable.Range(0, 150).SelectMany(number => new IdentityDocument[]
        {
            history.User($"user-{number}"), history.Operation($"user-{number}", ago: TimeSpan.FromMinutes(number)),
        }));
        var next = (await history.ReadAsync<TenantOperationList>("operations?pageSize=10")).Continuation;

        foreach (var query in new[] { "", "pageSize=10", "pageSize=200&stalled=true", $"pageSize=10&status=running&continuation={next}" })
        {
            var cost = await history.CostAsync($"operations?{query}");
            Assert.Equal(2, cost.Count("query"));
            Assert.InRange(cost.Database.Count, 2, 4);
        }
    }

    [Theory]
    [InlineData("status=done", "status")]
    [InlineData("stalled=perhaps", "stalled")]
    [InlineData("kind=RemoveDevice", "kind")]
    [InlineData("from=yesterday", "from")]
    [InlineData("from=2026-11-25T12:00:00Z&to=2026-11-25T12:00:00Z", "from")]
    [InlineData("pageSize=0", "pageSize")]
    [InlineData("pageSize=201", "pageSize")]
    [InlineData("continuation=%2B%2B", "continuation")]
    [InlineData("continuation=b3BlcmF0aW9uOmFi", "continuation")]
    public async Task What_cannot_be_read_is_told(string query, string field)
    {
        var answer = await new TenantHistory(cloud).AskAsync($"operations?{query}");

        answer.Problem(400, ProblemCodes.InvalidRequest);
        Assert.Contains(field, answer.Text, StringComparison.Ordinal);
    }
}
