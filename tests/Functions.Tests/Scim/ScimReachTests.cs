using BlokSec.Contracts;
using BlokSec.Functions.Tests.Infrastructure;
using BlokSec.Functions.Tests.Users;
using BlokSec.Local.Faults;

namespace BlokSec.Functions.Tests.Scim;

/// <summary>
/// Calls of directories that are cut off at any of their requests to the database, before it acts or before its answer arrives: a directory that
/// sends the call again finds one whole user, as it was asked for.
/// </summary>
public sealed class ScimReachTests(OpenCloud cloud) : IClassFixture<OpenCloud>
{
    /// <summary>More requests than any of these calls makes.</summary>
    private const int Most = 30;

    [Theory]
    [InlineData(FaultStage.Before)]
    [InlineData(FaultStage.After)]
    public Task I4_a_create_that_is_sent_again_makes_one_whole_user_or_finds_it(FaultStage stage) => CutEverywhereAsync(stage, async cutAsync =>
    {
        var name = ScimTest.NewName();
        Task<RawAnswer> CreateAsync() => cloud.ScimAsync(HttpMethod.Post, "Users", EntraRequests.Create(name, "E-1"));

        var cut = await cutAsync(CreateAsync);
        Assert.Contains(cut.Status, (int[])[201, 503]);
        var again = await CreateAsync();

        var id = Assert.Single(await cloud.FoundAsync($"userName eq \"{name}\""));
        if (again.Status == 201)
        {
            Assert.Equal(id, again.Scim(201).Id());
        }
        else
        {
            again.ScimError(409, "uniqueness");
        }

        Assert.Equal([id], await cloud.FoundAsync($"emails.value eq \"{name}\""));
        Assert.Equal([AuditActions.UserProvisioned], await cloud.ActionsAsync(id));
        var documents = await cloud.Test.DocumentsAsync(TestCloud.Tenant, id);
        Assert.Equal(["audit", "claim", "user"], documents.Values.Select(document => document.GetProperty("type").GetString()).Order());
        Assert.Equal(name, (await cloud.UserAsync(id)).Text("email"));
    });

    [Theory]
    [InlineData(FaultStage.Before)]
    [InlineData(FaultStage.After)]
    public Task I4_a_patch_that_is_sent_again_changes_once(FaultStage stage) => CutEverywhereAsync(stage, async cutAsync =>
    {
        var (user, renamed) = (await cloud.ProvisionedAsync(), ScimTest.NewName());
        Task<RawAnswer> RenameAsync() => cloud.ScimAsync(HttpMethod.Patch, $"Users/{user.Id()}", EntraRequests.Rename(renamed));

        Assert.Contains((await cutAsync(RenameAsync)).Status, (int[])[200, 503]);
        Assert.Equal(renamed, (await RenameAsync()).Scim(200).Text("userName"));

        Assert.Equal([user.Id()], await cloud.FoundAsync($"userName eq \"{renamed}\""));
        Assert.Single(await cloud.ActionsAsync(user.Id()), AuditActions.UserChanged);

        // What it was called before is free for somebody else.
        await cloud.ProvisionedAsync(user.Text("userName"));
    });

    [Theory]
    [InlineData(FaultStage.Before)]
    [InlineData(FaultStage.After)]
    public Task I4_a_suspension_that_is_sent_again_suspends_once(FaultStage stage) => CutEverywhereAsync(stage, async cutAsync =>
    {
        var user = await cloud.ProvisionedAsync();
        Task<RawAnswer> DisableAsync() => cloud.ScimAsync(HttpMethod.Patch, $"Users/{user.Id()}", EntraRequests.Disable);

        Assert.Contains((await cutAsync(DisableAsync)).Status, (int[])[200, 503]);
        Assert.False((await DisableAsync()).Scim(200).GetProperty("active").GetBoolean());

        Assert.Equal("suspended", (await cloud.UserAsync(user.Id())).Text("state"));
        Assert.Single(await cloud.ActionsAsync(user.Id()), AuditActions.UserSuspended);
    });

    [Theory]
    [InlineData(FaultStage.Before)]
    [InlineData(FaultStage.After)]
    public Task I4_a_deletion_that_is_sent_again_is_a_departure_with_all_accounts(FaultStage stage) => CutEverywhereAsync(stage, async cutAsync =>
    {
        var user = await cloud.Test.NewUserAsync(phones: 1, accounts: 2);
        Task<RawAnswer> DeleteAsync() => cloud.ScimAsync(HttpMethod.Delete, $"Users/{user.UserId}");

        Assert.Contains((await cutAsync(DeleteAsync)).Status, (int[])[204, 503]);
        Assert.Contains((await DeleteAsync()).Status, (int[])[204, 404]);

        Assert.Equal("left", (await cloud.UserAsync(user.UserId)).Text("state"));
        await cloud.Test.UntilAsync(
            async () =>
            {
                await cloud.Test.ResumeAsync();
                return (await cloud.Test.DocumentsAsync(user, "c.type = 'account'")).Count == 0 ? cloud : null;
            },
            "the accounts are gone");
        var actions = await cloud.ActionsAsync(user.UserId);
        Assert.Single(actions, AuditActions.UserLeft);
        Assert.Single(actions, AuditActions.DepartureRequested);
    });

    /// <summary>Runs a story over and over, cut off at the first request, the second, and so on, until there is none more.</summary>
    private async Task CutEverywhereAsync(FaultStage stage, Func<Func<Func<Task<RawAnswer>>, Task<RawAnswer>>, Task> storyAsync)
    {
        for (var at = 1; at <= Most; at++)
        {
            var wasCut = false;
            await storyAsync(async callAsync =>
            {
                var requests = 0;
                cloud.Test.Traffic.Hook = (request, when) =>
                    when == stage && request.StandIn == "cosmos" && request.Operation != "account"
                    && request.Caller.Contains("BlokSec.Functions", StringComparison.Ordinal) && Interlocked.Increment(ref requests) == at
                        ? throw new OperationCanceledException("The connection breaks here.")
                        : Task.CompletedTask;
                try
                {
                    return await callAsync();
                }
                finally
                {
                    cloud.Test.Traffic.Hook = null;
                    wasCut = requests >= at;
                }
            });
            if (!wasCut)
            {
                Assert.True(at > 2);
                return;
            }
        }

        Assert.Fail($"More than {Most} requests.");
    }
}
