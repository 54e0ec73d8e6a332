using BlokSec.Contracts;
using BlokSec.Functions.Tests.Infrastructure;
using BlokSec.Functions.Tests.Promises;

namespace BlokSec.Functions.Tests.Audit;

public sealed class ListAuditEntriesTests(CloudFixture fixture) : IClassFixture<CloudFixture>
{
    private TestCloud Cloud => fixture.Cloud;

    [Fact]
    public async Task I12_The_audit_is_read_page_by_page_newest_first_and_whole()
    {
        var user = await Cloud.NewUserAsync(phones: 2);
        await Cloud.RemovedAsync(user, phone: 0);
        await Cloud.ConfirmedAsync(user, user.DeviceIds[0]);
        await Cloud.UnregisteredAsync(user);
        await Cloud.ConfirmedAsync(user, user.DeviceIds[1]);
        await Cloud.AtRestAsync(user);
        var stored = await Cloud.AuditAsync(user);

        var read = new List<AuditEntryDetails>();
        string? continuation = null;
        do
        {
            var page = (await Cloud.Admin(TestCloud.Reader).AskAsync($"users/{user.UserId}/audit?pageSize=2&continuation={continuation}"))
                .Read<AuditEntryList>();
            Assert.InRange(page.Entries.Count, 1, 2);
            read.AddRange(page.Entries);
            continuation = page.Continuation;
        }
        while (continuation is not null);

        Assert.Equal(stored.Select(entry => entry.Id).OrderDescending(StringComparer.Ordinal), read.Select(entry => entry.EntryId));
        var removed = Assert.Single(read, entry => entry.Action == AuditActions.DeviceRemoved);
        Assert.Equal(("administrator", "lost"), (removed.ActorKind, removed.Reason));
        Assert.Equal([user.DeviceIds[0]], removed.Targets);
    }

    [Fact]
    public async Task I9_The_audit_of_another_tenant_does_not_exist()
    {
        var user = await Cloud.NewUserAsync();
        await Cloud.RemovedAsync(user, phone: 0);

        var answer = await Cloud.Admin(TestCloud.Neighbour).AskAsync($"users/{user.UserId}/audit");

        Assert.Equal((404, ProblemCodes.NotFound), (answer.Status, answer.Code));
    }

    [Fact]
    public async Task A_user_to_whom_nothing_happened_has_an_empty_audit()
    {
        var user = await Cloud.NewUserAsync();

        var answer = await Cloud.Admin().AskAsync($"users/{user.UserId}/audit");

        Assert.Equal(200, answer.Status);
        Assert.Empty(answer.Read<AuditEntryList>().Entries);
    }

    [Theory]
    [InlineData("pageSize=0", "pageSize")]
    [InlineData("pageSize=201", "pageSize")]
    [InlineData("pageSize=many", "pageSize")]
    [InlineData("continuation=%2B%2B", "continuation")]
    public async Task What_cannot_be_read_is_told(string query, string field)
    {
        var answer = await Cloud.Admin().AskAsync($"users/nobody/audit?{query}");

        Assert.Equal((400, ProblemCodes.InvalidRequest), (answer.Status, answer.Code));
        Assert.Contains(field, answer.Text, StringComparison.Ordinal);
    }
}
