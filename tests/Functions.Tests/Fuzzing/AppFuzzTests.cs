using System.Buffers.Text;
using System.Net.Sockets;
using System.Text;
using BlokSec.Contracts;
using BlokSec.Functions.Tests.Attacks;
using BlokSec.Functions.Tests.Infrastructure;
using BlokSec.Functions.Tests.Wire;
using CsCheck;

namespace BlokSec.Functions.Tests.Fuzzing;

/// <summary>Some hundreds of hostile calls over sockets, signed as they must be. Whatever comes is the caller's fault: no answer is a 5xx, and each is given.</summary>
[Collection(WireCloud.Name)]
public sealed class AppFuzzTests(OpenCloud cloud) : IAsyncLifetime
{
    private static readonly string[] Headers =
    [
        "If-Match", "Idempotency-Key", "Repeatability-Request-ID", "Accept", "traceparent", "tracestate", "baggage", "DPoP", "X-Forwarded-For", "Content-Type",
        "Accept-Language", "Cookie", "Expect", "Range", "X-HTTP-Method-Override",
    ];

    private RawApi api = null!;
    private TestUser user = null!;

    public static TheoryData<string> WithBody => [.. MappedFunction.Names.Where(name => name is not ("GetLiveness" or "GetReadiness"))];

    public async ValueTask InitializeAsync()
    {
        api = new RawApi(cloud.Test.Cloud.ApiAddress);
        user = await cloud.Test.NewUserAsync(phones: 2);
    }

    public ValueTask DisposeAsync()
    {
        api.Dispose();
        return ValueTask.CompletedTask;
    }

    [Theory]
    [MemberData(nameof(WithBody))]
    public async Task No_body_makes_a_500(string name)
    {
        var function = MappedFunction.Of(cloud, name);
        if (function.Body is null)
        {
            return;
        }

        await Hostile.BrokenJson(BadBodies.Good(function.Body).ToJsonString()).SampleAsync(
            body => AnswersAsync(() => SendAsync(function, Encoding.UTF8.GetBytes(body))), iter: 50, threads: 1);
    }

    [Theory]
    [InlineData(Victims.Restore)]
    [InlineData(Victims.Redemption)]
    public async Task No_enrollment_with_good_signatures_around_anything_makes_a_500(string endpoint)
    {
        var call = await cloud.NewCallAsync(endpoint);
        var good = Encoding.UTF8.GetString((endpoint == Victims.Restore ? call : call.Enrolling()).Body!);

        await Hostile.BrokenJson(good).SampleAsync(
            body =>
            {
                var hostile = call with { Body = Encoding.UTF8.GetBytes(body) };
                return AnswersAsync(() => hostile.SendAsync(api));
            },
            iter: 60,
            threads: 1);
    }

    [Fact]
    public async Task No_query_makes_a_500()
    {
        await cloud.Test.NewUserAsync();
        var given = (await api.SendAsync(cloud.Admin, HttpMethod.Get, "users?pageSize=1")).Json.GetProperty("continuation").GetString()!;
        var cosmos = Encoding.UTF8.GetString(Base64Url.DecodeFromChars(given));
        var continuation = Gen.OneOf(
            Hostile.Text, Hostile.Broken(given), Hostile.Broken(cosmos).Select(Encoded), Hostile.Json.Select(Encoded), Hostile.Text.Select(Encoded));
        string[] lists = ["users", $"users/{user.UserId}/audit", $"users/{user.UserId}/accounts"];

        await Gen.Select(Gen.OneOf(lists), continuation, Hostile.Text).SampleAsync(
            async call =>
            {
                var query = $"continuation={Escaped(call.Item2)}&search={Escaped(call.Item3)}";
                await AnswersAsync(() => api.SendAsync(cloud.Admin, HttpMethod.Get, $"{call.Item1}?{query}"));
            },
            iter: 150,
            threads: 1);
    }

    [Fact]
    public async Task A_continuation_of_another_list_tenant_or_search_or_a_broken_one_is_the_callers_fault()
    {
        await cloud.Test.NewUserAsync();
        await cloud.Test.NewUserAsync(tenantId: "fabrikam");
        await cloud.Test.NewUserAsync(tenantId: "fabrikam");
        var own = await ContinuationAsync(cloud.Admin, "users?pageSize=1");
        var others = await ContinuationAsync(cloud.Neighbour, "users?pageSize=1");
        var removed = await cloud.NewRemovedAsync();
        var audit = await ContinuationAsync(cloud.Admin, $"users/{removed.UserId}/audit?pageSize=1");
        string[] broken =
        [
            audit, own[..^5], own[5..], Encoded("{}"), Encoded("[]"), Encoded("null"), Encoded("[{}]"), Encoded("[{\"token\":null}]"), Encoded("\"x\""),
            Encoded("[{\"compositeToken\":{\"token\":1,\"range\":{\"min\":7,\"max\":[]}},\"orderByItems\":{}}]"), Encoded(new string('[', 2000)),
        ];
        foreach (var continuation in broken)
        {
            (await api.SendAsync(cloud.Admin, HttpMethod.Get, $"users?continuation={continuation}")).Problem(400, ProblemCodes.InvalidRequest);
        }

        foreach (var path in (string[])[$"users/{removed.UserId}/audit", $"users/{removed.UserId}/accounts", $"users/{removed.UserId}/authentication-requests"])
        {
            (await api.SendAsync(cloud.Admin, HttpMethod.Get, $"{path}?continuation={own}")).Problem(400, ProblemCodes.InvalidRequest);
        }

        var crossed = await api.SendAsync(cloud.Admin, HttpMethod.Get, $"users?pageSize=200&continuation={others}");
        Assert.True(crossed.Status is 200 or 400, $"{crossed.Status} {crossed.Text}");
    }

    [Fact]
    public async Task No_path_makes_a_500() => await Gen.Select(Gen.OneOf("users/{0}", "users/{0}/audit", "users/{0}/authentication-requests/{0}", "users/{0}/authentication-requests?application={0}",
            "users/{0}/devices/{0}/removal/plan", "{0}"), Hostile.Text)
        .Where(call => call.Item2.Length < 500)
        .SampleAsync(
            call => AnswersAsync(() => api.SendAsync(
                cloud.Admin, HttpMethod.Get, call.Item1.Replace("{0}", Escaped(call.Item2), StringComparison.Ordinal))),
            iter: 60,
            threads: 1);

    [Fact]
    public async Task No_header_makes_a_500() => await Gen.Select(Gen.OneOf(Headers), Hostile.Text, Gen.Bool).SampleAsync(
        async call =>
        {
            var (name, value, isPhone) = call;
            var body = $$"""{"deviceId":"{{user.DeviceIds[1]}}"}""";
            var start = isPhone
                ? $"GET /api/mobile/device/status HTTP/1.1\r\n"
                : $"PUT /api/users/{user.UserId}/active-device HTTP/1.1\r\nAuthorization: Bearer {cloud.Admin}\r\nContent-Length: {body.Length}\r\n";
            var head = $"{start}Host: x\r\nConnection: close\r\n{name}: {value.ReplaceLineEndings("")}\r\n\r\n{(isPhone ? "" : body)}";
            Assert.InRange(await StatusAsync(Encoding.UTF8.GetBytes(head)), 200, 499);
        },
        iter: 120,
        threads: 1);

    private async Task AnswersAsync(Func<Task<RawAnswer>> send)
    {
        var answer = await send();
        Assert.True(
            answer.Status is >= 200 and < 500, $"{answer.Status} {answer.Text}\n{string.Join('\n', cloud.Test.Logs.Lines.TakeLast(3))}");
    }

    private async Task<string> ContinuationAsync(string token, string path) =>
        (await api.SendAsync(token, HttpMethod.Get, path)).Json.GetProperty("continuation").GetString()!;

    private Task<RawAnswer> SendAsync(MappedFunction function, byte[] body)
    {
        var path = function.PathOf(user);
        (string, string) authentication = function.IsCalledByApp
            ? ("DPoP", cloud.Call(user, function.Method, path, body).Proof.Build())
            : ("Authorization", $"Bearer {(function.IsCalledByApplications ? cloud.Application : cloud.Admin)}");
        return api.SendAsync(function.Method, path, body, headers: [authentication, ("If-Match", "*")]);
    }

    /// <summary>Sends bytes as they are, and reads the status of the answer; a connection that is closed without one counts as a refusal.</summary>
    private async Task<int> StatusAsync(byte[] request)
    {
        using var socket = new TcpClient();
        await socket.ConnectAsync(cloud.Test.Cloud.ApiAddress.Host, cloud.Test.Cloud.ApiAddress.Port, TestContext.Current.CancellationToken);
        await using var stream = socket.GetStream();
        await stream.WriteAsync(request, TestContext.Current.CancellationToken);
        using var reader = new StreamReader(stream, Encoding.ASCII);
        var line = await reader.ReadLineAsync(TestContext.Current.CancellationToken);
        return line is null ? 400 : int.Parse(line.Split(' ')[1], null);
    }

    private static string Encoded(string text) => Base64Url.EncodeToString(Encoding.UTF8.GetBytes(text));

    /// <summary>Escapes bytes of UTF-8 that a lone surrogate does not have.</summary>
    private static string Escaped(string text) => Uri.EscapeDataString(Encoding.UTF8.GetString(Encoding.UTF8.GetBytes(text)));
}
