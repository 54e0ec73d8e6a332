using System.Text;
using BlokSec.Contracts;
using BlokSec.Functions.Hosting;
using BlokSec.Functions.Security;
using BlokSec.Functions.Tests.Infrastructure;
using BlokSec.Functions.Tests.Wire;

namespace BlokSec.Functions.Tests.Policies;

/// <summary>A user who is an administrator with all roles, and somebody who lacks one of them.</summary>
public sealed class OutrankedCloud : IAsyncLifetime
{
    internal SecondPersonCloud People { get; } = new();

    internal string Tenant { get; private set; } = null!;

    internal TestUser Boss { get; private set; } = null!;

    internal TestUser Other { get; private set; } = null!;

    /// <summary>May do everything but read the audit.</summary>
    internal string Lower { get; private set; } = null!;

    public async ValueTask InitializeAsync()
    {
        await People.InitializeAsync();
        Tenant = await People.TenantAsync(forAdministrators: false);
        Boss = await People.AdministratorAsync(Tenant, "boss");
        Other = await People.Test.NewUserAsync(phones: 2, tenantId: Tenant);
        Lower = People.Person(Tenant, "lower", roles: [.. AdminPolicies.All.Where(role => role != AdminPolicies.AuditRead)]);
    }

    public ValueTask DisposeAsync() => People.DisposeAsync();
}

/// <summary>Whoever adds a function that changes something of a user learns here whether it can be turned against administrators with more roles.</summary>
public sealed class HigherRolesTests(OutrankedCloud cloud) : IClassFixture<OutrankedCloud>
{
    /// <summary>All that administrators can do to a user, but what asks for no more than a look.</summary>
    public static TheoryData<string> Names => [.. MappedFunction.Names.Where(name =>
        FunctionMethods.TriggerOf<Microsoft.Azure.Functions.Worker.HttpTriggerAttribute>(FunctionMethods.All().Single(method => FunctionMethods.NameOf(method) == name))
            is { Route: { } route } trigger
        && route.StartsWith("users/{userId}", StringComparison.Ordinal) && trigger.Methods is not ["get"])];

    [Theory]
    [MemberData(nameof(Names))]
    public async Task Nobody_acts_on_an_administrator_with_a_role_that_they_lack(string name)
    {
        var function = MappedFunction.Of(cloud.People.Test, name);
        Assert.True(AdminPolicies.IsForAdministrators(function.Policy));
        var before = await cloud.People.Test.TextAsync(cloud.Boss);

        var answer = await SendAsync(function, cloud.Boss);

        answer.Problem(403, ProblemCodes.Forbidden);
        Assert.Contains($"a role that you lack ({AdminPolicies.AuditRead})", answer.Text, StringComparison.Ordinal);
        Assert.Equal(before, await cloud.People.Test.TextAsync(cloud.Boss));
    }

    /// <summary>The control: the same calls about somebody else get another answer.</summary>
    [Theory]
    [MemberData(nameof(Names))]
    public async Task Users_who_are_no_administrators_are_reached(string name) =>
        Assert.NotEqual(403, (await SendAsync(MappedFunction.Of(cloud.People.Test, name), cloud.Other)).Status);

    private Task<RawAnswer> SendAsync(MappedFunction function, TestUser user)
    {
        var body = function.Body is { } contract ? BadBodies.Good(contract).ToJsonString() : null;
        return cloud.People.Api.SendAsync(
            function.Method,
            function.PathOf(user).TrimStart('/'),
            body is null ? null : Encoding.UTF8.GetBytes(body),
            "application/json",
            [("Authorization", $"Bearer {cloud.Lower}"), ("If-Match", "*"), ("Idempotency-Key", $"one-{function.Name}")]);
    }
}
