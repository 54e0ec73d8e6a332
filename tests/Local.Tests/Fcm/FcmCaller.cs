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

/// <summary>A stand-in of FCM that knows one phone, and a sender with an access token.</summary>
internal sealed class FcmCaller : IAsyncDisposable
{
    public const string Token = "dQw4w9WgXcQ-abcdefghij:APA91bH";

    private const string Email = "sender@test.iam.gserviceaccount.com";
    private const string Scope = "https://www.googleapis.com/auth/firebase.messaging";

    private static readonly RSA Key = RSA.Create(2048);

    private readonly HttpClient client = new();

    private FcmCaller(FcmStandIn standIn, Traffic traffic, FakeTimeProvider time)
    {
        StandIn = standIn;
        Traffic = traffic;
        Time = time;
        StandIn.Register(Token, push =>
        {
            Delivered.Add(push);
            return Task.CompletedTask;
        });
    }

    public FcmStandIn StandIn { get; }

    public Traffic Traffic { get; }

    public FakeTimeProvider Time { get; }

    /// <summary>What the phone got.</summary>
    public List<DeliveredPush> Delivered { get; } = [];

    public string AccessToken { get; private set; } = string.Empty;

    public static async Task<FcmCaller> StartAsync()
    {
        var (traffic, time) = (new Traffic(), new FakeTimeProvider(new DateTimeOffset(2026, 3, 1, 12, 0, 0, TimeSpan.Zero)));
        var options = new FcmStandInOptions { ProjectId = "test", ClientEmail = Email, PublicKey = Key.ExportSubjectPublicKeyInfoPem() };
        var caller = new FcmCaller(await FcmStandIn.StartAsync(options, traffic, time), traffic, time);
        using var response = await caller.AskAsync(caller.Assertion());
        caller.AccessToken = (await BodyAsync(response)).GetProperty("access_token").GetString()!;
        return caller;
    }

    public ValueTask DisposeAsync()
    {
        client.Dispose();
        return StandIn.DisposeAsync();
    }

    public async Task<HttpResponseMessage> SendAsync(string body = """{"message":{"token":"TOKEN"}}""", string project = "test")
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, new Uri(StandIn.Address, $"/v1/projects/{project}/messages:send"))
        {
            Version = HttpVersion.Version20,
            VersionPolicy = HttpVersionPolicy.RequestVersionExact,
            Content = new StringContent(body.Replace("TOKEN", Token, StringComparison.Ordinal), Encoding.UTF8, "application/json"),
        };
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", AccessToken);
        return await client.SendAsync(request, TestContext.Current.CancellationToken);
    }

    public async Task<HttpResponseMessage> AskAsync(string assertion)
    {
        using var form = new FormUrlEncodedContent(new Dictionary<string, string>
        {
            ["grant_type"] = "urn:ietf:params:oauth:grant-type:jwt-bearer",
            ["assertion"] = assertion,
        });
        return await client.PostAsync(StandIn.TokenAddress, form, TestContext.Current.CancellationToken);
    }

    public string Assertion(Action<Dictionary<string, object>>? change = null, RSA? key = null)
    {
        static string Encode(object part) => Base64Url.EncodeToString(JsonSerializer.SerializeToUtf8Bytes(part));
        var claims = new Dictionary<string, object>
        {
            ["iss"] = Email,
            ["aud"] = StandIn.TokenAddress.AbsoluteUri,
            ["scope"] = Scope,
            ["iat"] = Time.GetUtcNow().ToUnixTimeSeconds(),
            ["exp"] = Time.GetUtcNow().AddHours(1).ToUnixTimeSeconds(),
        };
        change?.Invoke(claims);
        var signed = $"{Encode(new { alg = "RS256", typ = "JWT" })}.{Encode(claims)}";
        var signature = (key ?? Key).SignData(Encoding.ASCII.GetBytes(signed), HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1);
        return $"{signed}.{Base64Url.EncodeToString(signature)}";
    }

    public static async Task<JsonElement> BodyAsync(HttpResponseMessage response) =>
        JsonElement.Parse(await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken));

    public static async Task<JsonElement> ErrorAsync(HttpResponseMessage response, int status, string rpcStatus)
    {
        Assert.Equal(status, (int)response.StatusCode);
        var error = (await BodyAsync(response)).GetProperty("error");
        Assert.Equal(status, error.GetProperty("code").GetInt32());
        Assert.Equal(rpcStatus, error.GetProperty("status").GetString());
        return error;
    }
}
