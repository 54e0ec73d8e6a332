using System.Text;
using BlokSec.Functions.Security;
using CsCheck;

namespace BlokSec.Functions.Tests.Security;

public sealed class CompactJwsTests
{
    [Fact]
    public void No_bytes_in_its_parts_make_it_throw()
    {
        var header = Encoding.UTF8.GetBytes("""{"typ":"t","alg":"ES256","kid":"k"}""");
        Gen.Select(Gen.Int[0, header.Length - 1], Gen.Byte, Gen.Byte.Array[0, 8]).Sample((position, value, rest) =>
        {
            var changed = header.ToArray();
            changed[position] = value;
            var text = string.Join('.', StrictBase64Url.Encode(changed), StrictBase64Url.Encode(rest), StrictBase64Url.Encode(rest));
            Assert.True(!CompactJws.TryParse(text, "t", out var jws) || jws.Payload.Span.SequenceEqual(rest));
        });
    }

    [Fact]
    public void Text_that_is_not_UTF_8_is_refused()
    {
        byte[] header = [.. """{"typ":"t","alg":"ES256","kid":"k"""u8, 0xFF, .. "\"}"u8];
        Assert.False(CompactJws.TryParse(StrictBase64Url.Encode(header) + "..", "t", out _));
    }

    [Fact]
    public void Its_longest_form_is_read_and_one_more_character_is_not()
    {
        var head = Signer.Encode("""{"typ":"t","alg":"ES256","kid":"k"}""") + ".";
        var payload = new string('A', (CompactJws.MaximumLength - head.Length - 1) / 4 * 4);
        var text = head + payload + "." + new string('A', CompactJws.MaximumLength - head.Length - payload.Length - 1);
        Assert.Equal(CompactJws.MaximumLength, text.Length);
        Assert.Equal((text.Length - head.Length - payload.Length - 1) % 4 != 1, CompactJws.TryParse(text, "t", out _));
        Assert.False(CompactJws.TryParse(text + "AAAA", "t", out _));
    }

    [Theory]
    [InlineData("AA", true)]
    [InlineData("AB", false)]
    [InlineData("AAA", true)]
    [InlineData("AAB", false)]
    [InlineData("AAAA", true)]
    [InlineData("A", false)]
    [InlineData("AA==", false)]
    [InlineData("AA%3D", false)]
    [InlineData("A A", false)]
    [InlineData("AA\n", false)]
    [InlineData("A+AA", false)]
    [InlineData("A/AA", false)]
    [InlineData("", true)]
    public void Base64url_has_one_spelling(string text, bool good) => Assert.Equal(good, StrictBase64Url.TryDecode(text, out _));
}
