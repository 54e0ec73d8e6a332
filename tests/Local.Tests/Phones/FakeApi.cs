using System.Collections.Concurrent;
using System.Text.Json;
using System.Text.Json.Nodes;
using BlokSec.Contracts;
using BlokSec.Local.Faults;
using BlokSec.Local.Phones;
using BlokSec.Local.Phones.Keys;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.Time.Testing;

namespace BlokSec.Local.Tests.Phones;

/// <summary>A call that a phone made, its proof already checked.</summary>
internal sealed record PhoneCall(string Name, CompactJws Proof, JsonElement Body);

/// <summary>What the fake API answers; no status breaks the connection.</summary>
internal sealed record FakeAnswer(int? Status, object? Body = null);

/// <summary>The API in a few lines: it believes nobody, checks each proof, and answers as a test wants.</summary>
internal sealed class FakeApi(FakeTimeProvider time) : IAsyncDisposable
{
    private readonly ConcurrentQueue<PhoneCall> calls = new();
    private readonly ConcurrentDictionary<string, bool> seenProofs = new();
    private StandIn? server;
    private int keySetFetches;

    public PhoneKey StatementKey { get; set; } = PhoneKey.Create(KeyKind.P256);

    public string StatementKid { get; set; } = "key-1";

    public long Epoch { get; set; } = 7;

    public bool KeySetIsDown { get; set; }

    /// <summary>Answers in place of the usual; null leaves it to the usual answer.</summary>
    public Func<PhoneCall, FakeAnswer?> Script { get; set; } = _ => null;

    /// <summary>Awaited before an answer is given.</summary>
    public Func<PhoneCall, Task> Before { get; set; } = _ => Task.CompletedTask;

    public Uri Address => server!.Address;

    public string Issuer => Address.AbsoluteUri.TrimEnd('/');

    public int KeySetFetches => Volatile.Read(ref keySetFetches);

    public IReadOnlyList<PhoneCall> Calls => [.. calls];

    public int Count(string name) => calls.Count(call => call.Name == name);

    public async Task StartAsync() => server = await StandIn.StartAsync(0, HttpProtocols.Http1, _ => { }, app =>
    {
        app.MapGet("/api/.well-known/jwks.json", KeySet);
        app.Map("/api/mobile/{**name}", HandleAsync);
    });

    /// <summary>A statement about a registration; forged as wanted.</summary>
    public string Statement(
        PhoneRegistration about,
        IReadOnlyDictionary<string, JsonNode?>? header = null,
        IReadOnlyDictionary<string, JsonNode?>? claims = null,
        PhoneKey? signedBy = null)
    {
        var head = new JsonObject { ["typ"] = "revocation-statement+jwt", ["alg"] = "ES256", ["kid"] = StatementKid };
        var body = new JsonObject
        {
            ["iss"] = Issuer,
            ["iat"] = time.GetUtcNow().ToUnixTimeSeconds(),
            ["jti"] = "statement-1",
            ["tenant"] = about.TenantId,
            ["user"] = about.UserId,
            ["device"] = about.DeviceId,
            ["epoch"] = about.Epoch,
            ["operation"] = "operation-1",
            ["reason"] = "removed",
        };
        Replace(head, header);
        Replace(body, claims);
        return CompactJws.Sign(head, body, head["alg"]?.GetValue<string>() == "none" ? null : signedBy ?? StatementKey);
    }

    /// <summary>The 410 of a removed device.</summary>
    public static FakeAnswer Removed(string? statement) => new(
        410, new { code = ProblemCodes.DeviceRemoved, detail = "This account is no longer accessible.", statement });

    public static FakeAnswer Problem(int status, string code) => new(status, new { code });

    public async ValueTask DisposeAsync()
    {
        if (server is not null)
        {
            await server.DisposeAsync();
        }
    }

    private static void Replace(JsonObject json, IReadOnlyDictionary<string, JsonNode?>? forged)
    {
        foreach (var (name, value) in forged ?? new Dictionary<string, JsonNode?>())
        {
            json.Remove(name);
            if (value is not null)
            {
                json[name] = value.DeepClone();
            }
        }
    }

    private IResult KeySet()
    {
        Interlocked.Increment(ref keySetFetches);
        if (KeySetIsDown)
        {
            return Results.StatusCode(503);
        }

        var key = StatementKey.Public.ToJson();
        key["kid"] = StatementKid;
        var foreign = new JsonObject { ["kty"] = "RSA", ["kid"] = "some-other-kind" };
        return Results.Json(new { keys = new[] { foreign, key } });
    }

    private async Task HandleAsync(HttpContext context, string name)
    {
        using var content = new MemoryStream();
        await context.Request.Body.CopyToAsync(content);
        var call = new PhoneCall(name, ReadProof(context, content.ToArray()), content.Length == 0 ? default : JsonElement.Parse(content.ToArray()));
        calls.Enqueue(call);
        await Before(call);
        var answer = Script(call) ?? Usual(call);
        if (answer.Status is not { } status)
        {
            context.Abort();
            return;
        }

        context.Response.StatusCode = status;
        if (answer.Body is not null)
        {
            await context.Response.WriteAsJsonAsync(answer.Body, PhoneJson.Options);
        }
    }

    private CompactJws ReadProof(HttpContext context, byte[] content)
    {
        Assert.True(CompactJws.TryParse(context.Request.Headers["DPoP"].ToString(), out var proof));
        Assert.True(PublicJwk.TryRead(proof.Header.GetProperty("jwk"), out var jwk));
        Assert.True(proof.IsSignedBy(jwk));
        Assert.Equal(jwk.Algorithm, proof.HeaderText("alg"));
        Assert.Equal("dpop+jwt", proof.HeaderText("typ"));
        Assert.Equal(context.Request.Method, proof.ClaimText("htm"));
        Assert.Equal($"{Issuer}{context.Request.Path}", proof.ClaimText("htu"));
        Assert.Equal(jwk.Thumbprint(), proof.ClaimText("device"));
        Assert.Equal(Hash(content), proof.ClaimText("bh"));
        Assert.True(seenProofs.TryAdd(proof.ClaimText("jti")!, true), "A proof counts once.");
        return proof;
    }

    private FakeAnswer Usual(PhoneCall call) => call.Name switch
    {
        "claims/redemption" or "devices" => new FakeAnswer(201, new EnrolledDevice(
            call.Proof.ClaimText("tenant")!,
            call.Proof.ClaimText("user")!,
            call.Proof.ClaimText("device")!,
            call.Body.GetProperty("did").GetString()!,
            Epoch,
            time.GetUtcNow())),
        "device/status" => new FakeAnswer(200, new DeviceStatus(
            call.Proof.ClaimText("device")!, Epoch, "Phone", PushStatus.Receiving, time.GetUtcNow())),
        "device/erasure" or "device/push-handle" => new FakeAnswer(204),
        _ => new FakeAnswer(404),
    };

    private static string Hash(byte[] content) =>
        System.Buffers.Text.Base64Url.EncodeToString(System.Security.Cryptography.SHA256.HashData(content));
}
