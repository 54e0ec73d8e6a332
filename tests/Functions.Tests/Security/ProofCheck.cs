using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using BlokSec.Functions.Http;
using BlokSec.Functions.Security;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Options;
using Microsoft.Extensions.Time.Testing;

namespace BlokSec.Functions.Tests.Security;

/// <summary>A phone that calls, and the check of its proofs.</summary>
internal sealed class ProofCheck : IDisposable
{
    public const string Body = """{"kind":"apns"}""";

    private readonly DeviceProofs proofs;

    public ProofCheck() =>
        proofs = new DeviceProofs(
            new PublicAddress(Options.Create(new ApiOptions { PublicUrl = "https://api.example.com" })), Time);

    public FakeTimeProvider Time { get; } = new(new DateTimeOffset(2026, 3, 1, 12, 0, 0, TimeSpan.Zero));

    public Signer Phone { get; } = Signer.P256();

    public void Dispose() => Phone.Dispose();

    /// <summary>The phone's proof of the call, but for these claims.</summary>
    public string Proof(params (string Name, JsonNode Value)[] others) => Phone.Jws(Header(), Claims(Phone, others));

    public JsonObject Header() => Header(Phone);

    public JsonObject Claims() => Claims(Phone);

    public static DeviceProof Valid(DeviceProofResult result) => Assert.IsType<DeviceProofResult.Valid>(result).Proof;

    public static void Refused(string reason, DeviceProofResult result) =>
        Assert.Equal(reason, Assert.IsType<DeviceProofResult.Invalid>(result).Reason);

    public static JsonObject Header(Signer signer) =>
        new() { ["typ"] = "dpop+jwt", ["alg"] = signer.PublicKey.Algorithm, ["jwk"] = signer.Jwk };

    public static string Hash(string body) => StrictBase64Url.Encode(SHA256.HashData(Encoding.UTF8.GetBytes(body)));

    public JsonObject Claims(Signer signer, params (string Name, JsonNode Value)[] others)
    {
        var claims = new JsonObject
        {
            ["jti"] = "0123456789abcdef",
            ["htm"] = "PUT",
            ["htu"] = "https://api.example.com/api/mobile/device/push-handle",
            ["iat"] = Time.GetUtcNow().ToUnixTimeSeconds(),
            ["bh"] = Hash(Body),
            ["tenant"] = "contoso",
            ["user"] = "user-1",
            ["device"] = signer.DeviceId,
        };
        foreach (var (name, value) in others)
        {
            claims[name] = value;
        }

        return claims;
    }

    public static HttpRequest Request(string proof, string body = Body)
    {
        var request = new DefaultHttpContext().Request;
        request.Method = "PUT";
        request.Scheme = "http";
        request.Host = new HostString("127.0.0.1", 7071);
        request.Path = "/api/mobile/device/push-handle";
        request.QueryString = new QueryString("?any=1");
        request.Headers[DeviceProofs.HeaderName] = proof;
        request.Body = new MemoryStream(Encoding.UTF8.GetBytes(body));
        return request;
    }

    public Task<DeviceProofResult> VerifyAsync(string proof, string body = Body) => VerifyAsync(Request(proof, body));

    public async Task<DeviceProofResult> VerifyAsync(HttpRequest request) =>
        await proofs.VerifyAsync(request, TestContext.Current.CancellationToken);
}
