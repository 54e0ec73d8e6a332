using System.Text.Json;
using BlokSec.Functions.Administrators;
using BlokSec.Functions.Tests.Infrastructure;
using Microsoft.Extensions.DependencyInjection;

namespace BlokSec.Functions.Tests.Policies;

/// <summary>A system that remembers its administrators, with people of any roles.</summary>
public sealed class SecondPersonCloud : IAsyncLifetime
{
    internal TestIssuer Issuer { get; private set; } = null!;

    internal TestCloud Test { get; private set; } = null!;

    internal RawApi Api { get; private set; } = null!;

    public async ValueTask InitializeAsync()
    {
        Issuer = await TestIssuer.StartAsync();
        Test = await TestCloud.StartAsync(new TestCloudOptions
        {
            Settings = new Dictionary<string, string> { ["Auth__Authority"] = Issuer.Address, ["Administrators__RememberDays"] = "30", ["Auth__AppRole"] = "App.Access" },
        });
        Api = await Issuer.ApiOfAsync(Test);
    }

    public async ValueTask DisposeAsync()
    {
        Api.Dispose();
        await Test.DisposeAsync();
        await Issuer.DisposeAsync();
    }

    /// <summary>A tenant with policies about second persons.</summary>
    internal async Task<string> TenantAsync(bool forMany = false, bool forAdministrators = true, int within = 60)
    {
        var tenant = $"tenant-{Guid.NewGuid():N}"[..20];
        Assert.Equal(200, (await PutAsync(Person(tenant, "founder"), "\"none\"", forMany, forAdministrators, within)).Status);
        return tenant;
    }

    internal Task<RawAnswer> PutAsync(string token, string etag, bool forMany, bool forAdministrators, int within = 60) => Api.SendAsync(
        token,
        HttpMethod.Put,
        "policies",
        JsonSerializer.Serialize(new
        {
            identityCheck = new { required = false, ways = Array.Empty<string>() },
            claims = new { screenMinutes = 10, sentHours = 24 },
            holdMinutes = 0,
            secondPerson = new { forMany, forAdministrators, withinMinutes = within },
        }),
        ("If-Match", etag));

    /// <summary>An administrator's token.</summary>
    internal string Person(string tenant, string subject, string? signInName = null, IReadOnlyList<string>? roles = null, TimeSpan? signedInAgo = null) =>
        Issuer.Token(new TokenClaims
        {
            Subject = subject,
            Tenant = tenant,
            Roles = roles ?? new TokenClaims().Roles,
            SignedInAgo = signedInAgo ?? TimeSpan.Zero,
            Further = new Dictionary<string, object> { ["preferred_username"] = signInName ?? $"{subject}@contoso.example" },
        });

    /// <summary>The token of an application that acts for itself, with all roles.</summary>
    internal string Application(string tenant) => Issuer.Token(new TokenClaims
    {
        Subject = "script",
        Tenant = tenant,
        Scope = null,
        SignedInAgo = null,
        Roles = [.. new TokenClaims().Roles, "App.Access"],
        Further = new Dictionary<string, object> { ["idtyp"] = "app", ["azp"] = "script" },
    });

    /// <summary>A user who is an administrator with these roles, and has two phones.</summary>
    internal async Task<TestUser> AdministratorAsync(string tenant, string subject, IReadOnlyList<string>? roles = null)
    {
        var user = await Test.NewUserAsync(phones: 2, tenantId: tenant);
        await BecomesAsync(tenant, user, subject, roles);
        return user;
    }

    /// <summary>From now on the user is an administrator with these roles.</summary>
    internal async Task BecomesAsync(string tenant, TestUser user, string subject, IReadOnlyList<string>? roles)
    {
        var email = $"{subject}@contoso.example";
        await Test.PatchAsync(user, "user", Microsoft.Azure.Cosmos.PatchOperation.Set("/emailKey", email));
        Assert.Equal(404, (await Api.SendAsync(Person(tenant, subject, email, roles), HttpMethod.Get, "users/nobody")).Status);
        var known = Test.Services.GetRequiredService<KnownAdministrators>();
        await Test.UntilAsync(
            async () => (await known.OfAsync(tenant, TestContext.Current.CancellationToken)).FirstOrDefault(one => one.Subject == subject),
            $"{subject} is known as an administrator");
    }

    internal Task<RawAnswer> RemoveAsync(string token, TestUser user, int phone = 0, string reason = "Lost") => Api.SendAsync(
        token,
        HttpMethod.Post,
        $"users/{user.UserId}/devices/{user.DeviceIds[phone]}/removal",
        JsonSerializer.Serialize(new { confirmation = "remove device", reason }));

    internal Task<RawAnswer> DecideAsync(string token, string approvalId, bool approve = true) => Api.SendAsync(
        token, HttpMethod.Post, $"approvals/{approvalId}/decision", JsonSerializer.Serialize(new { approve, note = "We spoke" }));

    /// <summary>Plans to unregister a user with many others: where the plan is, and what starts it.</summary>
    internal async Task<(string Address, string Start)> PlannedAsync(string token, TestUser user)
    {
        var asked = await Api.SendAsync(
            token, HttpMethod.Post, "bulk-operations", JsonSerializer.Serialize(new { kind = "unregister", selection = new { userIds = new[] { user.UserId } } }));
        Assert.True(asked.Status == 201, asked.Text);
        var address = $"bulk-operations/{asked.Json.GetProperty("bulkOperationId").GetString()}";
        var planned = await Test.UntilAsync(
            async () => await Api.SendAsync(token, HttpMethod.Get, address) is var answer && answer.Json.GetProperty("state").GetString() == "planned" ? answer : null,
            "it is planned");
        var plan = planned.Json.GetProperty("plan");
        return (address, JsonSerializer.Serialize(new
        {
            confirmation = plan.GetProperty("confirmation").GetString(),
            planHash = plan.GetProperty("planHash").GetString(),
            reason = "Stolen from the depot",
        }));
    }
}
