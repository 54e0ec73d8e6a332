using System.Net;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using BlokSec.Local.Faults;

namespace BlokSec.Local.Tests.Fcm;

public sealed class FcmStandInTests : IAsyncLifetime
{
    private FcmCaller fcm = null!;

    public async ValueTask InitializeAsync() => fcm = await FcmCaller.StartAsync();

    public ValueTask DisposeAsync() => fcm.DisposeAsync();

    [Fact]
    public async Task A_good_message_is_named_and_delivered()
    {
        using var response = await fcm.SendAsync("""{"message":{"token":"TOKEN","data":{"a":"1"},"android":{"priority":"HIGH","ttl":"2419200s"}}}""");

        var name = (await FcmCaller.BodyAsync(response)).GetProperty("name").GetString();
        await fcm.StandIn.DeliveredAsync();
        var push = Assert.Single(fcm.Delivered);
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
    [InlineData("""{"message":{"token":"TOKEN","apns":[]}}""", "message.apns")]
    [InlineData("""{"message":{"token":"TOKEN","apns":{"header":{}}}}""", "message.apns")]
    [InlineData("""{"message":{"token":"TOKEN","apns":{"headers":{"apns-priority":10}}}}""", "message.apns.headers")]
    [InlineData("""{}""", "message")]
    public async Task A_message_that_is_wrong_is_a_bad_request_that_names_the_field(string body, string field)
    {
        using var response = await fcm.SendAsync(body);

        var error = await FcmCaller.ErrorAsync(response, 400, "INVALID_ARGUMENT");
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
    [InlineData("""{"message":{"token":"TOKEN","apns":{"headers":{"apns-priority":"7"}}}}""")]
    [InlineData("""{"message":{"token":"TOKEN","apns":{"payload":{"aps":"alert"}}}}""")]
    [InlineData("""{"message":{"token":"TOKEN","apns":{"payload":{"a":"LARGE"}}}}""")]
    public async Task What_FCM_itself_finds_wrong_has_both_details(string body)
    {
        using var response = await fcm.SendAsync(body.Replace("LARGE", new string('x', 4096), StringComparison.Ordinal));

        var error = await FcmCaller.ErrorAsync(response, 400, "INVALID_ARGUMENT");
        Assert.Equal(
            ["type.googleapis.com/google.rpc.BadRequest", "type.googleapis.com/google.firebase.fcm.v1.FcmError"],
            error.GetProperty("details").EnumerateArray().Select(detail => detail.GetProperty("@type").GetString()));
    }

    [Theory]
    [InlineData("no token", 400, "INVALID_ARGUMENT", "INVALID_ARGUMENT")]
    [InlineData("unknown-but-well-formed-token", 404, "NOT_FOUND", "UNREGISTERED")]
    public async Task Handles_are_checked(string handle, int status, string rpcStatus, string code)
    {
        using var response = await fcm.SendAsync(JsonSerializer.Serialize(new { message = new { token = handle } }));

        var error = await FcmCaller.ErrorAsync(response, status, rpcStatus);
        Assert.Equal(code, Assert.Single(error.GetProperty("details").EnumerateArray()).GetProperty("errorCode").GetString());
    }

    [Fact]
    public async Task A_client_of_HTTP_1_is_served_beside_the_token_endpoint()
    {
        using var client = new HttpClient();
        using var request = new HttpRequestMessage(HttpMethod.Post, new Uri(fcm.StandIn.TokenAddress, "/v1/projects/test/messages:send"))
        {
            Version = HttpVersion.Version11,
            VersionPolicy = HttpVersionPolicy.RequestVersionExact,

            // As firebase-admin 13.10.0 (JavaScript) sends a single message
            Content = new StringContent(
                """{"validate_only":false,"message":{"token":"TOKEN","data":{"hello":"world"},"android":{"priority":"high","ttl":"3600s"}}}"""
                    .Replace("TOKEN", FcmCaller.Token, StringComparison.Ordinal),
                Encoding.UTF8,
                "application/json"),
        };
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", fcm.AccessToken);
        using var response = await client.SendAsync(request, TestContext.Current.CancellationToken);
        await fcm.StandIn.DeliveredAsync();

        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        Assert.Equal("send", fcm.Traffic.Seen[^1].Operation);
        Assert.Single(fcm.Delivered);
    }

    [Fact]
    public async Task A_deleted_app_is_unregistered()
    {
        fcm.StandIn.Unregister(FcmCaller.Token, fcm.Time.GetUtcNow());

        using var response = await fcm.SendAsync();

        await FcmCaller.ErrorAsync(response, 404, "NOT_FOUND");
    }

    [Fact]
    public async Task Another_project_is_forbidden()
    {
        using var response = await fcm.SendAsync(project: "other");

        await FcmCaller.ErrorAsync(response, 403, "PERMISSION_DENIED");
    }

    [Fact]
    public async Task A_phone_that_is_offline_gets_its_messages_when_it_is_back_one_per_collapse_key()
    {
        fcm.StandIn.SetOnline(FcmCaller.Token, online: false);
        foreach (var (key, value) in new[] { ("k", "1"), ("k", "2"), ("l", "3") })
        {
            using var response = await fcm.SendAsync(JsonSerializer.Serialize(
                new { message = new { token = FcmCaller.Token, data = new { n = value }, android = new { collapse_key = key } } }));
        }

        fcm.StandIn.SetOnline(FcmCaller.Token, online: true);
        await fcm.StandIn.DeliveredAsync();

        Assert.Equal(["2", "3"], fcm.Delivered.Select(push => push.Payload.GetProperty("data").GetProperty("n").GetString()));
    }

    [Fact]
    public async Task A_message_that_has_expired_is_not_delivered()
    {
        fcm.StandIn.SetOnline(FcmCaller.Token, online: false);
        using var response = await fcm.SendAsync("""{"message":{"token":"TOKEN","android":{"ttl":"60s"}}}""");
        fcm.Time.Advance(TimeSpan.FromMinutes(2));

        fcm.StandIn.SetOnline(FcmCaller.Token, online: true);
        await fcm.StandIn.DeliveredAsync();

        Assert.Empty(fcm.Delivered);
    }

    [Theory]
    [InlineData(FcmCaller.Token, 0)]
    [InlineData("another", 1)]
    public async Task Faults_strike_by_the_handle_in_the_body(string contains, int arrivals)
    {
        fcm.Traffic.Add(new FaultRule { StandIn = "fcm", Operation = "send", Contains = contains, Lose = true });

        using var response = await fcm.SendAsync();
        await fcm.StandIn.DeliveredAsync();

        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        Assert.Equal(arrivals, fcm.Delivered.Count);
    }

    [Theory]
    [InlineData(429, "QUOTA_EXCEEDED", "RESOURCE_EXHAUSTED")]
    [InlineData(403, "SENDER_ID_MISMATCH", "PERMISSION_DENIED")]
    [InlineData(401, "THIRD_PARTY_AUTH_ERROR", "UNAUTHENTICATED")]
    public async Task Any_answer_of_Google_is_given_on_demand(int status, string reason, string rpcStatus)
    {
        fcm.Traffic.Add(new FaultRule { StandIn = "fcm", Status = status, Reason = reason });

        using var response = await fcm.SendAsync();

        var error = await FcmCaller.ErrorAsync(response, status, rpcStatus);
        Assert.Equal(reason, error.GetProperty("details")[0].GetProperty("errorCode").GetString());
    }
}
