using BlokSec.Contracts;
using BlokSec.Functions.Tests.Infrastructure;
using BlokSec.Functions.Tests.Wire;
using Microsoft.AspNetCore.Authorization;

namespace BlokSec.Functions.Tests.Attacks;

public sealed class OpenDoorTests(OpenCloud cloud) : IClassFixture<OpenCloud>
{
    /// <summary>What anybody may call; whoever adds to it has thought about it.</summary>
    private static readonly string[] Open =
    [
        ".well-known/jwks.json", ".well-known/ssf-configuration/api/ssf/{tenantId}", "health/live", "health/ready", "openapi.json",
        "ssf/{tenantId}/.well-known/ssf-configuration", "ssf/{tenantId}/jwks.json",
    ];

    /// <summary>What only the Functions host starts, through the worker's protocol.</summary>
    private static readonly string[] ForHostOnly =
    [
        "/DeleteAccounts", "/DeleteDevices", "/EnterExistingKeys", "/EnterExistingNames", "/FanOutRevocation", "/ResetDid", "/ResumeOperations", "/SendRevokePush",
        "/PublishSignal", "/DeliverEvent", "/ResumeSignals", "/SendMail", "/SealAudit", "/SignAuditRoots", "/VerifyAudit", "/RunBulkOperation", "/ResumeBulkWork",
        "/StreamAudit",
    ];

    [Fact]
    public void Every_HTTP_function_has_a_policy_or_is_on_the_list_of_open_ones()
    {
        var functions = MappedFunction.Names.Select(name => MappedFunction.Of(cloud, name)).ToList();
        var open = functions.Where(function => function.Handler.IsDefined(typeof(AllowAnonymousAttribute), inherit: false)).ToList();

        Assert.Equal(Open, open.Select(function => function.Route).Order(StringComparer.Ordinal));
        Assert.All(functions.Except(open), function => Assert.Contains(function.Policy, MappedFunction.Policies));
    }

    [Fact]
    public async Task Functions_of_queues_and_timers_cannot_be_reached_through_the_Functions_host()
    {
        foreach (var path in ForHostOnly.SelectMany(path => new[] { path, $"/api{path}", $"/api/..{path}", $"/api/%2e%2e{path}" }))
        {
            var answer = await cloud.Api.SendAsync(cloud.Admin, HttpMethod.Post, path, "{}");
            Assert.Equal(404, answer.Status);
        }
    }

    [Theory]
    [InlineData("GET", "/api/nowhere")]
    [InlineData("GET", "/api/users/x/y/z")]
    [InlineData("GET", "/robots.txt")]
    [InlineData("DELETE", "/api/users")]
    [InlineData("GET", "/DeleteDevices")]
    public async Task An_unknown_address_is_a_404_whoever_asks(string method, string path)
    {
        Assert.Equal(404, (await cloud.Api.SendAsync(HttpMethod.Parse(method), path)).Status);
        Assert.Equal(404, (await cloud.Api.SendAsync(cloud.Admin, HttpMethod.Parse(method), path)).Status);
    }

    [Fact]
    public async Task I2_an_outage_of_the_sign_in_service_is_no_refusal()
    {
        using var api = await cloud.StartAnotherAsync();
        cloud.Issuer.Down = true;
        try
        {
            var answer = await api.SendAsync(cloud.Admin, HttpMethod.Get, "users");
            answer.Problem(503, ProblemCodes.Unavailable);
            Assert.NotNull(answer.Headers.RetryAfter);
        }
        finally
        {
            cloud.Issuer.Down = false;
        }

        Assert.Equal(200, (await api.SendAsync(cloud.Admin, HttpMethod.Get, "users")).Status);
    }
}
