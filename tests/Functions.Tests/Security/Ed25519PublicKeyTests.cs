using System.Globalization;
using System.Numerics;
using BlokSec.Functions.Security;

namespace BlokSec.Functions.Tests.Security;

/// <summary>Keys that no honest signer has, and signatures with a second spelling, are refused; RFC 8032's own are taken.</summary>
public sealed class Ed25519PublicKeyTests
{
    /// <summary>The order of the base point (RFC 8032, section 5.1).</summary>
    private static readonly BigInteger L = BigInteger.Pow(2, 252) + BigInteger.Parse("27742317777372353535851937790883648493", CultureInfo.InvariantCulture);

    [Theory]
    [InlineData(
        "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a",
        "",
        "e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e065224901555fb8821590a33bacc61e39701cf9b46bd25bf5f0595bbe24655141438e7a100b")]
    [InlineData(
        "3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c",
        "72",
        "92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da085ac1e43e15996e458f3613d0f11d8c387b2eaeb4302aeeb00d291612bb0c00")]
    [InlineData(
        "fc51cd8e6218a1a38da47ed00230f0580816ed13ba3303ac5deb911548908025",
        "af82",
        "6291d657deec24024827e69c3abe01a30ce548a284743a445e3680d7db5ac3ac18ff9b538d16f290ae67f760984dc6594a7c15e9716ed28dc027beceea1ec40a")]
    public void Vectors_of_RFC_8032_verify_and_nothing_near_them(string point, string message, string signature)
    {
        Assert.True(Ed25519PublicKey.TryCreate(Convert.FromHexString(point), out var key));
        var (data, signed) = (Convert.FromHexString(message), Convert.FromHexString(signature));
        Assert.True(key.Verify(data, signed));
        Assert.False(key.Verify([.. data, 0], signed));
        Assert.False(key.Verify(data, signed.AsSpan(0, signed.Length - 1)));
        Assert.False(key.Verify(data, [.. signed, 0]));
        for (var bit = 0; bit < signed.Length * 8; bit++)
        {
            var other = signed.ToArray();
            other[bit / 8] ^= (byte)(1 << (bit % 8));
            Assert.False(key.Verify(data, other));
        }
    }

    [Fact]
    public void A_signature_has_one_spelling()
    {
        using var signer = Signer.Ed25519();
        var signature = signer.Sign("any");
        var s = new BigInteger(signature.AsSpan(32), isUnsigned: true) + L;
        byte[] other = [.. signature[..32], .. s.ToByteArray(isUnsigned: true).Concat(new byte[32]).Take(32)];

        Assert.True(signer.PublicKey.Verify("any"u8, signature));
        Assert.False(signer.PublicKey.Verify("any"u8, other));
    }

    [Theory]
    [InlineData("of order 1", "0100000000000000000000000000000000000000000000000000000000000000")]
    [InlineData("of order 2", "ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f")]
    [InlineData("of order 4", "0000000000000000000000000000000000000000000000000000000000000000")]
    [InlineData("of order 4", "0000000000000000000000000000000000000000000000000000000000000080")]
    [InlineData("of order 8", "26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05")]
    [InlineData("of order 8", "26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc85")]
    [InlineData("of order 8", "c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a")]
    [InlineData("of order 8", "c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac03fa")]
    [InlineData("of mixed order", "cdb267ce40c5cd45306fa5d2f29731459387dbf9eb933b7bd5aed9a765b88d4d")]
    [InlineData("of mixed order", "f7badec5b8abeaf699583992219b7b223f1df3fbbea919844e3f7c554a43dd43")]
    [InlineData("y is the prime", "edffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f")]
    [InlineData("y is the prime and 1", "eeffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f")]
    [InlineData("not on the curve", "0200000000000000000000000000000000000000000000000000000000000000")]
    [InlineData("too short", "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f70751")]
    [InlineData("too long", "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a00")]
    public void A_point_that_no_honest_key_has_is_refused(string what, string point) =>
        Assert.False(Ed25519PublicKey.TryCreate(Convert.FromHexString(point), out _), what);
}
