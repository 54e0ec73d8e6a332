using BlokSec.Functions.Administrators;
using BlokSec.Functions.Tests.Infrastructure;
using BlokSec.Local.Faults;
using Microsoft.Extensions.DependencyInjection;

namespace BlokSec.Functions.Tests.Administrators;

/// <summary>Who the administrators of a tenant are, as far as they were seen.</summary>
public sealed class KnownAdministratorsTests : IAsyncLifetime
{
    private TestIssuer issuer = null!;
    private TestCloud cloud = null!;
    private RawApi api = null!;

    private KnownAdministrators Known => cloud.Services.GetRequiredService<KnownAdministrators>();

    public async ValueTask InitializeAsync()
    {
        issuer = await TestIssuer.StartAsync();
        cloud = await TestCloud.StartAsync(new TestCloudOptions
        {
            Settings = new Dictionary<string, string> { ["Auth__Authority"] = issuer.Address, ["Administrators__RememberDays"] = "30" },
        });
        api = await issuer.ApiOfAsync(cloud);
    }

    public async ValueTask DisposeAsync()
    {
        api.Dispose();
        await cloud.DisposeAsync();
        await issuer.DisposeAsync();
    }

    [Fact]
    public async Task Who_calls_is_known_by_the_folded_name_with_the_roles_of_the_token()
    {
        await CallAsync("ada", "ADA@Contoso.example", ["Users.Read", "Devices.Manage", "Foreign.Role"]);

        var seen = await SeenAsync("ada");

        Assert.Equal("ada@contoso.example", seen.SignInName);
        Assert.Equal(["Users.Read", "Devices.Manage"], seen.Roles);
        Assert.Contains("ada@contoso.example", await Known.EmailKeysAsync(TestCloud.Tenant, TestContext.Current.CancellationToken));
    }

    [Fact]
    public async Task I9_Another_tenant_knows_nothing_of_it()
    {
        await CallAsync("eve", "eve@contoso.example", ["Users.Read"]);
        await SeenAsync("eve");

        Assert.Empty(await Known.OfAsync("fabrikam", TestContext.Current.CancellationToken));
    }

    [Fact]
    public async Task One_is_written_once_a_day_and_when_the_roles_change()
    {
        await CallAsync("bob", "bob@contoso.example", ["Users.Read"]);
        var first = await SeenAsync("bob");
        var mark = cloud.Traffic.Mark;
        await CallAsync("bob", "bob@contoso.example", ["Users.Read"]);
        await CallAsync("bob", "bob@contoso.example", ["Users.Read", "Users.Manage"]);

        await cloud.UntilAsync(async () => (await SeenAsync("bob")).Roles.Count == 2 ? this : null, "the new role is known");

        Assert.Single(
            cloud.Traffic.Since(mark),
            request => request is { StandIn: "cosmos", Operation: "batch" } && request.Searchable.Contains(TestCloud.Tenant, StringComparison.Ordinal));
        cloud.Time.Advance(TimeSpan.FromDays(2));
        await CallAsync("bob", "bob@contoso.example", ["Users.Read", "Users.Manage"]);
        await cloud.UntilAsync(async () => (await SeenAsync("bob")).SeenAt > first.SeenAt + TimeSpan.FromDays(1) ? this : null, "it is written again");
    }

    [Fact]
    public async Task Refused_callers_and_apps_that_act_for_themselves_are_nobody()
    {
        var refused = issuer.Token(new TokenClaims { Subject = "mallory", Roles = [] });
        Assert.Equal(403, (await api.SendAsync(refused, HttpMethod.Get, "users/nobody")).Status);
        await CallAsync("zoe", "zoe@contoso.example", ["Users.Read"]);

        await SeenAsync("zoe");

        Assert.DoesNotContain(await Known.OfAsync(TestCloud.Tenant, TestContext.Current.CancellationToken), known => known.Subject == "mallory");
    }

    [Fact]
    public async Task A_database_that_is_away_holds_nobody_up_and_the_next_call_tries_again()
    {
        using (cloud.Traffic.Add(new FaultRule { StandIn = "cosmos", Operation = "batch", Caller = "BlokSec.Functions", Status = 400 }))
        {
            await CallAsync("kim", "kim@contoso.example", ["Users.Read"]);
            await cloud.UntilAsync(
                () => Task.FromResult(cloud.Logs.Lines.Any(line => line.Contains("could not be remembered", StringComparison.Ordinal)) ? this : null),
                "it was tried");
        }

        await cloud.UntilAsync(
            async () =>
            {
                await CallAsync("kim", "kim@contoso.example", ["Users.Read"]);
                return (await Known.OfAsync(TestCloud.Tenant, TestContext.Current.CancellationToken)).FirstOrDefault(known => known.Subject == "kim");
            },
            "kim is known");
    }

    private async Task CallAsync(string subject, string name, IReadOnlyList<string> roles)
    {
        var token = issuer.Token(new TokenClaims
        {
            Subject = subject,
            Roles = roles,
            Further = new Dictionary<string, object> { ["preferred_username"] = name },
        });
        Assert.Equal(404, (await api.SendAsync(token, HttpMethod.Get, "users/nobody")).Status);
    }

    private Task<AdministratorDocument> SeenAsync(string subject) => cloud.UntilAsync(
        async () => (await Known.OfAsync(TestCloud.Tenant, TestContext.Current.CancellationToken)).FirstOrDefault(known => known.Subject == subject),
        $"{subject} is known");
}
