using BlokSec.Contracts;
using BlokSec.Functions.Bulk;
using BlokSec.Functions.Identities;
using BlokSec.Functions.Tests.Infrastructure;
using BlokSec.Functions.Tests.Users;
using BlokSec.Local.Faults;
using Microsoft.Azure.Cosmos;
using static BlokSec.Functions.Tests.Bulk.BulkTest;

namespace BlokSec.Functions.Tests.Bulk;

public sealed class BulkOperationTests(OpenCloud cloud) : IClassFixture<OpenCloud>
{
    private readonly TestCloud test = cloud.Test;

    [Fact]
    public async Task I4_I6_Many_users_are_unregistered_each_once_and_each_gets_a_claim()
    {
        var users = await test.UsersAsync(BulkPortion.MaxUsers + 8);
        var untouched = await test.NewUserAsync();
        var before = await test.TextAsync(untouched);
        var planned = await cloud.PlannedAsync("unregister", users.Select(user => user.UserId).Append("nobody"));
        var plan = planned.GetProperty("plan");

        Assert.Equal((108, 108, 108, 108, 1), (Plan("users"), Plan("devices"), Plan("accounts"), Plan("lockedOut"), Plan("skipped")));
        Assert.Equal("unregister 108 users", plan.GetProperty("confirmation").GetString());
        (await cloud.StartAsync(planned, confirmation: "unregister 107 users")).Problem(400, ProblemCodes.ConfirmationMismatch);
        (await cloud.StartAsync(planned, hash: "another")).Problem(409, ProblemCodes.PlanStale);
        Assert.Equal(DidState.Active, (await test.UserDocumentAsync(users[0])).DidState);

        var started = await cloud.StartAsync(planned);
        Assert.Equal(202, started.Status);
        Assert.EndsWith($"/api/bulk-operations/{IdOf(planned)}", started.Headers.GetValues("Operation-Location").Single(), StringComparison.Ordinal);
        Assert.Equal(200, (await cloud.StartAsync(planned)).Status);
        var ended = await cloud.InStateAsync(IdOf(planned), "succeeded");

        Assert.Equal((108, 0, 0), Numbers(ended));
        foreach (var user in users)
        {
            var operation = Assert.Single(await test.AllAsync<OperationDocument>(user, OperationDocument.DocumentType));
            Assert.Equal((IdOf(planned), "Stolen from the depot"), (operation.BulkOperationId, operation.Reason));
            await test.UntilAsync(
                async () => (await test.AllAsync<ClaimDocument>(user, ClaimDocument.DocumentType)).Count == 1 ? user : null, "the user has a claim");
            Assert.Single(await test.AuditAsync(user), entry => entry.Action == AuditActions.UserUnregistered && entry.After?["bulkOperationId"] == IdOf(planned));
        }

        Assert.Equal(before, await test.TextAsync(untouched));
        Assert.Equal(["bulk.planned", "bulk.started", "bulk.finished"], await test.BulkAuditAsync(IdOf(planned)));

        int Plan(string name) => plan.GetProperty(name).GetInt32();
    }

    [Fact]
    public async Task Only_the_devices_of_the_plan_are_removed_and_it_counts_who_is_locked_out()
    {
        var (two, one) = (await test.NewUserAsync(phones: 2), await test.NewUserAsync(phones: 1));
        await test.PatchAsync(two, DeviceDocument.IdOf(two.DeviceIds[0]), PatchOperation.Set("/osVersion", "7.1"));
        await test.PatchAsync(two, DeviceDocument.IdOf(two.DeviceIds[1]), PatchOperation.Set("/osVersion", "71"));
        await test.PatchAsync(one, DeviceDocument.IdOf(one.DeviceIds[0]), PatchOperation.Set("/osVersion", "7"));

        var planned = await cloud.PlannedAsync("removeDevices", [two.UserId, one.UserId], ""","devices":{"osVersion":"7"}""");
        var plan = planned.GetProperty("plan");
        Assert.Equal("remove 2 devices", plan.GetProperty("confirmation").GetString());
        Assert.Equal(1, plan.GetProperty("lockedOut").GetInt32());
        await cloud.StartAsync(planned);
        var ended = await cloud.InStateAsync(IdOf(planned), "succeeded");

        Assert.Equal(2, ended.GetProperty("progress").GetProperty("devices").GetInt32());
        Assert.Equal([two.DeviceIds[0]], (await test.AllAsync<RevocationDocument>(two, RevocationDocument.DocumentType)).Select(revocation => revocation.DeviceId));
        Assert.Equal([one.DeviceIds[0]], (await test.AllAsync<RevocationDocument>(one, RevocationDocument.DocumentType)).Select(revocation => revocation.DeviceId));
    }

    [Fact]
    public async Task A_filter_about_devices_finds_only_those_users_and_its_plan_touches_nobody_else()
    {
        var (old, young) = (await test.NewUserAsync(), await test.NewUserAsync());
        await test.PatchAsync(old, DeviceDocument.IdOf(old.DeviceIds[0]), PatchOperation.Set("/lastActiveAt", test.Time.GetUtcNow().AddDays(-400)));
        var answer = await cloud.PlanAsync("unregister", """{"filter":{"unusedDays":399}}""");
        var planned = await cloud.InStateAsync(answer.Json.GetProperty("bulkOperationId").GetString()!, "planned");

        var users = (await cloud.UsersAsync(IdOf(planned))).Select(user => user.GetProperty("userId").GetString());

        Assert.Contains(old.UserId, users);
        Assert.DoesNotContain(young.UserId, users);
    }

    [Fact]
    public async Task All_that_a_filter_finds_are_suspended_and_who_comes_later_is_not()
    {
        var name = UserTest.Unique("many");
        var users = new List<string>();
        for (var number = 0; number < 3; number++)
        {
            users.Add(await cloud.InvitedAsync($"{name}.{number}@example.com"));
        }

        await cloud.SuspendAsync(users[0]);
        var answer = await cloud.PlanAsync("suspend", $$$"""{"filter":{"search":"{{{name}}}"}}""");
        Assert.Equal(201, answer.Status);
        var planned = await cloud.InStateAsync(IdOf(answer.Json), "planned");
        Assert.Equal("suspend 2 users", planned.GetProperty("plan").GetProperty("confirmation").GetString());
        var late = await cloud.InvitedAsync($"{name}.late@example.com");
        await cloud.SuspendAsync(users[1]);
        await cloud.StartAsync(planned);
        var ended = await cloud.InStateAsync(IdOf(planned), "succeeded");

        Assert.Equal((1, 1, 0), Numbers(ended));
        Assert.Equal("suspended", (await cloud.UserAsync(users[2])).GetProperty("state").GetString());
        Assert.NotEqual("suspended", (await cloud.UserAsync(late)).GetProperty("state").GetString());
    }

    [Fact]
    public async Task I5_Who_was_unregistered_meanwhile_is_skipped_who_enrolled_again_or_cannot_be_read_is_passed_over()
    {
        var users = await test.UsersAsync(4);
        var planned = await cloud.PlannedAsync("unregister", users.Select(user => user.UserId));
        var first = await cloud.Api.SendAsync(
            cloud.Admin, HttpMethod.Post, $"users/{users[0].UserId}/unregistration", """{"confirmation":"unregister all devices"}""");
        Assert.Equal(202, first.Status);
        await test.PatchAsync(users[1], UserDocument.DocumentId, PatchOperation.Increment("/epoch", 1));
        await test.PatchAsync(users[2], UserDocument.DocumentId, PatchOperation.Set("/schemaVersion", 99), PatchOperation.Set("/epoch", "unreadable"));

        await cloud.StartAsync(planned);
        var ended = await cloud.InStateAsync(IdOf(planned), "succeeded");

        Assert.Equal((1, 1, 2), Numbers(ended));
        var failed = (await cloud.UsersAsync(IdOf(planned), "failed")).ToDictionary(user => user.GetProperty("userId").GetString()!, user => user.GetProperty("code").GetString());
        Assert.Equal((ProblemCodes.PlanStale, ProblemCodes.ServiceUpdating), (failed[users[1].UserId], failed[users[2].UserId]));
        Assert.Equal(4, (await cloud.UsersAsync(IdOf(planned))).Count);
    }

    [Fact]
    public async Task A_plan_is_stale_after_its_time_and_a_stopped_one_is_never_started()
    {
        var user = await test.NewUserAsync();
        var planned = await cloud.PlannedAsync("unregister", [user.UserId]);
        var document = new TestUser(TestCloud.Tenant, BulkDocument.KeyOf(TestCloud.Tenant).UserId, [], []);
        await test.PatchAsync(document, BulkDocument.IdOf(IdOf(planned)), PatchOperation.Set("/plannedAt", test.Time.GetUtcNow().AddMinutes(-61)));

        (await cloud.StartAsync(planned)).Problem(409, ProblemCodes.PlanStale);
        Assert.Equal(200, (await cloud.MoveAsync(planned, "stop")).Status);
        Assert.Equal(200, (await cloud.MoveAsync(planned, "stop")).Status);
        (await cloud.MoveAsync(planned, "resume")).Problem(409, ProblemCodes.Conflict);
        var nobody = await cloud.PlannedAsync("unregister", ["nobody"]);
        (await cloud.StartAsync(nobody)).Problem(409, ProblemCodes.Conflict);
        Assert.Equal(DidState.Active, (await test.UserDocumentAsync(user)).DidState);
    }

    [Fact]
    public async Task The_result_is_text_to_a_spreadsheet_and_its_export_is_audited()
    {
        var email = $"{UserTest.Unique("formula")}@example.com";
        var invited = await cloud.Api.SendAsync(cloud.Admin, HttpMethod.Post, "users", $$"""{"givenName":"=1+1","familyName":"a, b","email":"{{email}}"}""");
        var planned = await cloud.PlannedAsync("suspend", [invited.Json.GetProperty("userId").GetString()!]);
        await cloud.StartAsync(planned);
        await cloud.InStateAsync(IdOf(planned), "succeeded");
        foreach (var status in (int[])[503, 409])
        {
            using var fault = test.Traffic.Add(new FaultRule { StandIn = "cosmos", Operation = "batch", Contains = "~bulk", Status = status });
            (await cloud.Api.SendAsync(cloud.Admin, HttpMethod.Get, $"bulk-operations/{IdOf(planned)}/result.csv")).Problem(503, ProblemCodes.Unavailable);
        }

        var lines = (await cloud.Api.SendAsync(cloud.Admin, HttpMethod.Get, $"bulk-operations/{IdOf(planned)}/result.csv")).Text.Split("\r\n");

        Assert.Contains($",\"'=1+1 a, b\",{email},0,0,true,false,done,", lines[1], StringComparison.Ordinal);
        Assert.Contains("bulk.exported", await test.BulkAuditAsync(IdOf(planned)));
    }

    [Fact]
    public async Task I9_Another_tenants_bulk_operation_does_not_exist_a_reader_changes_nothing_and_suspending_needs_its_role()
    {
        var user = await test.NewUserAsync();
        var planned = await cloud.PlannedAsync("unregister", [user.UserId]);
        (await cloud.StartAsync(planned, token: cloud.Neighbour)).Problem(404, ProblemCodes.NotFound);
        (await cloud.StartAsync(planned, token: cloud.Reader)).Problem(403, ProblemCodes.Forbidden);
        foreach (var how in (string[])["pause", "resume", "stop"])
        {
            (await cloud.MoveAsync(planned, how, cloud.Neighbour)).Problem(404, ProblemCodes.NotFound);
            (await cloud.MoveAsync(planned, how, cloud.Reader)).Problem(403, ProblemCodes.Forbidden);
        }

        foreach (var path in (string[])["", "/users", "/result.csv"])
        {
            (await cloud.Api.SendAsync(cloud.Neighbour, HttpMethod.Get, $"bulk-operations/{IdOf(planned)}{path}")).Problem(404, ProblemCodes.NotFound);
        }

        var strangers = await cloud.PlanAsync("unregister", $$"""{"userIds":["{{user.UserId}}"]}""", token: cloud.Neighbour);
        Assert.Equal(201, strangers.Status);
        var found = await test.UntilAsync(
            async () => await cloud.Api.SendAsync(cloud.Neighbour, HttpMethod.Get, $"bulk-operations/{IdOf(strangers.Json)}") is { Status: 200 } answer
                && answer.Json.GetProperty("state").GetString() == "planned" ? answer : null,
            "the neighbor's plan is there");
        Assert.Equal(0, found.Json.GetProperty("plan").GetProperty("users").GetInt32());

        var devicesOnly = cloud.Issuer.Token(new TokenClaims { Subject = "dora", Roles = ["Devices.Manage"] });
        (await cloud.PlanAsync("suspend", $$"""{"userIds":["{{user.UserId}}"]}""", token: devicesOnly)).Problem(403, ProblemCodes.Forbidden);
    }

    [Fact]
    public async Task What_is_no_selection_is_refused_and_the_same_key_is_the_same_plan()
    {
        (await cloud.PlanAsync("unregister", "{}")).Problem(400, ProblemCodes.InvalidRequest);
        (await cloud.PlanAsync("unregister", """{"userIds":[]}""")).Problem(400, ProblemCodes.InvalidRequest);
        (await cloud.PlanAsync("unregister", """{"userIds":["a"],"filter":{}}""")).Problem(400, ProblemCodes.InvalidRequest);
        (await cloud.PlanAsync("suspend", """{"userIds":["a"]}""", ""","devices":{}""")).Problem(400, ProblemCodes.InvalidRequest);
        var key = UserTest.Unique("key");
        var first = await cloud.PlanAsync("unregister", """{"userIds":["a"]}""", key: key);
        var again = await cloud.PlanAsync("unregister", """{"userIds":["a"]}""", key: key);
        Assert.Equal((201, 200), (first.Status, again.Status));
        Assert.Equal(IdOf(first.Json), IdOf(again.Json));
        (await cloud.PlanAsync("unregister", """{"userIds":["b"]}""", key: key)).Problem(422, ProblemCodes.IdempotencyKeyReused);
    }
}
