using System.Net;
using Microsoft.AspNetCore.Http;

namespace BlokSec.Local.Tests.FunctionsHost;

/// <summary>The host does for browsers what Azure's platform does with its CORS setting; the worker knows nothing of it.</summary>
public sealed class CorsTests
{
    private const string Console = "http://127.0.0.1:7080";

    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_preflight_of_the_console_is_answered_by_the_host_and_never_reaches_the_worker()
    {
        await using var fixture = await StartAsync();

        using var response = await SendAsync(fixture, HttpMethod.Options, Console, "POST", "authorization,idempotency-key");

        Assert.Equal(HttpStatusCode.NoContent, response.StatusCode);
        Assert.Equal(Console, Header(response, "Access-Control-Allow-Origin"));
        Assert.Equal("authorization,idempotency-key", Header(response, "Access-Control-Allow-Headers"));
        Assert.Equal("POST", Header(response, "Access-Control-Allow-Methods"));
        Assert.Equal("Origin", Header(response, "Vary"));
        Assert.Null(Header(response, "Access-Control-Allow-Credentials"));
        Assert.Empty(fixture.Worker.Requests);
    }

    [Fact]
    public async Task The_console_may_read_the_answer_but_no_header_of_it_is_exposed()
    {
        await using var fixture = await StartAsync();
        fixture.Worker.Answer = (context, _) =>
        {
            context.Response.StatusCode = StatusCodes.Status202Accepted;
            context.Response.Headers["Operation-Location"] = "/api/operations/1";
            return Task.CompletedTask;
        };

        using var response = await SendAsync(fixture, HttpMethod.Get, Console);

        Assert.Equal(HttpStatusCode.Accepted, response.StatusCode);
        Assert.Equal(Console, Header(response, "Access-Control-Allow-Origin"));
        Assert.Equal("Origin", Header(response, "Vary"));
        Assert.Null(Header(response, "Access-Control-Expose-Headers"));
        Assert.Null(Header(response, "Access-Control-Allow-Credentials"));
    }

    [Theory]
    [InlineData("https://evil.example.com")]
    [InlineData("http://127.0.0.1:7081")]
    [InlineData("http://localhost:7080")]
    [InlineData("https://127.0.0.1:7080")]
    public async Task A_page_from_elsewhere_may_neither_ask_nor_read(string origin)
    {
        await using var fixture = await StartAsync();

        using var preflight = await SendAsync(fixture, HttpMethod.Options, origin, "GET", "authorization");
        using var response = await SendAsync(fixture, HttpMethod.Get, origin);

        Assert.Null(Header(preflight, "Access-Control-Allow-Origin"));
        Assert.Null(Header(response, "Access-Control-Allow-Origin"));
        Assert.Single(fixture.Worker.Requests);
    }

    [Fact]
    public async Task What_the_worker_says_of_cors_has_no_effect()
    {
        await using var fixture = await StartAsync();
        fixture.Worker.Answer = (context, _) =>
        {
            context.Response.Headers.AccessControlAllowOrigin = "*";
            context.Response.Headers.AccessControlExposeHeaders = "Operation-Location";
            context.Response.Headers.Vary = "Accept";
            return Task.CompletedTask;
        };

        using var own = await SendAsync(fixture, HttpMethod.Get, Console);
        using var foreign = await SendAsync(fixture, HttpMethod.Get, "https://evil.example.com");

        Assert.Equal(Console, Header(own, "Access-Control-Allow-Origin"));
        Assert.Null(Header(own, "Access-Control-Expose-Headers"));
        Assert.Equal("Accept,Origin", Header(own, "Vary"));
        Assert.Null(Header(foreign, "Access-Control-Allow-Origin"));
    }

    [Fact]
    public async Task An_error_of_the_host_itself_can_be_read_too()
    {
        await using var fixture = await StartAsync();
        fixture.Worker.HttpSucceeds = _ => new TaskCompletionSource<bool>().Task;
        fixture.Worker.Answer = (context, _) =>
        {
            context.Abort();
            return Task.CompletedTask;
        };

        using var response = await SendAsync(fixture, HttpMethod.Get, Console);

        Assert.Equal(HttpStatusCode.InternalServerError, response.StatusCode);
        Assert.Equal(Console, Header(response, "Access-Control-Allow-Origin"));
    }

    [Fact]
    public async Task A_preflight_does_not_wait_for_the_worker()
    {
        await using var fixture = await HostFixture.StartAloneAsync(options => options with { AllowedOrigins = [Console] });
        using var response = await SendAsync(fixture, HttpMethod.Options, Console, "POST", "authorization");
        Assert.Equal(HttpStatusCode.NoContent, response.StatusCode);
    }

    private static Task<HostFixture> StartAsync() => HostFixture.StartAsync(
        new FunctionSet().WithHttp("Things", "things/{id}", "get", "post"), options => options with { AllowedOrigins = [Console] });

    private static async Task<HttpResponseMessage> SendAsync(
        HostFixture fixture, HttpMethod method, string origin, string? asksForMethod = null, string? asksForHeaders = null)
    {
        using var request = new HttpRequestMessage(method, "api/things/7");
        request.Headers.Add("Origin", origin);
        if (asksForMethod is not null)
        {
            request.Headers.Add("Access-Control-Request-Method", asksForMethod);
            request.Headers.Add("Access-Control-Request-Headers", asksForHeaders);
        }

        return await fixture.Client.SendAsync(request, Cancelled);
    }

    private static string? Header(HttpResponseMessage response, string name) =>
        response.Headers.TryGetValues(name, out var values) ? string.Join(',', values) : null;
}
