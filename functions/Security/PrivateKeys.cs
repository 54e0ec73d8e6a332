using System.Formats.Asn1;
using System.Security.Cryptography;

namespace BlokSec.Functions.Security;

/// <summary>Looks at the form of a private key, without importing it: a cold start does not pay for cryptography.</summary>
internal static class PrivateKeys
{
    private const string EllipticCurve = "1.2.840.10045.2.1";
    private const string P256 = "1.2.840.10045.3.1.7";
    private const string RsaEncryption = "1.2.840.113549.1.1.1";
    private const int ScalarLength = 32;

    /// <summary>Whether the text is a P-256 key as PKCS#8 in PEM.</summary>
    public static bool IsP256(string? text) => Holds(text, HoldsP256);

    /// <summary>Whether the text is an RSA key of 2,048 bits or more as PKCS#8 in PEM.</summary>
    public static bool IsRsa(string? text) => Holds(text, HoldsRsa);

    private static bool Holds(string? text, Func<byte[], bool> holds)
    {
        if (text is null || !PemEncoding.TryFind(text, out var fields) || text.AsSpan()[fields.Label] is not "PRIVATE KEY")
        {
            return false;
        }

        var bytes = new byte[fields.DecodedDataLength];
        return Convert.TryFromBase64Chars(text.AsSpan()[fields.Base64Data], bytes, out _) && holds(bytes);
    }

    /// <summary>PKCS#8 (RFC 5958, section 2) around an EC private key (RFC 5915, section 3).</summary>
    private static bool HoldsP256(byte[] pkcs8)
    {
        try
        {
            var info = new AsnReader(pkcs8, AsnEncodingRules.DER).ReadSequence();
            info.ReadInteger();
            var algorithm = info.ReadSequence();
            if (algorithm.ReadObjectIdentifier() != EllipticCurve || algorithm.ReadObjectIdentifier() != P256)
            {
                return false;
            }

            var key = new AsnReader(info.ReadOctetString(), AsnEncodingRules.DER).ReadSequence();
            key.ReadInteger();
            return key.ReadOctetString().Length == ScalarLength;
        }
        catch (AsnContentException)
        {
            return false;
        }
    }

    /// <summary>PKCS#8 around an RSA private key (RFC 8017, appendix A.1.2).</summary>
    private static bool HoldsRsa(byte[] pkcs8)
    {
        try
        {
            var info = new AsnReader(pkcs8, AsnEncodingRules.DER).ReadSequence();
            info.ReadInteger();
            if (info.ReadSequence().ReadObjectIdentifier() != RsaEncryption)
            {
                return false;
            }

            var key = new AsnReader(info.ReadOctetString(), AsnEncodingRules.DER).ReadSequence();
            key.ReadInteger();
            return key.ReadInteger().GetBitLength() >= EventKeys.FewestBits;
        }
        catch (AsnContentException)
        {
            return false;
        }
    }
}
