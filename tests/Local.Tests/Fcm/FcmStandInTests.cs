using System.Buffers.Text;
using System.Net;
using System.Net.Http.Headers;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using BlokSec.Local.Faults;
using BlokSec.Local.Fcm;
using BlokSec.Local.Push;
using Microsoft.Extensions.Time.Testing;

namespace BlokSec.Local.Tests.Fcm;

public sealed class FcmStandInTests : IAsyncLifetime
{
    private const string Token = "dQw4w9WgXcQ-abcdefghij:APA91bH";
    private const string Email = "sender@test.iam.gserviceaccount.com";
    private const string Scope = "https://www.googleapis.com/auth/firebase.messaging";

    private static readonly RSA Key = RSA.Create(2048);

    private readonly FakeTimeProvider time = new(new DateTimeOffset(2026, 3, 1, 12, 0, 0, TimeSpan.Zero));
    private readonly HttpClient client = new();
    private readonly List<DeliveredPush> delivered = [];
    private readonly Traffic traffic = new();
    private FcmStandIn fcm = null!;
    private string access = string.Empty;

    public async ValueTask InitializeAsync()
    {
        fcm = await FcmStandIn.StartAsync(
            new FcmStandInOptions { ProjectId = "test", ClientEmail = Email, PublicKey = Key.ExportSubjectPublicKeyInfoPem() }, traffic, time);
        fcm.Register(Token, DeliverAsync);
        using var response = await AskAsync(Assertion());
        access = (await BodyAsync(response)).GetProperty("access_token").GetString()!;
    }

    public ValueTask DisposeAsync()
    {
        client.Dispose();
        return fcm.DisposeAsync();
    }

    [Fact]
    public async Task A_good_message_is_named_and_delivered()
    {
        using var response = await SendAsync("""{"message":{"token":"TOKEN","data":{"a":"1"},"android":{"priority":"HIGH","ttl":"2419200s"}}}""");

        var name = (await BodyAsync(response)).GetProperty("name").GetString();
        await fcm.DeliveredAsync();
        var push = Assert.Single(delivered);
        Assert.Equal(name, push.Id);
        Assert.StartsWith("projects/test/messages/", name, StringComparison.Ordinal);
        Assert.Equal("1", push.Payload.GetProperty("data").GetProperty("a").GetString());
    }

    [Theory]
    [InlineData("""{"message":{"token":"TOKEN","data":{"a":1}}}""", "message.data[0].value")]
    [InlineData("""{"message":{"token":"TOKEN","data":[]}}""", "message.data")]
    [InlineData("""{"message":{"token":"TOKEN","date":{}}}""", "message")]
    [InlineData("""{"message":{"token":"TOKEN","fid":"TOKEN"}}""", "message")]
    [InlineData("""{"message":{"data":{}}}""", "message")]
    [InlineData("""{"message":{"token":5}}""", "message.token")]
    [InlineData("""{"message":{"token":"TOKEN","android":{"priority":"URGENT"}}}""", "message.android.priority")]
    [InlineData("""{"message":{"token":"TOKEN","android":{"prio":"HIGH"}}}""", "message.android")]
    [InlineData("""{}""", "message")]
    public async Task A_message_that_is_wrong_is_a_bad_request_that_names_the_field(string body, string field)
    {
        using var response = await SendAsync(body);

        var error = await ErrorAsync(response, 400, "INVALID_ARGUMENT");
        var detail = Assert.Single(error.GetProperty("details").EnumerateArray());
        Assert.Equal("type.googleapis.com/google.rpc.BadRequest", detail.GetProperty("@type").GetString());
        Assert.Equal(field, detail.GetProperty("fieldViolations")[0].GetProperty("field").GetString());
    }

    [Theory]
    [InlineData("""{"message":{"token":"TOKEN","data":{"from":"x"}}}""")]
    [InlineData("""{"message":{"token":"TOKEN","data":{"google.x":"x"}}}""")]
    [InlineData("""{"message":{"token":"TOKEN","android":{"ttl":"2419201s"}}}""")]
    [InlineData("""{"message":{"token":"TOKEN","android":{"ttl":5}}}""")]
    [InlineData("""{"message":{"token":"TOKEN","data":{"a":"LARGE"}}}""")]
    public async Task What_FCM_itself_finds_wrong_has_both_details(string body)
    {
        using var response = await SendAsync(body.Replace("LARGE", new string('x', 4096), StringComparison.Ordinal));

        var error = await ErrorAsync(response, 400, "INVALID_ARGUMENT");
        Assert.Equal(
            ["type.googleapis.com/google.rpc.BadRequest", "type.googleapis.com/google.firebase.fcm.v1.FcmError"],
            error.GetProperty("details").EnumerateArray().Select(detail => detail.GetProperty("@type").GetString()));
    }

    [Theory]
    [InlineData("no token", 400, "INVALID_ARGUMENT", "INVALID_ARGUMENT")]
    [InlineData("unknown-but-well-formed-token", 404, "NOT_FOUND", "UNREGISTERED")]
    public async Task Handles_are_checked(string handle, int status, string rpcStatus, string code)
    {
        using var response = await SendAsync(JsonSerializer.Serialize(new { message = new { token = handle } }));

        var error = await ErrorAsync(response, status, rpcStatus);
        Assert.Equal(code, Assert.Single(error.GetProperty("details").EnumerateArray()).GetProperty("errorCode").GetString());
    }

    [Fact]
    public async Task A_client_of_HTTP_1_is_served_beside_the_token_endpoint()
    {
        using var client = new HttpClient();
        using var request = new HttpRequestMessage(HttpMethod.Post, new Uri(fcm.TokenAddress, "/v1/projects/test/messages:send"))
        {
            Version = HttpVersion.Version11,
            VersionPolicy = HttpVersionPolicy.RequestVersionExact,

            // As firebase-admin 13.10.0 (JavaScript) sends a single message
            Content = new StringContent(
                """{"validate_only":false,"message":{"token":"TOKEN","data":{"hello":"world"},"android":{"priority":"high","ttl":"3600s"}}}"""
                    .Replace("TOKEN", Token, StringComparison.Ordinal),
                Encoding.UTF8,
                "application/json"),
        };
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", access);
        using var response = await client.SendAsync(request, TestContext.Current.CancellationToken);
        await fcm.DeliveredAsync();

        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        Assert.Equal("send", traffic.Seen[^1].Operation);
        Assert.Single(delivered);
    }

    [Fact]
    public async Task A_deleted_app_is_unregistered()
    {
        fcm.Unregister(Token, time.GetUtcNow());

        using var response = await SendAsync();

        await ErrorAsync(response, 404, "NOT_FOUND");
    }

    [Fact]
    public async Task An_access_token_is_needed_and_lives_one_hour()
    {
        using (var response = await SendAsync())
        {
            Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        }

        time.Advance(TimeSpan.FromMinutes(60));
        using var expired = await SendAsync();
        await ErrorAsync(expired, 401, "UNAUTHENTICATED");
    }

    [Fact]
    public async Task Another_project_is_forbidden()
    {
        using var response = await SendAsync(project: "other");

        await ErrorAsync(response, 403, "PERMISSION_DENIED");
    }

    [Theory]
    [InlineData("iss", "other@test.iam.gserviceaccount.com")]
    [InlineData("aud", "https://example.com/token")]
    [InlineData("scope", "https://www.googleapis.com/auth/drive")]
    [InlineData("exp", 1772362800L)]
    [InlineData("exp", 1772400000L)]
    public async Task Assertions_are_checked(string claim, object value)
    {
        using var response = await AskAsync(Assertion(claims => claims[claim] = value));

        Assert.Equal(HttpStatusCode.BadRequest, response.StatusCode);
        Assert.Equal("invalid_grant", (await BodyAsync(response)).GetProperty("error").GetString());
    }

    [Fact]
    public async Task An_assertion_with_another_key_is_refused()
    {
        using var other = RSA.Create(2048);
        using var response = await AskAsync(Assertion(key: other));

        Assert.Equal(HttpStatusCode.BadRequest, response.StatusCode);
    }

    [Fact]
    public async Task A_phone_that_is_offline_gets_its_messages_when_it_is_back_one_per_collapse_key()
    {
        fcm.SetOnline(Token, online: false);
        foreach (var (key, value) in new[] { ("k", "1"), ("k", "2"), ("l", "3") })
        {
            using var response = await SendAsync(JsonSerializer.Serialize(
                new { message = new { token = Token, data = new { n = value }, android = new { collapse_key = key } } }));
        }

        fcm.SetOnline(Token, online: true);
        await fcm.DeliveredAsync();

        Assert.Equal(["2", "3"], delivered.Select(push => push.Payload.GetProperty("data").GetProperty("n").GetString()));
    }

    [Fact]
    public async Task A_message_that_has_expired_is_not_delivered()
    {
        fcm.SetOnline(Token, online: false);
        using var response = await SendAsync("""{"message":{"token":"TOKEN","android":{"ttl":"60s"}}}""");
        time.Advance(TimeSpan.FromMinutes(2));

        fcm.SetOnline(Token, online: true);
        await fcm.DeliveredAsync();

        Assert.Empty(delivered);
    }

    [Theory]
    [InlineData(Token, 0)]
    [InlineData("another", 1)]
    public async Task Faults_strike_by_the_handle_in_the_body(string contains, int arrivals)
    {
        traffic.Add(new FaultRule { StandIn = "fcm", Operation = "send", Contains = contains, Lose = true });

        using var response = await SendAsync();
        await fcm.DeliveredAsync();

        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        Assert.Equal(arrivals, delivered.Count);
    }

    [Theory]
    [InlineData(429, "QUOTA_EXCEEDED", "RESOURCE_EXHAUSTED")]
    [InlineData(403, "SENDER_ID_MISMATCH", "PERMISSION_DENIED")]
    [InlineData(401, "THIRD_PARTY_AUTH_ERROR", "UNAUTHENTICATED")]
    public async Task Any_answer_of_Google_is_given_on_demand(int status, string reason, string rpcStatus)
    {
        traffic.Add(new FaultRule { StandIn = "fcm", Status = status, Reason = reason });

        using var response = await SendAsync();

        var error = await ErrorAsync(response, status, rpcStatus);
        Assert.Equal(reason, error.GetProperty("details")[0].GetProperty("errorCode").GetString());
    }

    private Task DeliverAsync(DeliveredPush push)
    {
        delivered.Add(push);
        return Task.CompletedTask;
    }

    private async Task<HttpResponseMessage> SendAsync(string body = """{"message":{"token":"TOKEN"}}""", string project = "test")
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, new Uri(fcm.Address, $"/v1/projects/{project}/messages:send"))
        {
            Version = HttpVersion.Version20,
            VersionPolicy = HttpVersionPolicy.RequestVersionExact,
            Content = new StringContent(body.Replace("TOKEN", Token, StringComparison.Ordinal), Encoding.UTF8, "application/json"),
        };
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", access);
        return await client.SendAsync(request, TestContext.Current.CancellationToken);
    }

    private async Task<HttpResponseMessage> AskAsync(string assertion)
    {
        using var form = new FormUrlEncodedContent(new Dictionary<string, string>
        {
            ["grant_type"] = "urn:ietf:params:oauth:grant-type:jwt-bearer",
            ["assertion"] = assertion,
        });
        return await client.PostAsync(fcm.TokenAddress, form, TestContext.Current.CancellationToken);
    }

    private string Assertion(Action<Dictionary<string, object>>? change = null, RSA? key = null)
    {
        static string Encode(object part) => Base64Url.EncodeToString(JsonSerializer.SerializeToUtf8Bytes(part));
        var claims = new Dictionary<string, object>
        {
            ["iss"] = Email,
            ["aud"] = fcm.TokenAddress.AbsoluteUri,
            ["scope"] = Scope,
            ["iat"] = time.GetUtcNow().ToUnixTimeSeconds(),
            ["exp"] = time.GetUtcNow().AddHours(1).ToUnixTimeSeconds(),
        };
        change?.Invoke(claims);
        var signed = $"{Encode(new { alg = "RS256", typ = "JWT" })}.{Encode(claims)}";
        var signature = (key ?? Key).SignData(Encoding.ASCII.GetBytes(signed), HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1);
        return $"{signed}.{Base64Url.EncodeToString(signature)}";
    }

    private static async Task<JsonElement> BodyAsync(HttpResponseMessage response) =>
        JsonElement.Parse(await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken));

    private static async Task<JsonElement> ErrorAsync(HttpResponseMessage response, int status, string rpcStatus)
    {
        Assert.Equal(status, (int)response.StatusCode);
        var error = (await BodyAsync(response)).GetProperty("error");
        Assert.Equal(status, error.GetProperty("code").GetInt32());
        Assert.Equal(rpcStatus, error.GetProperty("status").GetString());
        return error;
    }
}
