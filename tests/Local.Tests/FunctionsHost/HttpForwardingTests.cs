using System.Net;
using System.Net.Http.Headers;
using BlokSec.Local.FunctionsHost;
using Microsoft.AspNetCore.Http;

namespace BlokSec.Local.Tests.FunctionsHost;

public sealed class HttpForwardingTests
{
    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_get_arrives_as_the_real_host_forwards_it()
    {
        await using var fixture = await StartAsync();
        using var request = Request(HttpMethod.Get, "api/things/7");
        await fixture.Client.SendAsync(request, Cancelled);
        Assert.Equal(HostFixture.Envelope("http-forwarded-get"), HostFixture.Normalize(await fixture.Handler.NextAsync()));
    }

    [Fact]
    public async Task A_post_arrives_as_the_real_host_forwards_it()
    {
        await using var fixture = await StartAsync();
        using var request = Request(HttpMethod.Post, "api/QOutFn?code=FUNCTION-KEY&z=1");
        request.Content = new ByteArrayContent("{}"u8.ToArray()) { Headers = { ContentType = new MediaTypeHeaderValue("application/x-www-form-urlencoded") } };
        await fixture.Client.SendAsync(request, Cancelled);
        Assert.Equal(HostFixture.Envelope("http-forwarded-post"), HostFixture.Normalize(await fixture.Handler.NextAsync()));
    }

    [Theory]
    [InlineData("", "")]
    [InlineData("?x=1&y=a%20b", "?x=1&y=a%20b")]
    [InlineData("?x=1&y=a%20b&x=2", "?x=1,2&y=a%20b")]
    [InlineData("?x=1&X=2&flag", "?x=1,2&flag=")]
    public void Repeated_query_keys_arrive_merged(string sent, string expected) => Assert.Equal(expected, HttpForwarder.MergeQuery(sent));

    [Fact]
    public async Task The_path_keeps_its_escapes()
    {
        await using var fixture = await StartAsync();
        await fixture.Client.GetAsync(new Uri("api/things/a%2Fb%20%41", UriKind.Relative), Cancelled);
        Assert.StartsWith("GET /api/things/a%2Fb%20", (await fixture.Handler.NextAsync()).RequestLine, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_body_without_a_length_arrives_whole()
    {
        await using var fixture = await StartAsync();
        using var request = new HttpRequestMessage(HttpMethod.Post, "api/QOutFn") { Content = new StringContent(new string('x', 100_000)) };
        request.Headers.TransferEncodingChunked = true;
        await fixture.Client.SendAsync(request, Cancelled);
        Assert.Equal(100_000, (await fixture.Handler.NextAsync()).Body.Length);
    }

    [Fact]
    public async Task Status_headers_and_body_of_the_answer_pass_through()
    {
        await using var fixture = await StartAsync();
        fixture.Handler.Answer = (context, _) =>
        {
            context.Response.StatusCode = StatusCodes.Status302Found;
            context.Response.Headers.Location = "/elsewhere";
            context.Response.Headers.SetCookie = new[] { "a=1", "b=2" };
            context.Response.ContentType = "application/problem+json";
            return context.Response.WriteAsync("{\"code\":\"moved\"}");
        };
        using var response = await fixture.Client.GetAsync(new Uri("api/things/7", UriKind.Relative), Cancelled);
        Assert.Equal((HttpStatusCode.Found, "/elsewhere"), (response.StatusCode, response.Headers.Location!.ToString()));
        Assert.Equal(["a=1", "b=2"], response.Headers.GetValues("Set-Cookie"));
        Assert.Equal("application/problem+json", response.Content.Headers.ContentType!.ToString());
        Assert.Equal("{\"code\":\"moved\"}", await response.Content.ReadAsStringAsync(Cancelled));
    }

    [Theory]
    [InlineData(204)]
    [InlineData(304)]
    [InlineData(405)]
    [InlineData(410)]
    [InlineData(500)]
    public async Task Any_status_of_the_answer_passes_through(int status)
    {
        await using var fixture = await StartAsync();
        fixture.Handler.Answer = (context, _) =>
        {
            context.Response.StatusCode = status;
            return Task.CompletedTask;
        };
        using var response = await fixture.Client.GetAsync(new Uri("api/things/7", UriKind.Relative), Cancelled);
        Assert.Equal(status, (int)response.StatusCode);
    }

    [Theory]
    [InlineData("GET", "api/nothing")]
    [InlineData("GET", "things/7")]
    [InlineData("DELETE", "api/things/7")]
    public async Task A_route_or_method_of_no_function_is_not_found(string method, string path)
    {
        await using var fixture = await StartAsync();
        using var request = Request(HttpMethod.Parse(method), path);
        using var response = await fixture.Client.SendAsync(request, Cancelled);
        Assert.Equal(HttpStatusCode.NotFound, response.StatusCode);
        Assert.Empty(fixture.Handler.All);
    }

    [Fact]
    public async Task A_broken_connection_is_an_internal_server_error()
    {
        await using var fixture = await StartAsync();
        fixture.Handler.Answer = (context, _) =>
        {
            context.Abort();
            return Task.CompletedTask;
        };
        using var response = await fixture.Client.GetAsync(new Uri("api/things/7", UriKind.Relative), Cancelled);
        Assert.Equal(HttpStatusCode.InternalServerError, response.StatusCode);
    }

    [Fact]
    public async Task A_call_longer_than_function_timeout_is_an_internal_server_error()
    {
        await using var fixture = await StartAsync();
        fixture.Handler.Answer = (context, _) => Task.Delay(Timeout.InfiniteTimeSpan, context.RequestAborted);
        var call = fixture.Client.GetAsync(new Uri("api/things/7", UriKind.Relative), Cancelled);
        await fixture.Handler.NextAsync();
        fixture.Bus.Time.Advance(TimeSpan.FromMinutes(5));
        using var response = await call;
        Assert.Equal(HttpStatusCode.InternalServerError, response.StatusCode);
    }

    private static Task<HostFixture> StartAsync(Func<FunctionsHostOptions, FunctionsHostOptions>? change = null) => HostFixture.StartAsync(
        new AppFolder().WithHttp("Things", "things/{id}", "get").WithHttp("QOutFn", "QOutFn", "post"), change);

    private static HttpRequestMessage Request(HttpMethod method, string path)
    {
        var request = new HttpRequestMessage(method, path);
        request.Headers.Host = "127.0.0.1:7071";
        request.Headers.TryAddWithoutValidation("Accept", "*/*");
        request.Headers.TryAddWithoutValidation("User-Agent", "curl/7.88.1");
        return request;
    }
}
