using System.Text;
using System.Text.Json;
using BlokSec.Contracts;
using BlokSec.Functions.Tests.Attacks;
using BlokSec.Functions.Tests.Infrastructure;
using BlokSec.Functions.Tests.Promises;

namespace BlokSec.Functions.Tests.Wire;

[Collection(WireCloud.Name)]
public sealed class BadInputTests(OpenCloud cloud) : IAsyncLifetime
{
    private readonly List<string> faults = [];
    private ServedDocument document = null!;
    private TestUser user = null!;

    public static TheoryData<string> Functions => [.. MappedFunction.Names];

    public static IEnumerable<string> WrongPhrases =>
    [
        "", " ", "Remove Device", "REMOVE DEVICE", "remove device ", " remove device", "remove  device", "remove device\n", "removedevice",
        "remove device.", "\"remove device\"", "remove\u00a0device", "remove\u2003device", "remove devi\u0441e", "\uff52emove device",
        "remove\u200b device", "re\u00admove device", "remove device\0", "remove devic\u00e9", "unregister all devices ", "Unregister All Devices",
    ];

    public async ValueTask InitializeAsync()
    {
        document = await ServedDocument.ReadAsync(cloud);
        user = await cloud.Test.NewUserAsync(phones: 2);

        // What an earlier test asked for is done before this one counts.
        await cloud.Test.QuietAsync();
    }

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    [Theory]
    [MemberData(nameof(Functions))]
    public async Task A_bad_body_is_refused_with_the_field_and_the_reason_and_nothing_is_done(string name)
    {
        var function = MappedFunction.Of(cloud, name);
        foreach (var bad in function.Body is null ? [] : BadBodies.Of(function.Body))
        {
            await RefusedAsync(function, bad.What, bad.Status, bad.Code, bad.Field, bad.Bytes, bad.ContentType);
        }

        AssertNoFaults();
    }

    [Theory]
    [MemberData(nameof(Functions))]
    public async Task A_good_body_is_read(string name)
    {
        var function = MappedFunction.Of(cloud, name);
        var answer = await SendAsync(
            function, function.PathOf(user), function.Body is null ? null : Encoding.UTF8.GetBytes(BadBodies.Good(function.Body).ToJsonString()));

        // The application of an invitation is looked up, and a selection with all of its members is one too many, which shows that the body was read.
        var isRead = function.ReadsBodyItself
            || answer.Text.Contains("accounts[0].applicationId: is ", StringComparison.Ordinal)
            || answer.Text.Contains("either this or filter is needed", StringComparison.Ordinal);
        Assert.True(answer.Code != ProblemCodes.InvalidRequest || isRead, answer.Text);
        Assert.True(answer.Status is >= 200 and < 500, $"{answer.Status} {answer.Text}\n{string.Join('\n', cloud.Test.Logs.Lines.TakeLast(5))}");
        if (document.Operations.ContainsKey(name))
        {
            document.AssertTells(name, answer);
        }
    }

    [Theory]
    [MemberData(nameof(Functions))]
    public async Task A_body_that_is_missing_is_asked_for_and_one_too_many_does_no_harm(string name)
    {
        var function = MappedFunction.Of(cloud, name);
        if (function.Body is not null)
        {
            await RefusedAsync(function, "no body", 400, ProblemCodes.InvalidRequest, "body", body: null);
            AssertNoFaults();
            return;
        }

        if (function.ReadsBody)
        {
            return;
        }

        var without = await SendAsync(function, function.PathOf(user));
        if (name == "DepartDevice")
        {
            // A phone departs once.
            user = await cloud.Test.NewUserAsync();
        }

        var with = await SendAsync(function, function.PathOf(user), "{\"surprise\":"u8.ToArray());
        Assert.Equal((without.Status, without.Code), (with.Status, with.Code));
    }

    [Theory]
    [MemberData(nameof(Functions))]
    public async Task A_malformed_id_in_the_path_is_refused_by_name_before_anything_is_looked_up(string name)
    {
        var function = MappedFunction.Of(cloud, name);
        var good = function.Body is null ? null : Encoding.UTF8.GetBytes(BadBodies.Good(function.Body).ToJsonString());
        string[] malformed =
        [
            "%20", "a%20b", "x!", "'%20OR%201=1", "%C3%BC", "%F0%9F%93%B1", "%25", "a.b", "$system", "user:x", new('x', 65), new('x', function.IsCalledByApp ? 1000 : 3000),
        ];
        foreach (var (id, value) in function.Ids.SelectMany(_ => malformed, (id, value) => (id, value)))
        {
            await RefusedAsync(function, $"{id} {value}", 400, ProblemCodes.InvalidRequest, id, good, path: function.PathOf(user, id, value));
        }

        AssertNoFaults();
    }

    [Theory]
    [MemberData(nameof(Functions))]
    public async Task A_malformed_value_in_the_query_is_refused_by_name(string name)
    {
        var function = MappedFunction.Of(cloud, name);
        foreach (var parameter in function.Query)
        {
            string[] malformed = parameter switch
            {
                { ParameterType: var type } when type == typeof(int?) =>
                    ["x", "0", "-1", "1.5", "1e3", "0x10", "100000", "2147483648", "99999999999999999999", $"1&{parameter.Name}=2", "%F0%9F%93%B1"],
                { Name: "continuation" } => ["%25", "a b", "x.y", "%2B%2F%3D", new('A', 4000), "AAAA", "AAAAA"],
                _ => [new('x', 101), new('x', 5000)],
            };
            foreach (var value in malformed)
            {
                await RefusedAsync(
                    function, $"{parameter.Name}={value}", 400, ProblemCodes.InvalidRequest, parameter.Name,
                    body: null, path: $"{function.PathOf(user)}?{parameter.Name}={value}");
            }
        }

        AssertNoFaults();
    }

    [Theory]
    [MemberData(nameof(Functions))]
    public async Task A_malformed_idempotency_key_is_refused_by_name(string name)
    {
        var function = MappedFunction.Of(cloud, name);
        var good = function.Body is null ? null : Encoding.UTF8.GetBytes(BadBodies.Good(function.Body).ToJsonString());
        foreach (var value in function.TakesIdempotencyKey ? (string[])["\"\"", new('k', 129)] : [])
        {
            await RefusedAsync(
                function, value, 400, ProblemCodes.InvalidRequest, "Idempotency-Key", good, headers: ("Idempotency-Key", value));
        }

        AssertNoFaults();
    }

    [Theory]
    [MemberData(nameof(Functions))]
    public async Task Another_method_is_an_unknown_address(string name)
    {
        var function = MappedFunction.Of(cloud, name);
        var mapped = MappedFunction.Names.Select(other => MappedFunction.Of(cloud, other))
            .Where(other => other.Route == function.Route)
            .Select(other => other.Method.Method);
        foreach (var method in (string[])[.. ((string[])["GET", "POST", "PUT", "PATCH", "DELETE"]).Except(mapped), "BREW"])
        {
            // The Functions host knows no such function.
            Assert.Equal(404, (await cloud.Api.SendAsync(cloud.Admin, HttpMethod.Parse(method), function.PathOf(user))).Status);
        }
    }

    [Fact]
    public async Task Only_the_exact_phrase_removes_anything()
    {
        foreach (var (name, phrase) in WrongPhrases
            .SelectMany(_ => (string[])["RemoveDevice", "UnregisterAllDevices"], (phrase, name) => (name, phrase))
            .Append(("RemoveDevice", "unregister all devices"))
            .Append(("UnregisterAllDevices", "remove device")))
        {
            var body = JsonSerializer.SerializeToUtf8Bytes(new { confirmation = phrase });
            await RefusedAsync(MappedFunction.Of(cloud, name), phrase, 400, ProblemCodes.ConfirmationMismatch, null, body);
        }

        AssertNoFaults();
    }

    [Theory]
    [InlineData(null, 428, ProblemCodes.PreconditionRequired)]
    [InlineData("", 428, ProblemCodes.PreconditionRequired)]
    [InlineData("nonsense", 412, ProblemCodes.PreconditionFailed)]
    [InlineData("\"0\"", 412, ProblemCodes.PreconditionFailed)]
    [InlineData("W/\"*\"", 412, ProblemCodes.PreconditionFailed)]
    public async Task The_active_device_changes_only_for_somebody_who_saw_the_user(string? ifMatch, int status, string code)
    {
        var body = JsonSerializer.SerializeToUtf8Bytes(new { deviceId = user.DeviceIds[1] });
        IEnumerable<(string, string)> headers = ifMatch is null ? [] : [("If-Match", ifMatch)];
        await RefusedAsync(MappedFunction.Of(cloud, "SetActiveDevice"), $"{ifMatch}", status, code, null, body, headers: headers);

        AssertNoFaults();
    }

    [Theory]
    [InlineData("image/jpeg")]
    [InlineData("text/html, application/json")]
    [InlineData("image/svg+xml;q=0, image/png;q=0")]
    public async Task A_QR_code_in_another_format_is_not_to_be_had(string accept)
    {
        await RefusedAsync(MappedFunction.Of(cloud, "GetClaimQr"), accept, 406, ProblemCodes.NotAcceptable, null, null, headers: ("Accept", accept));

        AssertNoFaults();
    }

    /// <summary>Sends a call and notes what about its refusal is not as it should be.</summary>
    private async Task RefusedAsync(
        MappedFunction function,
        string what,
        int status,
        string code,
        string? field,
        byte[]? body,
        string contentType = "application/json",
        string? path = null,
        params IEnumerable<(string, string)> headers)
    {
        var mark = cloud.Test.Traffic.Mark;
        try
        {
            var answer = await SendAsync(function, path ?? function.PathOf(user), body, contentType, headers);
            var problem = answer.Problem(status, code);
            document.AssertTells(function.Name, answer);
            if (field is not null)
            {
                Assert.True(problem.GetProperty("errors").TryGetProperty(field, out _), $"{field} is not named: {problem}");
                Assert.Contains(field, problem.GetProperty("detail").GetString(), StringComparison.Ordinal);
            }

            Assert.DoesNotContain(cloud.Test.Traffic.Since(mark), seen => seen.StandIn is "servicebus" && seen.Operation == "send");
            Assert.DoesNotContain(
                cloud.Test.Traffic.Since(mark), seen => seen is { StandIn: "cosmos", Operation: not ("query" or "query-plan" or "read" or "account" or "container" or "pkranges") });
        }
        catch (Exception exception) when (exception is Xunit.Sdk.XunitException or JsonException or KeyNotFoundException or HttpRequestException)
        {
            faults.Add($"{what}: {exception.Message}");
        }
    }

    private void AssertNoFaults() => Assert.True(faults.Count == 0, string.Join('\n', faults));

    private Task<RawAnswer> SendAsync(
        MappedFunction function,
        string path,
        byte[]? body = null,
        string contentType = "application/json",
        params IEnumerable<(string, string)> headers)
    {
        var authentication = function switch
        {
            { Policy: null } => [],
            { IsCalledByApp: true } => [("DPoP", cloud.Call(user, function.Method, path, body).Proof.Build())],
            { IsCalledByApplications: true } => [("Authorization", $"Bearer {cloud.Application}")],
            _ => ((string, string)[])[("Authorization", $"Bearer {cloud.Admin}")],
        };
        return cloud.Api.SendAsync(
            function.Method, path, body, contentType.Length == 0 ? null : contentType, [.. authentication, .. headers]);
    }
}
