using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using BlokSec.Contracts;
using BlokSec.Functions.Tests.Infrastructure;
using BlokSec.Functions.Tests.Promises;
using BlokSec.Verify;

namespace BlokSec.Functions.Tests.Evidence;

/// <summary>What <c>bloksec-verify</c> makes of keys, headers and files that somebody made to deceive it.</summary>
public sealed class VerifyToolTests(CloudFixture fixture) : IClassFixture<CloudFixture>
{
    private readonly TestCloud test = fixture.Cloud;

    [Fact]
    public async Task The_key_decides_how_a_signature_is_checked_and_never_the_document()
    {
        var (receipt, keys) = await GenuineAsync();
        var header = VerifyRun.HeaderOf(receipt);
        var payload = receipt.Split('.')[1];
        var jwk = JsonNode.Parse(keys)!["keys"]![0]!;
        using var own = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var ownKey = Jwk(own);

        foreach (var (what, forged) in new[]
        {
            ("no algorithm", $"{Part(With(header, "alg", "none"))}.{payload}."),
            ("no signature", $"{receipt.Split('.')[0]}.{payload}."),
            ("HMAC with the public key", Hmac(With(header, "alg", "HS256"), payload, Encoding.UTF8.GetBytes(jwk.ToJsonString()))),
            ("another algorithm of the same key", VerifyRun.WithHeader(receipt, With(header, "alg", "ES384").ToJsonString())),
            ("another key under the same name", Signed(header, payload, own)),
            ("a key of its own", Signed(With(Without(header, "kid"), "jwk", ownKey.DeepClone()), payload, own)),
            ("a key of its own beside the name", Signed(With(header, "jwk", ownKey.DeepClone()), payload, own)),
            ("an address of keys", Signed(With(header, "jku", "https://evil.example/jwks.json"), payload, own)),
            ("an extension", VerifyRun.WithHeader(receipt, With(With(header, "crit", new JsonArray("b64")), "b64", false).ToJsonString())),
            ("a member twice in the header", VerifyRun.WithHeader(receipt, header.ToJsonString().Replace("{", """{"alg":"none",""", StringComparison.Ordinal))),
            ("another type", VerifyRun.WithHeader(receipt, With(header, "typ", "sign-in-assertion+jwt").ToJsonString())),
            ("a second spelling of the signature", receipt + "="),
            ("a part more", receipt + ".AAAA"),
            ("white space inside", receipt.Replace(".", " .", StringComparison.Ordinal)),
            ("nothing", ""),
            ("no JWS", "{}"),
        })
        {
            var told = await VerifyRun.OfAsync("receipt", forged, keys);
            Assert.True(told.ExitCode == ExitCodes.NotProven, $"{what}: {told}");
        }
    }

    [Fact]
    public async Task A_member_that_stands_there_twice_is_refused_although_the_service_signed_it()
    {
        var (receipt, keys) = await GenuineAsync();
        var twice = VerifyRun.PayloadOf(receipt).ToJsonString().Insert(1, "\"user\":\"somebody\",");

        var signed = VerifyRun.SignedByService(test, RemovalReceipt.Type, Encoding.UTF8.GetBytes(twice));

        Assert.Equal(ExitCodes.NotProven, (await VerifyRun.OfAsync("receipt", signed, keys)).ExitCode);
    }

    [Fact]
    public async Task A_receipt_of_a_key_that_is_not_in_the_set_is_not_proven_and_says_which()
    {
        var (receipt, keys) = await GenuineAsync();
        using var other = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var set = new JsonObject { ["keys"] = new JsonArray(With(Jwk(other), "kid", "other")) };

        var told = await VerifyRun.OfAsync("receipt", receipt, set.ToJsonString());

        Assert.Equal(ExitCodes.NotProven, told.ExitCode);
        Assert.Contains(VerifyRun.HeaderOf(receipt)["kid"]!.GetValue<string>(), told.Output, StringComparison.Ordinal);

        // A set may hold keys of other kinds beside.
        var more = JsonNode.Parse(keys)!;
        more["keys"]!.AsArray().Insert(0, new JsonObject { ["kty"] = "RSA", ["n"] = "AQAB", ["e"] = "AQAB", ["kid"] = "rsa" });
        Assert.Equal(ExitCodes.Proven, (await VerifyRun.OfAsync("receipt", receipt, more.ToJsonString())).ExitCode);
    }

    [Fact]
    public async Task What_cannot_be_used_is_told_from_what_is_not_proven()
    {
        var (receipt, keys) = await GenuineAsync();
        var twice = JsonNode.Parse(keys)!;
        twice["keys"]!.AsArray().Add(twice["keys"]![0]!.DeepClone());

        Assert.All(
            new[]
            {
                VerifyRun.Of(),
                VerifyRun.Of("receipt"),
                VerifyRun.Of("receipt", "nowhere.jws"),
                VerifyRun.Of("receipt", "nowhere.jws", "--keys", "nowhere.json"),
                VerifyRun.Of("diploma", "nowhere.jws", "--keys", "nowhere.json"),
                await VerifyRun.OfAsync("receipt", receipt, "{}"),
                await VerifyRun.OfAsync("receipt", receipt, """{"keys":[]}"""),
                await VerifyRun.OfAsync("receipt", receipt, receipt),
                await VerifyRun.OfAsync("receipt", receipt, twice.ToJsonString()),
                await VerifyRun.OfAsync("receipt", new string('A', (1 << 20) + 1), keys),
            },
            told =>
            {
                Assert.Equal((ExitCodes.BadUse, ""), (told.ExitCode, told.Output));
                Assert.NotEqual("", told.Error);
            });
    }

    [Theory]
    [InlineData("iat", "9223372036854775807")]
    [InlineData("iat", "-1")]
    [InlineData("blockedAt", "\"0001-01-01T00:00:00Z\"")]
    [InlineData("blockedAt", "\"9999-12-31T23:59:59Z\"")]
    [InlineData("confirmed", """{"at":"0001-01-01T00:00:00Z"}""")]
    [InlineData("confirmed", """{"at":"9999-12-31T23:59:59Z"}""")]
    public async Task A_time_that_is_none_or_cannot_be_is_refused_in_words(string member, string value)
    {
        var (receipt, keys) = await GenuineAsync();
        var claims = VerifyRun.PayloadOf(receipt);
        claims[member] = JsonNode.Parse(value);

        var told = await VerifyRun.OfAsync("receipt", VerifyRun.SignedByService(test, RemovalReceipt.Type, claims), keys);

        Assert.Equal((ExitCodes.NotProven, ""), (told.ExitCode, told.Error));
    }

    [Fact]
    public async Task Text_in_a_receipt_that_would_steer_a_terminal_is_shown_without_what_steers()
    {
        var (receipt, keys) = await GenuineAsync();
        var claims = VerifyRun.PayloadOf(receipt);
        claims["device"]!["name"] = "Phone\u001b[2J\r\nProven: everything";

        var told = await VerifyRun.OfAsync("receipt", VerifyRun.SignedByService(test, RemovalReceipt.Type, claims), keys);

        Assert.Equal(ExitCodes.Proven, told.ExitCode);
        Assert.DoesNotContain('\u001b', told.Output);
        Assert.DoesNotContain("\nProven: everything", told.Output, StringComparison.Ordinal);
    }

    /// <summary>As somebody runs it who has the tool, the receipt and the public keys, and nothing of this process.</summary>
    [Fact]
    public async Task As_a_process_of_its_own_it_tells_a_genuine_receipt_from_a_forged_one()
    {
        var (receipt, keys) = await GenuineAsync();
        var claims = VerifyRun.PayloadOf(receipt);
        claims["user"] = "somebody";

        var genuine = await VerifyRun.OfProcessAsync("receipt", receipt, keys);
        var forged = await VerifyRun.OfProcessAsync("receipt", VerifyRun.WithPayload(receipt, claims.ToJsonString()), keys);
        var unusable = await VerifyRun.OfProcessAsync("receipt", receipt, "{}");

        Assert.Equal((0, ""), (genuine.ExitCode, genuine.Error));
        Assert.Equal((await VerifyRun.OfAsync("receipt", receipt, keys)).Output, genuine.Output);
        Assert.Contains("Proven: whoever has the key of the device signed", genuine.Output, StringComparison.Ordinal);
        Assert.Equal((1, ""), (forged.ExitCode, forged.Error));
        Assert.StartsWith("NOT PROVEN.", forged.Output, StringComparison.Ordinal);
        Assert.Equal((2, ""), (unusable.ExitCode, unusable.Output));
        Assert.NotEqual("", unusable.Error);
    }

    private async Task<(string Receipt, string Keys)> GenuineAsync()
    {
        var user = await test.NewUserAsync();
        await test.RemovedAsync(user, 0);
        await test.ConfirmedAsync(user, user.DeviceIds[0]);
        var receipt = (await test.Admin().AskAsync($"users/{user.UserId}/revocations/{user.DeviceIds[0]}/receipt")).Read<RemovalReceipt>().Receipt;
        var keys = await VerifyRun.KeysAsync(test);
        Assert.Equal(ExitCodes.Proven, (await VerifyRun.OfAsync("receipt", receipt, keys)).ExitCode);
        return (receipt, keys);
    }

    private static JsonObject With(JsonObject of, string name, JsonNode value)
    {
        var changed = of.DeepClone().AsObject();
        changed[name] = value;
        return changed;
    }

    private static JsonObject Without(JsonObject of, string name)
    {
        var changed = of.DeepClone().AsObject();
        changed.Remove(name);
        return changed;
    }

    private static JsonObject Jwk(ECDsa key)
    {
        var point = key.ExportParameters(includePrivateParameters: false).Q;
        return new JsonObject { ["kty"] = "EC", ["crv"] = "P-256", ["x"] = StrictBase64Url.Encode(point.X), ["y"] = StrictBase64Url.Encode(point.Y) };
    }

    private static string Part(JsonObject header) => StrictBase64Url.Encode(Encoding.UTF8.GetBytes(header.ToJsonString()));

    private static string Signed(JsonObject header, string payload, ECDsa key)
    {
        var input = $"{Part(header)}.{payload}";
        return $"{input}.{StrictBase64Url.Encode(key.SignData(Encoding.ASCII.GetBytes(input), HashAlgorithmName.SHA256, DSASignatureFormat.IeeeP1363FixedFieldConcatenation))}";
    }

    private static string Hmac(JsonObject header, string payload, byte[] secret)
    {
        var input = $"{Part(header)}.{payload}";
        return $"{input}.{StrictBase64Url.Encode(HMACSHA256.HashData(secret, Encoding.ASCII.GetBytes(input)))}";
    }
}
