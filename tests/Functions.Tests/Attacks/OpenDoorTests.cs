using BlokSec.Contracts;
using BlokSec.Functions.Tests.Infrastructure;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;

namespace BlokSec.Functions.Tests.Attacks;

public sealed class OpenDoorTests(OpenCloud cloud) : IClassFixture<OpenCloud>
{
    /// <summary>What anybody may call; whoever adds to it has thought about it.</summary>
    private static readonly string[] Open =
    [
        "/", "{*path}", "/api/.well-known/jwks.json", "/api/health/live", "/api/health/ready", "/api/openapi.json",
    ];

    /// <summary>What only the Functions host calls; it forwards nothing to them.</summary>
    private static readonly string[] ForHostOnly =
        ["/DeleteDevices", "/EnterExistingKeys", "/FanOutRevocation", "/ResetDid", "/ResumeOperations", "/SendRevokePush"];

    [Fact]
    public void Every_endpoint_has_a_policy_or_is_on_the_list_of_open_ones()
    {
        var endpoints = cloud.Test.Services.GetRequiredService<EndpointDataSource>().Endpoints.OfType<RouteEndpoint>().ToArray();
        var open = endpoints.Where(endpoint => endpoint.Metadata.GetMetadata<IAllowAnonymous>() is not null).ToArray();

        Assert.Equal(
            Open.Concat(ForHostOnly).Order(StringComparer.Ordinal),
            open.Select(endpoint => endpoint.RoutePattern.RawText!).Order(StringComparer.Ordinal));
        Assert.All(
            endpoints.Except(open),
            endpoint => Assert.Contains(
                endpoint.Metadata.GetOrderedMetadata<IAuthorizeData>(), data => data.Policy is "Users.Read" or "Devices.Manage" or "Device"));
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
    public async Task An_unknown_address_is_a_404_problem_of_the_app_itself(string method, string path)
    {
        await using var app = cloud.StartAnotherInstance();
        using var api = new RawApi(app.Address);

        (await api.SendAsync(HttpMethod.Parse(method), path)).Problem(404, ProblemCodes.NotFound);
        (await api.SendAsync(cloud.Admin, HttpMethod.Parse(method), path)).Problem(404, ProblemCodes.NotFound);
    }

    [Fact]
    public async Task I2_an_outage_of_the_sign_in_service_is_no_refusal()
    {
        await using var app = cloud.StartAnotherInstance();
        using var api = new RawApi(app.Address);
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
