using System.Buffers.Text;
using System.Text;
using BlokSec.Local.Phones.Keys;

namespace BlokSec.Local.Tests.Phones;

public sealed class KeyTests
{
    [Theory]
    [InlineData("did:key:zDnaerx9CtbPJ1q36T5Ln5wYt3MQYeGRG5ehnPAmxcf5mDZpv",
        "igrFmi0whuihKnj9R3Om1SoMph72wUGeFaBbzG2vzns", "efsX5b10x8yjyrj4ny3pGfLcY7Xby1KzgqOdqnsrJIM")]
    [InlineData("did:key:zDnaerDaTF5BXEavCrfRZEk316dpbLsfPDZ3WJ5hRTPFU2169",
        "fyNYMN0976ci7xqiSdag3buk-ZCwgXU4kz9XNkBlNUI", "hW2ojTNfH7Jbi8--CJUo3OCbH3y5n91g-IMA9MLMbTU")]
    public void A_P256_key_has_the_did_of_the_method_specification(string did, string x, string y) =>
        Assert.Equal(did, DidKey.Encode(new PublicJwk("EC", "P-256", x, y)));

    [Fact]
    public void An_Ed25519_key_has_the_did_of_the_method_specification() =>
        Assert.Equal("did:key:z6MkiTBz1ymuepAQ4HEHYSF1H8quG5GLVVQR3djdX3mDooWp", PhoneKey.Import(KeyKind.Ed25519, new byte[32]).Did);

    [Theory]
    [InlineData(nameof(KeyKind.P256), "did:key:zDn")]
    [InlineData(nameof(KeyKind.Ed25519), "did:key:z6Mk")]
    public void The_did_of_a_key_shows_its_kind(string kind, string prefix) =>
        Assert.StartsWith(prefix, Create(kind).Did, StringComparison.Ordinal);

    [Fact]
    public void The_thumbprint_of_an_Ed25519_key_is_that_of_RFC_8037() => Assert.Equal(
        "kPrK_qmxVWaYVA9wwBF6Iuo3vVzz7TxHCTwXBygrS4k",
        new PublicJwk("OKP", "Ed25519", "11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo", null).Thumbprint());

    [Fact]
    public void The_thumbprint_of_a_P256_key_is_that_of_RFC_9449() => Assert.Equal(
        "0ZcOCORZNYy-DWpqq30jZyJGHTN0d2HglBV3uiguA4I",
        new PublicJwk("EC", "P-256", "l8tFrhx-34tV3hRICRDY9zCkDlpBhF42UQUfWVAWBFs", "9VE4jf_Ok_o64zbTTlcuNJajHmt6v9TDVrU0CdvGRDA")
            .Thumbprint());

    [Fact]
    public void An_Ed25519_signature_is_that_of_RFC_8037()
    {
        var key = PhoneKey.Import(KeyKind.Ed25519, Base64Url.DecodeFromChars("nWGxne_9WmC6hEr0kuwsxERJxWl7MmkZcDusAxyuf2A"));

        var signature = key.Sign("eyJhbGciOiJFZERTQSJ9.RXhhbXBsZSBvZiBFZDI1NTE5IHNpZ25pbmc"u8);

        Assert.Equal(
            "hgyY0il_MGCjP0JzlnLWG1PPOt7-09PGcvMg3AIbQR6dWbhijcNR4ki4iylGjg5BhVsPt9g7sVvpAr_MuM0KAg",
            Base64Url.EncodeToString(signature));
    }

    [Fact]
    public void The_ES256_signature_of_RFC_7515_is_accepted()
    {
        var key = new PublicJwk(
            "EC", "P-256", "f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU", "x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0");
        const string Jws = "eyJhbGciOiJFUzI1NiJ9"
            + ".eyJpc3MiOiJqb2UiLA0KICJleHAiOjEzMDA4MTkzODAsDQogImh0dHA6Ly9leGFtcGxlLmNvbS9pc19yb290Ijp0cnVlfQ"
            + ".DtEhU3ljbEg8L38VWAfUAqOyKAM6-Xx-F4GawxaepmXFCgfTjDxw5djxLa8ISlSApmWQxfKTUJqPP3-Kg6NU1Q";

        Assert.True(CompactJws.TryParse(Jws, out var jws));
        Assert.True(jws.IsSignedBy(key));
        Assert.Equal("joe", jws.ClaimText("iss"));
    }

    [Theory]
    [InlineData(nameof(KeyKind.P256))]
    [InlineData(nameof(KeyKind.Ed25519))]
    public void A_key_that_was_exported_and_imported_is_the_same_key(string kind)
    {
        var key = Create(kind);

        var again = PhoneKey.Import(key.Kind, key.ExportPrivate());

        Assert.Equal(key.Public, again.Public);
        Assert.True(key.Public.Verifies("text"u8, again.Sign("text"u8)));
    }

    [Theory]
    [InlineData(nameof(KeyKind.P256))]
    [InlineData(nameof(KeyKind.Ed25519))]
    public void The_text_of_a_key_does_not_show_the_private_half(string kind)
    {
        var key = Create(kind);

        Assert.DoesNotContain(Base64Url.EncodeToString(key.ExportPrivate()), key.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public void A_point_off_the_curve_verifies_nothing()
    {
        var one = Base64Url.EncodeToString([.. new byte[31], 1]);

        Assert.False(new PublicJwk("EC", "P-256", one, one).Verifies(Encoding.ASCII.GetBytes("text"), new byte[64]));
    }

    private static PhoneKey Create(string kind) => PhoneKey.Create(Enum.Parse<KeyKind>(kind));
}
