using BlokSec.Contracts;
using BlokSec.Functions.Identities;
using BlokSec.Functions.Tests.Infrastructure;
using Microsoft.Azure.Cosmos;

namespace BlokSec.Functions.Tests.Policies;

/// <summary>A second administrator agrees before it is done, where the policy says so: and nobody gets round it.</summary>
public sealed class SecondPersonTests(SecondPersonCloud cloud) : IClassFixture<SecondPersonCloud>
{
    [Fact]
    public async Task A_device_of_an_administrator_is_removed_once_another_administrator_agreed()
    {
        var tenant = await cloud.TenantAsync();
        var user = await cloud.AdministratorAsync(tenant, "boss");
        var (alice, amir) = (cloud.Person(tenant, "alice"), cloud.Person(tenant, "amir"));

        var refused = await cloud.RemoveAsync(alice, user);
        var asked = refused.Problem(403, ProblemCodes.SecondPersonRequired).GetProperty("approvalId").GetString()!;
        Assert.Equal(asked, (await cloud.RemoveAsync(alice, user)).Problem(403, ProblemCodes.SecondPersonRequired).GetProperty("approvalId").GetString());
        var listed = Assert.Single((await cloud.Api.SendAsync(amir, HttpMethod.Get, "approvals")).Json.GetProperty("approvals").EnumerateArray().ToArray());
        Assert.Equal(("pending", true), (listed.GetProperty("state").GetString(), listed.GetProperty("canDecide").GetBoolean()));
        Assert.Equal($"Remove device {user.DeviceIds[0]} of Test Person", listed.GetProperty("summary").GetString());
        Assert.False((await cloud.Api.SendAsync(alice, HttpMethod.Get, "approvals")).Json.GetProperty("approvals")[0].GetProperty("canDecide").GetBoolean());

        Assert.Equal(200, (await cloud.DecideAsync(amir, asked)).Status);
        var done = await cloud.RemoveAsync(alice, user);

        Assert.Equal(202, done.Status);
        var history = await cloud.Test.AuditAsync(user);
        Assert.Equal(["approval.requested", "approval.granted", "device.removed"], history.Select(entry => entry.Action).Where(action => action.StartsWith("approval", StringComparison.Ordinal) || action == "device.removed"));
        Assert.Equal(["alice", "amir", "alice"], history.Where(entry => entry.Actor.Kind == AuditActorKinds.Administrator).Select(entry => entry.Actor.Id));
    }

    [Fact]
    public async Task An_approval_counts_for_exactly_what_was_asked_and_by_whom()
    {
        var tenant = await cloud.TenantAsync();
        var user = await cloud.AdministratorAsync(tenant, "boss");
        var (alice, amir, eve) = (cloud.Person(tenant, "alice"), cloud.Person(tenant, "amir"), cloud.Person(tenant, "eve"));
        var asked = (await cloud.RemoveAsync(alice, user)).Json.GetProperty("approvalId").GetString()!;
        Assert.Equal(200, (await cloud.DecideAsync(amir, asked)).Status);

        Assert.Equal(403, (await cloud.RemoveAsync(alice, user, phone: 1)).Status);
        Assert.Equal(403, (await cloud.RemoveAsync(alice, user, reason: "Another reason")).Status);
        Assert.Equal(403, (await cloud.RemoveAsync(eve, user)).Status);
        Assert.Equal(403, (await UnregisterAsync(alice, user)).Status);
        Assert.Equal(202, (await cloud.RemoveAsync(alice, user)).Status);
    }

    [Fact]
    public async Task Two_accounts_of_one_person_a_bystander_the_one_it_is_about_and_another_tenant_cannot_agree()
    {
        var tenant = await cloud.TenantAsync();
        var user = await cloud.AdministratorAsync(tenant, "boss");
        var asked = (await cloud.RemoveAsync(cloud.Person(tenant, "alice"), user)).Json.GetProperty("approvalId").GetString()!;

        foreach (var token in (string[])
        [
            cloud.Person(tenant, "alice"),
            cloud.Person(tenant, "alice-2", "ALICE@contoso.example"),
            cloud.Person(tenant, "boss-2", "boss@contoso.example"),
            cloud.Person(tenant, "rob", roles: ["Users.Read"]),
            cloud.Person(tenant, "ursula", roles: ["Users.Read", "Users.Manage"]),
        ])
        {
            (await cloud.DecideAsync(token, asked)).Problem(403, ProblemCodes.NotSecondPerson);
            Assert.Equal(403, (await cloud.DecideAsync(token, asked, approve: false)).Status);
        }

        (await cloud.DecideAsync(cloud.Person("fabrikam", "felix"), asked)).Problem(404, ProblemCodes.NotFound);
        Assert.Empty((await cloud.Api.SendAsync(cloud.Person("fabrikam", "felix"), HttpMethod.Get, "approvals")).Json.GetProperty("approvals").EnumerateArray());
        (await cloud.DecideAsync(cloud.Person(tenant, "old", signedInAgo: TimeSpan.FromHours(1)), asked)).Problem(401, ProblemCodes.InsufficientUserAuthentication);
        Assert.Equal(403, (await cloud.RemoveAsync(cloud.Person(tenant, "alice"), user)).Status);
    }

    [Theory]
    [InlineData("departure", """{"confirmation":"remove accounts","reason":"Leaves"}""", 202)]
    [InlineData("accounts/removal", """{"confirmation":"remove accounts","applicationId":"{application}","reason":"Moved"}""", 202)]
    [InlineData("accounts/{account}", null, 204)]
    public async Task Accounts_of_an_administrator_are_removed_once_another_administrator_agreed(string route, string? body, int status)
    {
        var tenant = await cloud.TenantAsync();
        var user = await cloud.AdministratorAsync(tenant, "boss");
        var (alice, amir) = (cloud.Person(tenant, "alice"), cloud.Person(tenant, "amir"));
        var account = Assert.Single(await cloud.Test.AllAsync<AccountDocument>(user, AccountDocument.DocumentType));

        var asked = (await RemoveAsync()).Problem(403, ProblemCodes.SecondPersonRequired).GetProperty("approvalId").GetString()!;
        Assert.Equal(asked, (await RemoveAsync()).Json.GetProperty("approvalId").GetString());
        Assert.Single(await cloud.Test.AllAsync<AccountDocument>(user, AccountDocument.DocumentType));
        Assert.Equal(200, (await cloud.DecideAsync(amir, asked)).Status);

        var done = await RemoveAsync();
        Assert.True(done.Status == status, done.Text);

        Task<RawAnswer> RemoveAsync() => cloud.Api.SendAsync(
            alice,
            body is null ? HttpMethod.Delete : HttpMethod.Post,
            $"users/{user.UserId}/{route.Replace("{account}", account.AccountId, StringComparison.Ordinal)}",
            body?.Replace("{application}", account.ApplicationId, StringComparison.Ordinal),
            ("Idempotency-Key", $"one-{user.UserId}"));
    }

    [Fact]
    public async Task An_application_is_no_second_person()
    {
        var tenant = await cloud.TenantAsync();
        var user = await cloud.AdministratorAsync(tenant, "boss");
        var alice = cloud.Person(tenant, "alice");
        var asked = (await cloud.RemoveAsync(alice, user)).Json.GetProperty("approvalId").GetString()!;

        foreach (var approve in (bool[])[true, false])
        {
            (await cloud.DecideAsync(cloud.Application(tenant), asked, approve)).Problem(403, ProblemCodes.NotSecondPerson);
        }

        Assert.Equal(403, (await cloud.RemoveAsync(alice, user)).Status);
        Assert.Equal(200, (await cloud.DecideAsync(cloud.Person(tenant, "amir"), asked)).Status);
    }

    [Fact]
    public async Task What_was_refused_or_is_over_is_not_done_and_is_decided_no_more()
    {
        var tenant = await cloud.TenantAsync(within: 5);
        var user = await cloud.AdministratorAsync(tenant, "boss");
        var (alice, amir) = (cloud.Person(tenant, "alice"), cloud.Person(tenant, "amir"));
        var asked = (await cloud.RemoveAsync(alice, user)).Json.GetProperty("approvalId").GetString()!;
        Assert.Equal(200, (await cloud.DecideAsync(amir, asked, approve: false)).Status);
        Assert.Equal(200, (await cloud.DecideAsync(amir, asked, approve: false)).Status);
        (await cloud.DecideAsync(amir, asked)).Problem(409, ProblemCodes.ApprovalEnded);
        Assert.Equal("denied", (await cloud.Api.SendAsync(amir, HttpMethod.Get, "approvals")).Json.GetProperty("approvals")[0].GetProperty("state").GetString());

        // Asked again, it is a new request.
        Assert.Equal(asked, (await cloud.RemoveAsync(alice, user)).Problem(403, ProblemCodes.SecondPersonRequired).GetProperty("approvalId").GetString());
        Assert.Equal(200, (await cloud.DecideAsync(amir, asked)).Status);
        cloud.Test.Time.Advance(TimeSpan.FromMinutes(6));

        Assert.Equal(403, (await cloud.RemoveAsync(alice, user)).Status);
        Assert.Equal(2, (await cloud.Test.AuditAsync(user)).Count(entry => entry.Action == "approval.requested") - 1);
    }

    [Fact]
    public async Task Both_at_once_one_agrees_and_the_other_refuses_and_one_of_them_counts()
    {
        var tenant = await cloud.TenantAsync();
        var user = await cloud.AdministratorAsync(tenant, "boss");
        var asked = (await cloud.RemoveAsync(cloud.Person(tenant, "alice"), user)).Json.GetProperty("approvalId").GetString()!;

        var decided = await Task.WhenAll(
            cloud.DecideAsync(cloud.Person(tenant, "amir"), asked), cloud.DecideAsync(cloud.Person(tenant, "anna"), asked, approve: false));

        Assert.Equal([200, 409], decided.Select(answer => answer.Status).Order());
        Assert.Equal(decided[0].Status == 200 ? 202 : 403, (await cloud.RemoveAsync(cloud.Person(tenant, "alice"), user)).Status);
    }

    [Fact]
    public async Task Users_who_are_no_administrators_and_tenants_without_the_policy_wait_for_nobody()
    {
        var tenant = await cloud.TenantAsync();
        await cloud.AdministratorAsync(tenant, "boss");
        Assert.Equal(202, (await cloud.RemoveAsync(cloud.Person(tenant, "alice"), await cloud.Test.NewUserAsync(phones: 2, tenantId: tenant))).Status);

        var without = await cloud.TenantAsync(forAdministrators: false);
        Assert.Equal(202, (await cloud.RemoveAsync(cloud.Person(without, "alice"), await cloud.AdministratorAsync(without, "boss"))).Status);
    }

    [Fact]
    public async Task Nobody_switches_it_off_alone()
    {
        var tenant = await cloud.TenantAsync(forMany: true, forAdministrators: false);
        var (alice, amir) = (cloud.Person(tenant, "alice"), cloud.Person(tenant, "amir"));
        var etag = (await cloud.Api.SendAsync(alice, HttpMethod.Get, "policies")).Json.GetProperty("eTag").GetString()!;

        var asked = (await cloud.PutAsync(alice, etag, forMany: false, forAdministrators: false)).Problem(403, ProblemCodes.SecondPersonRequired);
        Assert.True((await cloud.Api.SendAsync(alice, HttpMethod.Get, "policies")).Json.GetProperty("policies").GetProperty("secondPerson").GetProperty("forMany").GetBoolean());
        Assert.Equal(200, (await cloud.DecideAsync(amir, asked.GetProperty("approvalId").GetString()!)).Status);

        Assert.Equal(403, (await cloud.PutAsync(alice, etag, forMany: false, forAdministrators: false, within: 30)).Status);
        Assert.Equal(200, (await cloud.PutAsync(alice, etag, forMany: false, forAdministrators: false)).Status);
    }

    [Fact]
    public async Task Nobody_acts_on_an_administrator_with_a_role_that_they_lack()
    {
        var tenant = await cloud.TenantAsync(forAdministrators: false);
        var user = await cloud.AdministratorAsync(tenant, "boss", ["Users.Read", "Policies.Manage"]);
        var helper = cloud.Person(tenant, "helper", roles: ["Users.Read", "Devices.Manage"]);

        (await cloud.RemoveAsync(helper, user)).Problem(403, ProblemCodes.Forbidden);
        (await UnregisterAsync(helper, user)).Problem(403, ProblemCodes.Forbidden);

        Assert.Equal(202, (await cloud.RemoveAsync(cloud.Person(tenant, "alice"), user)).Status);
    }

    [Fact]
    public async Task An_approval_is_never_found_in_the_place_of_another_users()
    {
        var tenant = await cloud.TenantAsync();
        var (one, other) = (await cloud.AdministratorAsync(tenant, "boss"), await cloud.AdministratorAsync(tenant, "chief"));
        var (alice, amir) = (cloud.Person(tenant, "alice"), cloud.Person(tenant, "amir"));
        var asked = (await UnregisterAsync(alice, one)).Problem(403, ProblemCodes.SecondPersonRequired).GetProperty("approvalId").GetString()!;
        var askedOfOther = (await UnregisterAsync(alice, other)).Problem(403, ProblemCodes.SecondPersonRequired).GetProperty("approvalId").GetString()!;

        Assert.NotEqual(asked, askedOfOther);
        Assert.Equal(200, (await cloud.DecideAsync(amir, asked)).Status);
        Assert.Equal(403, (await UnregisterAsync(alice, other)).Status);
        Assert.Equal(202, (await UnregisterAsync(alice, one)).Status);
    }

    [Fact]
    public async Task An_approval_to_suspend_is_for_one_suspension()
    {
        var tenant = await cloud.TenantAsync();
        var user = await cloud.AdministratorAsync(tenant, "boss");
        var (alice, amir) = (cloud.Person(tenant, "alice"), cloud.Person(tenant, "amir"));
        var asked = (await SuspendAsync()).Problem(403, ProblemCodes.SecondPersonRequired).GetProperty("approvalId").GetString()!;
        Assert.Equal(200, (await cloud.DecideAsync(amir, asked)).Status);
        Assert.Equal(204, (await SuspendAsync()).Status);
        Assert.Equal(204, (await SuspendAsync()).Status);
        Assert.Equal(204, (await cloud.Api.SendAsync(amir, HttpMethod.Post, $"users/{user.UserId}/reactivation", "{}")).Status);

        (await SuspendAsync()).Problem(403, ProblemCodes.SecondPersonRequired);

        Task<RawAnswer> SuspendAsync() => cloud.Api.SendAsync(alice, HttpMethod.Post, $"users/{user.UserId}/suspension", """{"reason":"Checked"}""");
    }

    [Fact]
    public async Task What_was_agreed_to_on_hold_is_not_done_at_once()
    {
        var tenant = await cloud.TenantAsync();
        var user = await cloud.AdministratorAsync(tenant, "boss");
        var (alice, amir) = (cloud.Person(tenant, "alice"), cloud.Person(tenant, "amir"));
        var asked = (await cloud.RemoveAsync(alice, user)).Json.GetProperty("approvalId").GetString()!;
        Assert.Equal(200, (await cloud.DecideAsync(amir, asked)).Status);

        foreach (var further in (string[])[""","immediately":true""", ""","lostSince":"2026-01-01T00:00:00Z" """])
        {
            var answer = await cloud.Api.SendAsync(
                alice,
                HttpMethod.Post,
                $"users/{user.UserId}/devices/{user.DeviceIds[0]}/removal",
                $$"""{"confirmation":"remove device","reason":"Lost"{{further}}}""");
            answer.Problem(403, ProblemCodes.SecondPersonRequired);
        }
    }

    [Fact]
    public async Task An_administrators_protection_does_not_go_with_the_address_nor_stop_at_the_claim()
    {
        var tenant = await cloud.TenantAsync(forAdministrators: false);
        var helper = cloud.Person(tenant, "helper", roles: ["Users.Read", "Users.Manage", "Devices.Manage"]);
        var user = await cloud.AdministratorAsync(tenant, "boss", ["Users.Read", "Policies.Manage"]);

        (await ChangeAddressAsync(helper, user, "nobody@contoso.example")).Problem(403, ProblemCodes.Forbidden);
        await cloud.Test.PatchAsync(user, "user", PatchOperation.Set("/emailKey", "else@contoso.example"));
        await cloud.Test.PatchAsync(user, "user", PatchOperation.Set("/userNameKey", "boss@contoso.example"));
        (await cloud.RemoveAsync(helper, user)).Problem(403, ProblemCodes.Forbidden);

        var invited = await cloud.Api.SendAsync(
            helper, HttpMethod.Post, "users", """{"givenName":"A","familyName":"B","email":"boss@contoso.example"}""");
        Assert.Equal(201, invited.Status);
        Assert.DoesNotContain("#", invited.Text, StringComparison.Ordinal);
        var (userId, claimId) = (invited.Json.GetProperty("userId").GetString(), invited.Json.GetProperty("claim").GetProperty("claimId").GetString());
        (await cloud.Api.SendAsync(helper, HttpMethod.Get, $"users/{userId}/claim/qr")).Problem(403, ProblemCodes.Forbidden);
        (await cloud.Api.SendAsync(helper, HttpMethod.Post, $"users/{userId}/claim/sending", $$"""{"claimId":"{{claimId}}"}""")).Problem(403, ProblemCodes.Forbidden);
        Assert.DoesNotContain("#", (await cloud.Api.SendAsync(helper, HttpMethod.Get, $"users/{userId}/claim")).Text, StringComparison.Ordinal);
        Assert.DoesNotContain("#", (await cloud.Api.SendAsync(helper, HttpMethod.Get, $"users/{userId}")).Text, StringComparison.Ordinal);
        Assert.Contains("#", (await cloud.Api.SendAsync(cloud.Person(tenant, "alice"), HttpMethod.Get, $"users/{userId}")).Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_address_of_an_administrator_changes_once_another_administrator_agreed()
    {
        var tenant = await cloud.TenantAsync();
        var user = await cloud.AdministratorAsync(tenant, "boss");
        var (alice, amir) = (cloud.Person(tenant, "alice"), cloud.Person(tenant, "amir"));
        var asked = (await ChangeAddressAsync(alice, user, "boss@fabrikam.example")).Problem(403, ProblemCodes.SecondPersonRequired);
        Assert.Equal(200, (await cloud.DecideAsync(amir, asked.GetProperty("approvalId").GetString()!)).Status);

        (await ChangeAddressAsync(alice, user, "boss@tailspin.example")).Problem(403, ProblemCodes.SecondPersonRequired);
        Assert.Equal(204, (await ChangeAddressAsync(alice, user, "boss@fabrikam.example")).Status);
    }

    [Fact]
    public async Task Limits_are_not_lifted_in_the_shadow_of_another_change()
    {
        var tenant = await cloud.TenantAsync(forAdministrators: false);
        var alice = cloud.Person(tenant, "alice");
        await ScopesAsync("""[{"subject":"s1","departments":["A"]},{"subject":"s2","departments":["B"]}]""");

        await ScopesAsync("""[{"subject":"s1: A; s2","departments":["B"]}]""");
        var entries = (await cloud.Api.SendAsync(alice, HttpMethod.Get, "audit?action=policies.changed")).Json.GetProperty("entries");
        Assert.Equal("""{"s1: A; s2":["B"]}""", entries[0].GetProperty("after").GetProperty("scopes").GetString());

        async Task ScopesAsync(string scopes)
        {
            var seen = await cloud.Api.SendAsync(alice, HttpMethod.Get, "policies");
            var body = $$"""
                {"identityCheck":{"required":false,"ways":[]},"claims":{"screenMinutes":10,"sentHours":24},"holdMinutes":0,
                 "secondPerson":{"forMany":false,"forAdministrators":false,"withinMinutes":60},"scopes":{{scopes}}}
                """;
            var answer = await cloud.Api.SendAsync(alice, HttpMethod.Put, "policies", body, ("If-Match", seen.Json.GetProperty("eTag").GetString()!));
            Assert.True(answer.Status == 200, answer.Text);
        }
    }

    [Fact]
    public async Task Many_at_once_that_were_paused_go_on_once_another_administrator_agreed()
    {
        var tenant = await cloud.TenantAsync(forAdministrators: false);
        var (alice, amir) = (cloud.Person(tenant, "alice"), cloud.Person(tenant, "amir"));
        var (address, start) = await cloud.PlannedAsync(alice, await cloud.Test.NewUserAsync(tenantId: tenant));
        Assert.Equal(202, (await cloud.Api.SendAsync(alice, HttpMethod.Post, $"{address}/start", start)).Status);
        await cloud.Test.UntilAsync(
            async () => (await cloud.Api.SendAsync(alice, HttpMethod.Get, address)).Json.GetProperty("state").GetString() == "succeeded" ? address : null, "it is done");
        using var paused = await cloud.Test.Cloud.Container.PatchItemStreamAsync(
            $"bulkOperation:{address.Split('/')[1]}",
            new PartitionKeyBuilder().Add(tenant).Add("~bulk").Build(),
            [PatchOperation.Set("/status", "paused")],
            cancellationToken: TestContext.Current.CancellationToken);
        paused.EnsureSuccessStatusCode();
        var etag = (await cloud.Api.SendAsync(alice, HttpMethod.Get, "policies")).Json.GetProperty("eTag").GetString()!;
        Assert.Equal(200, (await cloud.PutAsync(alice, etag, forMany: true, forAdministrators: false)).Status);

        var asked = (await cloud.Api.SendAsync(alice, HttpMethod.Post, $"{address}/resume")).Problem(403, ProblemCodes.SecondPersonRequired);
        Assert.Equal(200, (await cloud.DecideAsync(amir, asked.GetProperty("approvalId").GetString()!)).Status);
        Assert.Equal(200, (await cloud.Api.SendAsync(alice, HttpMethod.Post, $"{address}/resume")).Status);
    }

    [Fact]
    public async Task Many_at_once_start_once_another_administrator_agreed()
    {
        var tenant = await cloud.TenantAsync(forMany: true, forAdministrators: false);
        var user = await cloud.Test.NewUserAsync(tenantId: tenant);
        var (alice, amir) = (cloud.Person(tenant, "alice"), cloud.Person(tenant, "amir"));
        var (address, start) = await cloud.PlannedAsync(alice, user);

        var asked = (await cloud.Api.SendAsync(alice, HttpMethod.Post, $"{address}/start", start)).Problem(403, ProblemCodes.SecondPersonRequired);
        Assert.Equal("planned", (await cloud.Api.SendAsync(alice, HttpMethod.Get, address)).Json.GetProperty("state").GetString());
        Assert.Equal(200, (await cloud.DecideAsync(amir, asked.GetProperty("approvalId").GetString()!)).Status);

        Assert.Equal(202, (await cloud.Api.SendAsync(alice, HttpMethod.Post, $"{address}/start", start)).Status);
    }

    private Task<RawAnswer> ChangeAddressAsync(string token, TestUser user, string email) => cloud.Api.SendAsync(
        token, HttpMethod.Patch, $"users/{user.UserId}", $$"""{"email":"{{email}}"}""", ("If-Match", "*"));

    private Task<RawAnswer> UnregisterAsync(string token, TestUser user) => cloud.Api.SendAsync(
        token, HttpMethod.Post, $"users/{user.UserId}/unregistration", """{"confirmation":"unregister all devices","reason":"Lost"}""");
}
