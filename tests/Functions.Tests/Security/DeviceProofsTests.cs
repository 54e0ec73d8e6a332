using BlokSec.Functions.Security;
using static BlokSec.Functions.Tests.Security.ProofCheck;

namespace BlokSec.Functions.Tests.Security;

/// <summary>What a proof is about: whose device, which call, when.</summary>
public sealed class DeviceProofsTests : IDisposable
{
    private readonly ProofCheck check = new();

    public void Dispose() => check.Dispose();

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_proof_of_either_kind_of_key_holds(bool ofP256)
    {
        using var signer = Signer.Of(ofP256);
        var text = signer.Jws(Header(signer), check.Claims(signer));
        var proof = Valid(await check.VerifyAsync(text));
        var expected = new DeviceProof("contoso", "user-1", signer.DeviceId, signer.PublicKey.JsonWebKey, "0123456789abcdef", check.Time.GetUtcNow().ToUnixTimeSeconds());
        Assert.Equal(expected with { Text = text }, proof);
    }

    [Fact]
    public async Task The_body_can_be_read_again()
    {
        var request = Request(check.Proof());
        Valid(await check.VerifyAsync(request));
        using var reader = new StreamReader(request.Body);
        Assert.Equal(Body, await reader.ReadToEndAsync(TestContext.Current.CancellationToken));
    }

    [Fact]
    public async Task No_body_is_proved_as_zero_bytes() =>
        Valid(await check.VerifyAsync(check.Proof(("bh", Hash(""))), body: ""));

    [Theory]
    [InlineData("HTTPS://API.EXAMPLE.COM/api/mobile/device/push-handle")]
    [InlineData("https://api.example.com:443/api/mobile/device/push-handle")]
    [InlineData("https://api.example.com/api/mobile/device/push%2Dhandle")]
    public async Task Other_spellings_of_the_same_address_hold(string htu) =>
        Valid(await check.VerifyAsync(check.Proof(("htu", htu))));

    [Theory]
    [InlineData("http://api.example.com/api/mobile/device/push-handle")]
    [InlineData("https://api.example.com.evil.example/api/mobile/device/push-handle")]
    [InlineData("https://evil.example/api/mobile/device/push-handle")]
    [InlineData("https://api.example.com:8443/api/mobile/device/push-handle")]
    [InlineData("https://me@api.example.com/api/mobile/device/push-handle")]
    [InlineData("https://api.example.com/api/mobile/device/status")]
    [InlineData("https://api.example.com/api/mobile/device/push-handle/")]
    [InlineData("https://api.example.com/api/mobile/device/Push-Handle")]
    [InlineData("https://api.example.com/api/mobile/device/push-handle?x=1")]
    [InlineData("https://api.example.com/api/mobile/device/push-handle?")]
    [InlineData("https://api.example.com/api/mobile/device/push-handle#x")]
    [InlineData("/api/mobile/device/push-handle")]
    [InlineData("")]
    public async Task A_proof_for_another_address_is_refused(string htu) =>
        Refused(ProofFaults.OtherRequest, await check.VerifyAsync(check.Proof(("htu", htu))));

    [Theory]
    [InlineData("GET")]
    [InlineData("put")]
    [InlineData("")]
    public async Task A_proof_for_another_method_is_refused(string htm) =>
        Refused(ProofFaults.OtherRequest, await check.VerifyAsync(check.Proof(("htm", htm))));

    [Theory]
    [InlineData("""{"kind":"apnt"}""")]
    [InlineData("")]
    public async Task A_proof_for_another_body_is_refused(string body) =>
        Refused(ProofFaults.OtherBody, await check.VerifyAsync(check.Proof(), body));

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_body_without_bound_is_not_read_to_its_end(bool lengthKnown)
    {
        var body = new string(' ', DeviceProofs.MaximumBodyLength + 1);
        var request = Request(check.Proof(("bh", Hash(body))), body);
        request.ContentLength = lengthKnown ? body.Length : null;
        Refused(ProofFaults.BodyTooLarge, await check.VerifyAsync(request));
    }

    [Theory]
    [InlineData(-60, null)]
    [InlineData(-61, ProofFaults.TooOld)]
    [InlineData(60, null)]
    [InlineData(61, ProofFaults.Ahead)]
    public async Task A_proof_holds_a_minute_on_either_side(int seconds, string? fault)
    {
        var result = await check.VerifyAsync(check.Proof(("iat", check.Time.GetUtcNow().ToUnixTimeSeconds() + seconds)));
        Assert.Equal(fault, (result as DeviceProofResult.Invalid)?.Reason);
    }

    [Theory]
    [InlineData(0.25, null)]
    [InlineData(-59.75, null)]
    [InlineData(-60.25, ProofFaults.TooOld)]
    [InlineData(60.25, ProofFaults.Ahead)]
    public async Task A_time_may_have_a_fraction(double seconds, string? fault)
    {
        var iat = check.Time.GetUtcNow().ToUnixTimeSeconds() + (decimal)seconds;
        var result = await check.VerifyAsync(check.Proof(("iat", iat)));
        Assert.Equal(fault, (result as DeviceProofResult.Invalid)?.Reason);
        Assert.Equal(fault is null ? iat : null, (decimal?)(result as DeviceProofResult.Valid)?.Proof.IssuedAt);
    }

    [Theory]
    [InlineData("-7.9e28", ProofFaults.TooOld)]
    [InlineData("7.9e28", ProofFaults.Ahead)]
    [InlineData("1e400", ProofFaults.Malformed)]
    public async Task A_time_beyond_all_numbers_is_refused(string iat, string fault) =>
        Refused(fault, await check.VerifyAsync(check.Proof(("iat", System.Text.Json.Nodes.JsonNode.Parse(iat)!))));

    [Theory]
    [InlineData(long.MinValue, ProofFaults.TooOld)]
    [InlineData(long.MaxValue, ProofFaults.Ahead)]
    public async Task A_time_beyond_all_calendars_is_refused(long iat, string fault) =>
        Refused(fault, await check.VerifyAsync(check.Proof(("iat", iat))));

    [Theory]
    [InlineData("tenant", "con.toso")]
    [InlineData("tenant", "")]
    [InlineData("tenant", "contoso\n")]
    [InlineData("tenant", "cöntoso")]
    [InlineData("tenant", "ttttttttttttttttttttttttttttttttttttttttttttttttttttttttttttttttt")]
    [InlineData("user", "user/1")]
    [InlineData("user", "")]
    [InlineData("jti", "short")]
    [InlineData("jti", "0123456789abcde/")]
    [InlineData("jti", "jjjjjjjjjjjjjjjjjjjjjjjjjjjjjjjjjjjjjjjjjjjjjjjjjjjjjjjjjjjjjjjjj")]
    [InlineData("device", "kPrK_qmxVWaYVA9wwBF6Iuo3vVzz7TxHCTwXBygrS4l")]
    [InlineData("device", "kPrK_qmxVWaYVA9wwBF6Iuo3vVzz7TxHCTwXBygrS4")]
    public async Task Identifiers_out_of_format_are_refused(string claim, string value) =>
        Refused(ProofFaults.Malformed, await check.VerifyAsync(check.Proof((claim, value))));

    [Fact]
    public async Task The_id_of_another_device_is_refused()
    {
        using var victim = Signer.P256();
        Refused(
            ProofFaults.OtherDevice,
            await check.VerifyAsync(check.Proof(("device", victim.DeviceId))));
    }

    [Fact]
    public async Task Exactly_one_header_is_needed()
    {
        var request = Request("");
        request.Headers.Remove(DeviceProofs.HeaderName);
        Refused(ProofFaults.HeaderMissing, await check.VerifyAsync(request));
        Refused(ProofFaults.HeaderMissing, await check.VerifyAsync(""));

        var proof = check.Proof();
        request.Headers[DeviceProofs.HeaderName] = new[] { proof, proof };
        Refused(ProofFaults.HeaderMissing, await check.VerifyAsync(request));
    }
}
