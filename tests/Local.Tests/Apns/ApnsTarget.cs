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

/// <summary>The stand-in of APNs with one phone, and a client that sends to it what a good app would, unless a test changes it.</summary>
internal sealed class ApnsTarget : IAsyncDisposable
{
    public const string Payload = """{"aps":{"alert":{"title":"t","body":"b"},"content-available":1}}""";
    public const string Topic = "io.bloksec.app";

    public static readonly string Token = new('a', 64);

    private static readonly ECDsa Key = ECDsa.Create(ECCurve.NamedCurves.nistP256);

    private readonly HttpClient client = new();
    private string? token;

    public FakeTimeProvider Time { get; } = new(new DateTimeOffset(2026, 3, 1, 12, 0, 0, TimeSpan.Zero));

    public Traffic Traffic { get; } = new();

    public List<DeliveredPush> Delivered { get; } = [];

    public ApnsStandIn Apns { get; private set; } = null!;

    public static string Jwt(DateTimeOffset issuedAt, string keyId = "KEY", string teamId = "TEAM")
    {
        static string Encode(object part) => Base64Url.EncodeToString(JsonSerializer.SerializeToUtf8Bytes(part));
        var signed = $"{Encode(new { alg = "ES256", kid = keyId })}.{Encode(new { iss = teamId, iat = issuedAt.ToUnixTimeSeconds() })}";
        return $"{signed}.{Base64Url.EncodeToString(Key.SignData(Encoding.ASCII.GetBytes(signed), HashAlgorithmName.SHA256))}";
    }

    public static async Task<JsonElement> AssertAsync(HttpResponseMessage response, int status, string reason)
    {
        var text = await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken);
        Assert.Equal(status, (int)response.StatusCode);
        var body = JsonElement.Parse(text);
        Assert.Equal(reason, body.GetProperty("reason").GetString());
        return body;
    }

    public async ValueTask StartAsync()
    {
        Apns = await ApnsStandIn.StartAsync(
            new ApnsStandInOptions { TeamId = "TEAM", KeyId = "KEY", PublicKey = Key.ExportSubjectPublicKeyInfoPem(), Topic = Topic },
            Traffic,
            Time);
        Apns.Register(Token, ApnsEnvironment.Production, DeliverAsync);
    }

    public async Task<HttpResponseMessage> SendAsync(
        Action<Dictionary<string, string?>>? change = null,
        string payload = Payload,
        string method = "POST",
        string? path = null,
        Uri? address = null)
    {
        var headers = new Dictionary<string, string?>
        {
            ["authorization"] = "bearer " + (token ??= Jwt(Time.GetUtcNow())),
            ["apns-id"] = "8f14e45f-ceea-467f-ab4b-1b5d9c1d2e3f",
            ["apns-topic"] = Topic,
            ["apns-push-type"] = "alert",
            ["apns-priority"] = "10",
            ["apns-expiration"] = Time.GetUtcNow().AddDays(30).ToUnixTimeSeconds().ToString(CultureInfo.InvariantCulture),
            ["apns-collapse-id"] = "c",
        };
        change?.Invoke(headers);
        using var request = new HttpRequestMessage(new HttpMethod(method), new Uri(address ?? Apns.Production, path ?? "/3/device/" + Token))
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

    public ValueTask DisposeAsync()
    {
        client.Dispose();
        return Apns.DisposeAsync();
    }

    private Task DeliverAsync(DeliveredPush push)
    {
        Delivered.Add(push);
        return Task.CompletedTask;
    }
}
