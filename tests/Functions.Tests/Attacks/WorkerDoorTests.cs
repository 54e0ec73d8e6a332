using System.Net.Sockets;
using System.Text;
using BlokSec.Functions.Tests.Infrastructure;

namespace BlokSec.Functions.Tests.Attacks;

/// <summary>The worker's own web server, to which the Functions host proxies, and what a caller can make the host tell it.</summary>
public sealed class WorkerDoorTests(OpenCloud cloud) : IClassFixture<OpenCloud>
{
    private const string Invocation = "x-ms-invocation-id";

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("GET", "users", null)]
    [InlineData("GET", "users", "11111111-2222-3333-4444-555555555555")]
    [InlineData("POST", "/", null)]
    [InlineData("GET", "/admin/host/status", null)]
    public async Task A_request_to_the_workers_port_without_an_invocation_of_the_host_runs_nothing(string method, string path, string? invocation)
    {
        var address = await cloud.Test.Cloud.Host.WorkerAddressAsync(Stop);
        using var worker = new RawApi(address);
        var mark = cloud.Test.Traffic.Mark;

        var answer = await worker.SendAsync(
            cloud.Admin, HttpMethod.Parse(method), path, headers: invocation is null ? [] : [(Invocation, invocation)]);

        Assert.True(address.IsLoopback);
        Assert.Equal((500, ""), (answer.Status, answer.Text));
        Assert.DoesNotContain(cloud.Test.Traffic.Since(mark), seen => seen.StandIn == "cosmos" && seen.Operation != "account");
    }

    [Fact]
    public async Task Callers_who_name_the_same_invocation_get_each_their_own_answer()
    {
        await cloud.Test.NewUserAsync();
        await cloud.Test.NewUserAsync(tenantId: "fabrikam");
        const string id = "11111111-2222-3333-4444-555555555555";

        var answers = await Task.WhenAll(Enumerable.Range(0, 20).Select(call => cloud.Api.SendAsync(
            call % 2 == 0 ? cloud.Admin : cloud.Neighbour, HttpMethod.Get, "users?pageSize=50", headers: [(Invocation, id)])));

        foreach (var (call, answer) in answers.Index())
        {
            Assert.Equal(200, answer.Status);
            Assert.Equal(call % 2 != 0, answer.Text.Contains("@fabrikam.example", StringComparison.Ordinal));
            Assert.Equal(call % 2 == 0, answer.Text.Contains("@contoso.example", StringComparison.Ordinal));
        }
    }

    [Theory]
    [InlineData("X-HTTP-Method-Override", "DELETE")]
    [InlineData("X-Original-URL", "/api/openapi.json")]
    [InlineData("X-Rewrite-URL", "/api/openapi.json")]
    [InlineData("X-Forwarded-Prefix", "/api/health/live?")]
    [InlineData("X-Forwarded-Host", "evil.example")]
    [InlineData("X-Forwarded-Proto", "gopher")]
    [InlineData("Forwarded", "for=127.0.0.1;host=evil.example")]
    [InlineData("x-ms-client-principal", "eyJhdXRoX3R5cCI6ImFhZCJ9")]
    [InlineData("x-ms-client-principal-name", "alice@contoso.example")]
    [InlineData("x-functions-key", "master")]
    public async Task A_header_of_a_proxy_or_of_the_platform_opens_no_door_and_leads_to_no_other(string name, string value)
    {
        Assert.Equal(401, (await cloud.Api.SendAsync(HttpMethod.Get, "users", headers: [(name, value)])).Status);

        var answer = await cloud.Api.SendAsync(cloud.Admin, HttpMethod.Get, "users?pageSize=1", headers: [(name, value)]);

        Assert.Equal(200, answer.Status);
        Assert.True(answer.Json.TryGetProperty("users", out _));
    }

    [Theory]
    [InlineData("/api/users/%2e%2e/%2e%2e/admin/host/status", 404)]
    [InlineData("/api/users%2fx", 404)]
    [InlineData("/api/%2575sers", 404)]
    [InlineData("/api//users", 404)]
    [InlineData("/api/users;x=1", 404)]
    [InlineData("/API/USERS/?pageSize=1", 200)]
    [InlineData("/api/%75sers?pageSize=1", 200)]
    [InlineData("/runtime/webhooks/durabletask", 404)]
    [InlineData("/admin/functions/FanOutRevocation", 404)]
    public async Task However_a_route_is_spelled_it_is_the_same_function_with_the_same_policy_or_none(string path, int status)
    {
        Assert.Equal(status, (await cloud.Api.SendAsync(cloud.Admin, HttpMethod.Get, path)).Status);
        Assert.Equal(status == 200 ? 401 : status, (await cloud.Api.SendAsync(HttpMethod.Get, path)).Status);
    }

    [Fact]
    public async Task Callers_who_never_finish_their_bodies_or_hang_up_in_the_middle_hold_up_nobody()
    {
        var head = $"POST /api/users/nobody/unregistration HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {cloud.Admin}\r\n"
            + "Content-Type: application/json\r\nContent-Length: 1000\r\n\r\n{";
        var callers = new List<TcpClient>();
        try
        {
            for (var caller = 0; caller < 200; caller++)
            {
                var client = new TcpClient();
                callers.Add(client);
                await client.ConnectAsync(cloud.Api.Address.Host, cloud.Api.Address.Port, Stop);
                await client.GetStream().WriteAsync(Encoding.ASCII.GetBytes(head), Stop);
            }

            Assert.Equal(200, (await cloud.Api.SendAsync(cloud.Admin, HttpMethod.Get, "users?pageSize=1")).Status);
        }
        finally
        {
            callers.ForEach(caller => caller.Dispose());
        }

        Assert.Equal(200, (await cloud.Api.SendAsync(cloud.Admin, HttpMethod.Get, "users?pageSize=1")).Status);
    }
}
