using System.Text;
using BlokSec.Contracts;
using BlokSec.Functions.Hosting;
using BlokSec.Functions.Security;
using BlokSec.Functions.Tests.Infrastructure;
using BlokSec.Functions.Tests.Wire;

namespace BlokSec.Functions.Tests.Policies;

/// <summary>A user of another department, who has something of everything that a function can be about.</summary>
public sealed class OutsiderCloud : IAsyncLifetime
{
    internal OpenCloud Open { get; } = new();

    internal string Tenant { get; } = ScopeTest.NewTenant();

    internal TestUser Outsider { get; private set; } = null!;

    /// <summary>An administrator with all roles who is limited to another department.</summary>
    internal string Limited { get; private set; } = null!;

    /// <summary>An operation of the user.</summary>
    internal string OperationId { get; private set; } = null!;

    /// <summary>What somebody else planned for many users.</summary>
    internal string BulkOperationId { get; private set; } = null!;

    /// <summary>A request about the user that waits for a second person.</summary>
    internal string ApprovalId { get; } = new('a', 32);

    public async ValueTask InitializeAsync()
    {
        await Open.InitializeAsync();
        Limited = await Open.LimitedAsync(Tenant, "Support");
        Outsider = await Open.UserOfAsync(Tenant, "Sales", phones: 3);
        var removal = await Open.RemoveAsync(Open.Founder(Tenant), Outsider, phone: 2);
        Assert.True(removal.Status == 202, removal.Text);
        OperationId = removal.Json.GetProperty("operationId").GetString()!;
        await Open.Test.UntilAsync(
            async () => (await Open.GetAsync(Open.Founder(Tenant), $"users/{Outsider.UserId}/operations/{OperationId}")).Text.Contains("\"succeeded\"", StringComparison.Ordinal) ? this : null,
            "the operation ended");
        var planned = await Open.Api.SendAsync(
            Open.Founder(Tenant), HttpMethod.Post, "bulk-operations", $$$"""{"kind":"suspend","selection":{"userIds":["{{{Outsider.UserId}}}"]}}""");
        Assert.True(planned.Status == 201, planned.Text);
        BulkOperationId = planned.Json.GetProperty("bulkOperationId").GetString()!;
        var now = Open.Test.Time.GetUtcNow();
        await Open.Test.CreateAsync(
            Outsider,
            [
                new Functions.Policies.ApprovalDocument
                {
                    Id = Functions.Policies.ApprovalDocument.IdOf(ApprovalId),
                    TenantId = Tenant,
                    UserId = Outsider.UserId,
                    ApprovalId = ApprovalId,
                    Action = "remove-device",
                    Role = AdminPolicies.DevicesManage,
                    Summary = "Remove a device",
                    RequestedBy = new("founder", "Founder", SignInName: null),
                    RequestedAt = now,
                    ExpiresAt = now.AddHours(1),
                },
            ]);
    }

    public ValueTask DisposeAsync() => Open.DisposeAsync();
}

/// <summary>Whoever adds a function learns here whether administrators who are limited to departments reach other users by it.</summary>
public sealed class ScopeOfEveryFunctionTests(OutsiderCloud cloud) : IClassFixture<OutsiderCloud>
{
    /// <summary>
    /// Functions that are not about one user and answer limited administrators; whoever adds to it has thought about it. What they keep to is in
    /// <see cref="LimitedAdministratorTests"/>.
    /// </summary>
    private static readonly string[] Within =
    [
        "DecideApproval", "ExportBulkOperation", "ExportUsers", "GetBulkOperation", "GetMailSettings", "GetPolicies", "InviteUser", "ListApplications", "ListApprovals",
        "ListBulkOperations", "ListBulkUsers", "ListUsers", "PauseBulkOperation", "PlanBulkOperation", "ResumeBulkOperation", "StartBulkOperation", "StopBulkOperation",
    ];

    public static TheoryData<string> Names => [.. MappedFunction.Names];

    [Fact]
    public void Whatever_is_not_about_one_user_refuses_limited_administrators_but_for_these() => Assert.Equal(
        Within,
        FunctionMethods.All().Where(function => function.IsDefined(typeof(WithinScopeAttribute), inherit: false)).Select(FunctionMethods.NameOf).Order(StringComparer.Ordinal));

    /// <summary>All of them, with everything that exists of a user of another department: the answer is that of a user who does not exist, and nothing is written.</summary>
    [Theory]
    [MemberData(nameof(Names))]
    public async Task A_user_of_another_department_does_not_exist(string name)
    {
        var function = MappedFunction.Of(cloud.Open, name);
        if (!AdminPolicies.IsForAdministrators(function.Policy))
        {
            return;
        }

        var before = await StoredAsync();
        var answer = await SendAsync(function, cloud.Outsider.UserId);
        var ofNobody = await SendAsync(function, "nobody");

        if (function.Route.Contains("{userId}", StringComparison.Ordinal))
        {
            answer.Problem(404, ProblemCodes.NotFound);
            Assert.Equal(ofNobody.Text, answer.Text);
        }
        else if (!Within.Contains(name))
        {
            answer.Problem(403, ProblemCodes.OutOfScope);
            Assert.Contains("Support", answer.Text, StringComparison.Ordinal);
        }

        Assert.DoesNotContain(cloud.Outsider.UserId, answer.Text, StringComparison.Ordinal);
        Assert.DoesNotContain(cloud.Outsider.DeviceIds[0], answer.Text, StringComparison.Ordinal);
        Assert.Equal(before, await StoredAsync());
    }

    /// <summary>The control: whoever sees the whole tenant gets another answer than for a user who does not exist.</summary>
    [Theory]
    [InlineData("GetUser")]
    [InlineData("GetOperation")]
    [InlineData("GetRemovalReceipt")]
    [InlineData("ListAuditEntries")]
    [InlineData("PlanUnregistration")]
    public async Task The_same_call_of_an_administrator_who_is_not_limited_finds_the_user(string name)
    {
        var answer = await SendAsync(MappedFunction.Of(cloud.Open, name), cloud.Outsider.UserId, cloud.Open.Founder(cloud.Tenant));

        Assert.True(answer.Status == 200, answer.Text);
    }

    private async Task<string> StoredAsync() => await cloud.Open.Test.TextAsync(cloud.Outsider) + await cloud.Open.Test.TextAsync(cloud.Tenant, "~policies");

    private Task<RawAnswer> SendAsync(MappedFunction function, string userId, string? token = null)
    {
        var path = string.Join('/', function.Route.Split('/').Select(part => part switch
        {
            "{userId}" => userId,
            "{deviceId}" => cloud.Outsider.DeviceIds[function.Name is "GetRemovalReceipt" or "NudgeRevocation" ? 2 : 0],
            "{accountId}" => $"{cloud.Outsider.UserId}-0",
            "{operationId}" => cloud.OperationId,
            "{bulkOperationId}" => cloud.BulkOperationId,
            "{approvalId}" => cloud.ApprovalId,
            "{applicationId}" => "payroll",
            "{eventId}" => new string('0', 80),
            _ when part.StartsWith('{') => new string('0', 32),
            _ => part,
        }));
        var body = function.Body is { } contract ? BadBodies.Good(contract).ToJsonString() : function.ReadsBodyItself ? "givenName" : null;
        return cloud.Open.Api.SendAsync(
            function.Method,
            path,
            body is null ? null : Encoding.UTF8.GetBytes(body),
            function.ReadsBodyItself ? "text/csv" : "application/json",
            [("Authorization", $"Bearer {token ?? cloud.Limited}"), ("If-Match", "*"), ("Idempotency-Key", $"one-{function.Name}")]);
    }
}
