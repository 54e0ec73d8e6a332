using System.Text;
using BlokSec.Contracts;
using BlokSec.Functions.Http;
using BlokSec.Functions.Identities;
using BlokSec.Functions.Security;
using BlokSec.Functions.Tests.Security;
using CsCheck;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Options;

namespace BlokSec.Functions.Tests.Fuzzing;

/// <summary>
/// Thousands of hostile inputs for every parser that the outside reaches. A parser says no; it never throws. CsCheck prints the seed of the
/// input that broke one.
/// </summary>
public sealed class ParserFuzzTests : IDisposable
{
    private const int Cases = 3_000;

    private readonly ProofCheck check = new();
    private readonly Signer did = Signer.Ed25519();

    public void Dispose()
    {
        check.Dispose();
        did.Dispose();
    }

    [Fact]
    public void A_DID_is_read_or_refused() => Gen.OneOf(Hostile.Broken(did.Did), Hostile.Broken(check.Phone.Did), Hostile.Text)
        .Sample(text => !DidKey.TryParse(text, out var key) || DidKey.Format(key) == text, iter: Cases);

    [Fact]
    public void A_JWK_is_read_or_refused() => Gen.OneOf(Hostile.BrokenJson(check.Phone.Jwk.ToJsonString()), Hostile.BrokenJson(did.Jwk.ToJsonString()))
        .Sample(text => !JsonWebKeys.TryParse(text, out var key) || JsonWebKeys.TryParse(key.JsonWebKey, out _), iter: Cases);

    [Fact]
    public void A_compact_JWS_is_read_or_refused() => Hostile.Broken(check.Proof())
        .Sample(text => !CompactJws.TryParse(text, DeviceProofs.Type, out var jws) || jws.Header.Typ == DeviceProofs.Type, iter: Cases);

    [Fact]
    public async Task A_proof_that_is_signed_well_around_hostile_contents_is_refused()
    {
        var contents = Gen.Select(
            Gen.OneOf(Gen.Const(check.Header().ToJsonString()), Hostile.BrokenJson(check.Header().ToJsonString())),
            Hostile.BrokenJson(check.Claims().ToJsonString()));
        await contents.SampleAsync(
            async parts => { await check.VerifyAsync(check.Phone.Jws(parts.Item1, parts.Item2)); }, iter: Cases / 3);
    }

    [Fact]
    public void An_address_in_a_proof_is_compared_whatever_it_is()
    {
        var address = new PublicAddress(Options.Create(new ApiOptions { PublicUrl = "https://api.example.com" }));
        var request = new DefaultHttpContext().Request;
        request.Path = "/api/mobile/devices";
        Hostile.Broken("https://api.example.com/api/mobile/devices").Sample(text => { address.Matches(text, request); }, iter: Cases);
    }

    [Fact]
    public void A_proof_of_a_DID_that_is_signed_well_around_hostile_contents_is_refused()
    {
        var proofs = new DidProofs(new PublicAddress(Options.Create(new ApiOptions { PublicUrl = "https://api.example.com" })), check.Time);
        var device = new DeviceProof("contoso", "user-1", check.Phone.DeviceId, check.Phone.PublicKey.JsonWebKey, "0123456789abcdef", 0);
        var header = $$"""{"typ":"did-proof+jwt","alg":"EdDSA","kid":"{{did.Did}}"}""";
        var claims = $$"""
            {"aud":"https://api.example.com/api/mobile/devices","iat":{{check.Time.GetUtcNow().ToUnixTimeSeconds()}},"jti":"0123456789abcdef",
            "tenant":"contoso","user":"user-1","device":"{{check.Phone.DeviceId}}","claim":"hash"}
            """;
        var request = new DefaultHttpContext().Request;
        Gen.Select(Hostile.BrokenJson(header), Hostile.BrokenJson(claims), Hostile.Broken(did.Did), Hostile.Text).Sample(
            (head, body, sent, code) =>
            {
                proofs.Fault(request, device, did.Did, did.Jws(head, body), code);
                proofs.Fault(request, device, sent, did.Jws(header, claims), code);
            },
            iter: Cases / 3);
    }

    [Fact]
    public void Ids_and_continuations_are_read_or_refused() => Gen.OneOf(Hostile.Text, Hostile.Text.Select(Encoded)).Sample(
        text =>
        {
            _ = Identifiers.IsDeviceId(text) || Identifiers.IsProofId(text) || Identifiers.IsUserId(text);
            ProofDocument.IdOf(text, text);
            return !Continuations.TryDecodeId(text, "audit:", out var id) || id?.StartsWith("audit:", StringComparison.Ordinal) != false;
        },
        iter: Cases);

    [Fact]
    public void Texts_are_read_or_refused() => Hostile.Text.Sample(
        text =>
        {
            DisplayText.Fault(text, 100);
            DisplayTexts.Clean(text, 100);
            SearchText.Query(text);
            SearchText.Of(text, text, text, text);
        },
        iter: Cases);

    [Fact]
    public void Headers_are_read_or_refused() => Hostile.Text.Sample(
        text =>
        {
            var context = new DefaultHttpContext();
            context.Request.Headers["X-Forwarded-For"] = text;
            context.Request.Headers[IdempotencyKey.Header] = text;
            context.Request.Headers[PreferredWait.Header] = text;
            ClientAddress.Of(context, hops: 1);
            Assert.InRange(PreferredWait.Of(context).Seconds, 0, PreferredWait.Most);
            try
            {
                IdempotencyKey.Of(context);
            }
            catch (BadHttpRequestException)
            {
                // Told as a 400.
            }
        },
        iter: Cases);

    private static string Encoded(string text) => System.Buffers.Text.Base64Url.EncodeToString(Encoding.UTF8.GetBytes(text));
}
