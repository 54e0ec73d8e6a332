using System.Net;
using System.Net.Http.Headers;
using Microsoft.AspNetCore.Http;

namespace BlokSec.Local.Tests.FunctionsHost;

/// <summary>Requests of HTTP functions: the function is invoked, and the request goes to the worker's own web server.</summary>
public sealed class HttpProxyTests
{
    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_get_reaches_the_worker_as_it_is_and_its_function_is_invoked()
    {
        await using var fixture = await StartAsync();
        using var request = new HttpRequestMessage(HttpMethod.Get, "api/things/7?x=1&x=2&y=a%20b");
        request.Headers.TryAddWithoutValidation("Accept", "*/*");
        request.Headers.TryAddWithoutValidation("User-Agent", "curl/7.88.1");
        request.Headers.TryAddWithoutValidation("traceparent", "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01");
        request.Headers.TryAddWithoutValidation("x-ms-invocation-id", "forged");
        await fixture.Client.SendAsync(request, Cancelled);

        var arrived = await fixture.Worker.NextRequestAsync();
        var invocation = await fixture.Worker.NextInvocationAsync();
        Assert.Equal("GET /api/things/7?x=1&x=2&y=a%20b HTTP/1.1", arrived.RequestLine);
        Assert.Equal(
            [
                ("Accept", "*/*"),
                ("Host", fixture.Worker.Address.Authority),
                ("traceparent", "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"),
                ("User-Agent", "curl/7.88.1"),
                ("X-Forwarded-For", "127.0.0.1"),
                ("X-Forwarded-Host", fixture.Host.Address.Authority),
                ("X-Forwarded-Proto", "http"),
                ("x-ms-invocation-id", invocation.InvocationId),
            ],
            arrived.Headers.OrderBy(header => header.Key, StringComparer.OrdinalIgnoreCase).Select(header => (header.Key, header.Value)));
        Assert.Equal("id of Things", invocation.FunctionId);
        Assert.NotNull(Assert.Single(invocation.InputData, input => input.Name == "request").Data.Http);
        Assert.Equal("00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01", invocation.TraceContext.TraceParent);
        Assert.Equal(("7", "1,2"), (invocation.TriggerMetadata["id"].String, invocation.TriggerMetadata["x"].String));
        Assert.Equal("""{"x":"1,2","y":"a b"}""", invocation.TriggerMetadata["Query"].Json);
    }

    [Fact]
    public async Task A_request_without_a_trace_begins_one_for_both_ways()
    {
        await using var fixture = await StartAsync();
        await fixture.Client.GetAsync(new Uri("api/things/7", UriKind.Relative), Cancelled);
        var invocation = await fixture.Worker.NextInvocationAsync();
        Assert.True(System.Diagnostics.ActivityContext.TryParse(invocation.TraceContext.TraceParent, null, out _));
        Assert.Equal(invocation.TraceContext.TraceParent, (await fixture.Worker.NextRequestAsync()).Headers["traceparent"]);
    }

    /// <summary>A slash that is escaped is escaped twice: the real host's proxy, which is the same, does it too.</summary>
    [Fact]
    public async Task The_path_arrives_as_the_proxy_escapes_it()
    {
        await using var fixture = await StartAsync();
        await fixture.Client.GetAsync(new Uri("api/things/a%2Fb%20%41", UriKind.Relative), Cancelled);
        Assert.Equal("GET /api/things/a%252Fb%20A HTTP/1.1", (await fixture.Worker.NextRequestAsync()).RequestLine);
    }

    [Fact]
    public async Task A_body_without_a_length_arrives_whole()
    {
        await using var fixture = await StartAsync();
        using var request = new HttpRequestMessage(HttpMethod.Post, "api/bodies") { Content = new StringContent(new string('x', 100_000)) };
        request.Headers.TransferEncodingChunked = true;
        await fixture.Client.SendAsync(request, Cancelled);
        Assert.Equal(100_000, (await fixture.Worker.NextRequestAsync()).Body.Length);
    }

    [Fact]
    public async Task A_body_keeps_its_type_and_length()
    {
        await using var fixture = await StartAsync();
        using var content = new ByteArrayContent("{}"u8.ToArray()) { Headers = { ContentType = new MediaTypeHeaderValue("application/json") } };
        await fixture.Client.PostAsync(new Uri("api/bodies", UriKind.Relative), content, Cancelled);
        var arrived = await fixture.Worker.NextRequestAsync();
        Assert.Equal(("{}", "application/json", "2"), (arrived.Body, arrived.Headers["Content-Type"], arrived.Headers["Content-Length"]));
    }

    [Fact]
    public async Task Status_headers_and_body_of_the_answer_pass_through()
    {
        await using var fixture = await StartAsync();
        fixture.Worker.Answer = (context, _) =>
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
        fixture.Worker.Answer = (context, _) =>
        {
            context.Response.StatusCode = status;
            return Task.CompletedTask;
        };
        using var response = await fixture.Client.GetAsync(new Uri("api/things/7", UriKind.Relative), Cancelled);
        Assert.Equal(status, (int)response.StatusCode);
    }

    [Fact]
    public async Task An_answer_is_streamed_while_it_is_written()
    {
        await using var fixture = await StartAsync();
        var firstIsRead = new TaskCompletionSource();
        fixture.Worker.Answer = async (context, _) =>
        {
            await context.Response.WriteAsync("first");
            await context.Response.Body.FlushAsync();
            await firstIsRead.Task;
            await context.Response.WriteAsync(" second");
        };
        using var response = await fixture.Client.GetAsync(new Uri("api/things/7", UriKind.Relative), HttpCompletionOption.ResponseHeadersRead, Cancelled);
        await using var body = await response.Content.ReadAsStreamAsync(Cancelled);
        var first = new byte[5];
        await body.ReadExactlyAsync(first, Cancelled);
        firstIsRead.SetResult();
        using var reader = new StreamReader(body);
        Assert.Equal(" second", await reader.ReadToEndAsync(Cancelled));
    }

    [Theory]
    [InlineData("GET", "api/nothing")]
    [InlineData("GET", "things/7")]
    [InlineData("DELETE", "api/things/7")]
    public async Task A_route_or_method_of_no_function_is_not_found(string method, string path)
    {
        await using var fixture = await StartAsync();
        using var request = new HttpRequestMessage(HttpMethod.Parse(method), path);
        using var response = await fixture.Client.SendAsync(request, Cancelled);
        Assert.Equal(HttpStatusCode.NotFound, response.StatusCode);
        Assert.Empty(fixture.Worker.Requests);
        Assert.Empty(fixture.Worker.Invocations);
    }

    [Fact]
    public async Task A_literal_part_goes_before_a_parameter()
    {
        await using var fixture = await HostFixture.StartAsync(
            new FunctionSet().WithHttp("Any", "things/{id}", "get").WithHttp("Own", "things/own", "get"));
        await fixture.Client.GetAsync(new Uri("api/things/own", UriKind.Relative), Cancelled);
        Assert.Equal("id of Own", (await fixture.Worker.NextInvocationAsync()).FunctionId);
    }

    [Fact]
    public async Task A_broken_connection_is_an_internal_server_error()
    {
        await using var fixture = await StartAsync();
        fixture.Worker.HttpSucceeds = _ => new TaskCompletionSource<bool>().Task;
        fixture.Worker.Answer = (context, _) =>
        {
            context.Abort();
            return Task.CompletedTask;
        };
        using var response = await fixture.Client.GetAsync(new Uri("api/things/7", UriKind.Relative), Cancelled);
        Assert.Equal(HttpStatusCode.InternalServerError, response.StatusCode);
    }

    [Fact]
    public async Task A_failed_invocation_without_an_answer_is_an_internal_server_error()
    {
        await using var fixture = await StartAsync();
        fixture.Worker.HttpSucceeds = _ => Task.FromResult(false);
        using var response = await fixture.Client.GetAsync(new Uri("api/things/7", UriKind.Relative), Cancelled);
        Assert.Equal(HttpStatusCode.InternalServerError, response.StatusCode);
        await fixture.WaitForOutputAsync("Things failed: As the test wants it.");
    }

    [Fact]
    public async Task A_call_longer_than_function_timeout_is_an_internal_server_error_and_taken_back()
    {
        await using var fixture = await StartAsync();
        fixture.Worker.Answer = (context, _) => Task.Delay(Timeout.InfiniteTimeSpan, context.RequestAborted);
        var call = fixture.Client.GetAsync(new Uri("api/things/7", UriKind.Relative), Cancelled);
        await fixture.Worker.NextRequestAsync();
        var invocation = await fixture.Worker.NextInvocationAsync();
        fixture.Time.Advance(TimeSpan.FromMinutes(5));
        using var response = await call;
        Assert.Equal(HttpStatusCode.InternalServerError, response.StatusCode);
        await fixture.Worker.WaitUntilCancelledAsync(invocation.InvocationId);
        await fixture.WaitForOutputAsync("Things took longer than functionTimeout; the call fails.");
    }

    [Fact]
    public async Task A_call_whose_caller_leaves_is_taken_back()
    {
        await using var fixture = await StartAsync();
        fixture.Worker.Answer = (context, _) => Task.Delay(Timeout.InfiniteTimeSpan, context.RequestAborted);
        using var leaving = new CancellationTokenSource();
        var call = fixture.Client.GetAsync(new Uri("api/things/7", UriKind.Relative), leaving.Token);
        await fixture.Worker.NextRequestAsync();
        var invocation = await fixture.Worker.NextInvocationAsync();
        await leaving.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => call);
        await fixture.Worker.WaitUntilCancelledAsync(invocation.InvocationId);
    }

    private static Task<HostFixture> StartAsync() =>
        HostFixture.StartAsync(new FunctionSet().WithHttp("Things", "things/{id}", "get").WithHttp("Bodies", "bodies", "post"));
}
