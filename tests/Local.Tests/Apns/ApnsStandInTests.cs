using System.Buffers.Text;
using System.Globalization;
using System.Net;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using BlokSec.Local.Apns;
using BlokSec.Local.Faults;
using BlokSec.Local.Push;
using Microsoft.Extensions.Time.Testing;

namespace BlokSec.Local.Tests.Apns;

public sealed class ApnsStandInTests : IAsyncLifetime
{
    private const string Payload = """{"aps":{"alert":{"title":"t","body":"b"},"content-available":1}}""";
    private const string Topic = "io.bloksec.app";

    private static readonly string Token = new('a', 64);
    private static readonly ECDsa Key = ECDsa.Create(ECCurve.NamedCurves.nistP256);

    private readonly FakeTimeProvider time = new(new DateTimeOffset(2026, 3, 1, 12, 0, 0, TimeSpan.Zero));
    private readonly HttpClient client = new();
    private readonly List<DeliveredPush> delivered = [];
    private readonly Traffic traffic = new();
    private ApnsStandIn apns = null!;
    private string? token;

    public async ValueTask InitializeAsync()
    {
        apns = await ApnsStandIn.StartAsync(
            new ApnsStandInOptions { TeamId = "TEAM", KeyId = "KEY", PublicKey = Key.ExportSubjectPublicKeyInfoPem(), Topic = Topic },
            traffic,
            time);
        apns.Register(Token, ApnsEnvironment.Production, DeliverAsync);
    }

    public ValueTask DisposeAsync()
    {
        client.Dispose();
        return apns.DisposeAsync();
    }

    [Fact]
    public async Task A_good_push_is_answered_with_its_id_and_delivered()
    {
        using var response = await SendAsync();

        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        Assert.Equal(["8f14e45f-ceea-467f-ab4b-1b5d9c1d2e3f"], response.Headers.GetValues("apns-id"));
        await apns.DeliveredAsync();
        Assert.Equal(Payload, Assert.Single(delivered).Text);
        Assert.False(delivered[0].Headers.ContainsKey("authorization"));
    }

    [Theory]
    [InlineData("apns-id", "8F14E45F-CEEA-467F-AB4B-1B5D9C1D2E3F", 400, "BadMessageId")]
    [InlineData("apns-topic", null, 400, "MissingTopic")]
    [InlineData("apns-topic", "no topic", 400, "BadTopic")]
    [InlineData("apns-topic", "io.other.app", 400, "DeviceTokenNotForTopic")]
    [InlineData("apns-push-type", "loud", 400, "InvalidPushType")]
    [InlineData("apns-push-type", "background", 400, "InvalidPushType")]
    [InlineData("apns-priority", "11", 400, "BadPriority")]
    [InlineData("apns-expiration", "tomorrow", 400, "BadExpirationDate")]
    [InlineData("apns-collapse-id", "0123456789012345678901234567890123456789012345678901234567890123456789", 400, "BadCollapseId")]
    [InlineData("authorization", null, 403, "MissingProviderToken")]
    [InlineData("authorization", "bearer a.b.c", 403, "InvalidProviderToken")]
    [InlineData("authorization", "basic abc", 403, "InvalidProviderToken")]
    public async Task Headers_are_checked(string header, string? value, int status, string reason)
    {
        using var response = await SendAsync(headers => headers[header] = value);

        await AssertAsync(response, status, reason);
        Assert.Empty(apns.Accepted);
    }

    [Theory]
    [InlineData("", 400, "PayloadEmpty")]
    [InlineData("{}", 400, "PayloadEmpty")]
    [InlineData("{\"aps\":{\"content-available\":1}}", 400, "InvalidPushType")]
    public async Task The_payload_is_checked(string payload, int status, string reason)
    {
        using var response = await SendAsync(payload: payload);

        await AssertAsync(response, status, reason);
    }

    [Fact]
    public async Task A_payload_larger_than_4096_bytes_is_refused()
    {
        using var response = await SendAsync(payload: Payload.PadRight(4097));

        await AssertAsync(response, 413, "PayloadTooLarge");
    }

    [Theory]
    [InlineData("POST", "/3/device/", 400, "MissingDeviceToken")]
    [InlineData("POST", "/3/devices/abc", 404, "BadPath")]
    [InlineData("PUT", "/3/device/abc", 405, "MethodNotAllowed")]
    [InlineData("POST", "/4/broadcasts/apps/io.bloksec.app", 501, "TheStandInHasNoChannels")]
    [InlineData("GET", "/1/apps/io.bloksec.app/all-channels", 501, "TheStandInHasNoChannels")]
    [InlineData("POST", "/3/device/xyz", 400, "BadDeviceToken")]
    [InlineData("POST", "/3/device/bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb", 400, "BadDeviceToken")]
    public async Task Method_and_path_are_checked(string method, string path, int status, string reason)
    {
        using var response = await SendAsync(method: method, path: path);

        await AssertAsync(response, status, reason);
    }

    [Fact]
    public async Task A_production_token_is_bad_in_the_sandbox()
    {
        using var response = await SendAsync(address: apns.Sandbox);

        await AssertAsync(response, 400, "BadDeviceToken");
    }

    [Fact]
    public async Task A_deleted_app_is_gone_since_then()
    {
        apns.Unregister(Token, ApnsEnvironment.Production, time.GetUtcNow().AddDays(-1));

        using var response = await SendAsync();

        var body = await AssertAsync(response, 410, "Unregistered");
        Assert.Equal(time.GetUtcNow().AddDays(-1).ToUnixTimeMilliseconds(), body.GetProperty("timestamp").GetInt64());
    }

    [Fact]
    public async Task Provider_tokens_live_one_hour()
    {
        using var response = await SendAsync(headers => headers["authorization"] = "bearer " + Jwt(time.GetUtcNow().AddMinutes(-61)));

        await AssertAsync(response, 403, "ExpiredProviderToken");
    }

    [Theory]
    [InlineData("OTHER", "TEAM")]
    [InlineData("KEY", "OTHER")]
    public async Task Provider_tokens_name_key_and_team(string keyId, string teamId)
    {
        using var response = await SendAsync(headers => headers["authorization"] = "bearer " + Jwt(time.GetUtcNow(), keyId, teamId));

        await AssertAsync(response, 403, "InvalidProviderToken");
    }

    [Fact]
    public async Task Provider_tokens_change_at_most_once_in_20_minutes()
    {
        var first = "bearer " + Jwt(time.GetUtcNow());
        var second = "bearer " + Jwt(time.GetUtcNow().AddSeconds(1));
        using var accepted = await SendAsync(headers => headers["authorization"] = first);
        using var refused = await SendAsync(headers => headers["authorization"] = second);
        using var still = await SendAsync(headers => headers["authorization"] = first);
        time.Advance(TimeSpan.FromMinutes(20));
        using var later = await SendAsync(headers => headers["authorization"] = second);

        await AssertAsync(refused, 429, "TooManyProviderTokenUpdates");
        Assert.All([accepted, still, later], response => Assert.Equal(HttpStatusCode.OK, response.StatusCode));
        Assert.Equal(2, apns.ProviderTokensSeen);
    }

    [Fact]
    public async Task A_phone_that_is_offline_gets_only_the_last_push_when_it_is_back()
    {
        apns.SetOnline(Token, ApnsEnvironment.Production, online: false);
        for (var count = 1; count <= 3; count++)
        {
            var id = $"00000000-0000-0000-0000-00000000000{count}";
            using var response = await SendAsync(headers => headers["apns-id"] = id);
            Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        }

        await apns.DeliveredAsync();
        Assert.Empty(delivered);
        apns.SetOnline(Token, ApnsEnvironment.Production, online: true);
        await apns.DeliveredAsync();

        Assert.Equal("00000000-0000-0000-0000-000000000003", Assert.Single(delivered).Id);
    }

    [Theory]
    [InlineData("0")]
    [InlineData(null)]
    [InlineData("1772366460")]
    public async Task A_push_that_has_expired_is_not_delivered(string? expiration)
    {
        apns.SetOnline(Token, ApnsEnvironment.Production, online: false);
        using var response = await SendAsync(headers => headers["apns-expiration"] = expiration);
        time.Advance(TimeSpan.FromMinutes(2));

        apns.SetOnline(Token, ApnsEnvironment.Production, online: true);
        await apns.DeliveredAsync();

        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        Assert.Empty(delivered);
    }

    [Theory]
    [InlineData(true, false, 0)]
    [InlineData(false, true, 2)]
    public async Task Pushes_are_lost_or_doubled_on_demand(bool lose, bool duplicate, int arrivals)
    {
        traffic.Add(new FaultRule { StandIn = "apns", Operation = "send", Contains = Token, Lose = lose, Duplicate = duplicate });

        using var response = await SendAsync();
        await apns.DeliveredAsync();

        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        Assert.Equal(arrivals, delivered.Count);
        Assert.Single(apns.Accepted);
    }

    [Theory]
    [InlineData(400, "TopicDisallowed")]
    [InlineData(503, "Shutdown")]
    public async Task Any_answer_of_Apple_is_given_on_demand(int status, string reason)
    {
        traffic.Add(new FaultRule { StandIn = "apns", Status = status, Reason = reason });

        using var response = await SendAsync();

        await AssertAsync(response, status, reason);
        Assert.True(response.Headers.Contains("apns-id"));
    }

    private Task DeliverAsync(DeliveredPush push)
    {
        delivered.Add(push);
        return Task.CompletedTask;
    }

    private async Task<HttpResponseMessage> SendAsync(
        Action<Dictionary<string, string?>>? change = null,
        string payload = Payload,
        string method = "POST",
        string? path = null,
        Uri? address = null)
    {
        var headers = new Dictionary<string, string?>
        {
            ["authorization"] = "bearer " + (token ??= Jwt(time.GetUtcNow())),
            ["apns-id"] = "8f14e45f-ceea-467f-ab4b-1b5d9c1d2e3f",
            ["apns-topic"] = Topic,
            ["apns-push-type"] = "alert",
            ["apns-priority"] = "10",
            ["apns-expiration"] = time.GetUtcNow().AddDays(30).ToUnixTimeSeconds().ToString(CultureInfo.InvariantCulture),
            ["apns-collapse-id"] = "c",
        };
        change?.Invoke(headers);
        using var request = new HttpRequestMessage(new HttpMethod(method), new Uri(address ?? apns.Production, path ?? "/3/device/" + Token))
        {
            Version = HttpVersion.Version20,
            VersionPolicy = HttpVersionPolicy.RequestVersionExact,
            Content = new StringContent(payload, Encoding.UTF8, "application/json"),
        };
        foreach (var (name, value) in headers.Where(header => header.Value is not null))
        {
            request.Headers.TryAddWithoutValidation(name, value);
        }

        return await client.SendAsync(request, TestContext.Current.CancellationToken);
    }

    private static string Jwt(DateTimeOffset issuedAt, string keyId = "KEY", string teamId = "TEAM")
    {
        static string Encode(object part) => Base64Url.EncodeToString(JsonSerializer.SerializeToUtf8Bytes(part));
        var signed = $"{Encode(new { alg = "ES256", kid = keyId })}.{Encode(new { iss = teamId, iat = issuedAt.ToUnixTimeSeconds() })}";
        return $"{signed}.{Base64Url.EncodeToString(Key.SignData(Encoding.ASCII.GetBytes(signed), HashAlgorithmName.SHA256))}";
    }

    private static async Task<JsonElement> AssertAsync(HttpResponseMessage response, int status, string reason)
    {
        var text = await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken);
        Assert.Equal(status, (int)response.StatusCode);
        var body = JsonElement.Parse(text);
        Assert.Equal(reason, body.GetProperty("reason").GetString());
        return body;
    }
}
