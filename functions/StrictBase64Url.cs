using System.Buffers;
using System.Buffers.Text;
using System.Diagnostics.CodeAnalysis;

namespace BlokSec.Functions;

/// <summary>
/// Base64url as JOSE has it (RFC 7515, section 2): no padding, no white space, and one spelling per value. A decoder that
/// overlooks the unused bits of the last character would let one signature have several spellings.
/// </summary>
internal static class StrictBase64Url
{
    public static string Encode(ReadOnlySpan<byte> bytes) => Base64Url.EncodeToString(bytes);

    public static bool TryDecode(ReadOnlySpan<char> text, [NotNullWhen(true)] out byte[]? bytes)
    {
        bytes = null;
        var buffer = new byte[Base64Url.GetMaxDecodedLength(text.Length)];
        // TryDecodeFromChars throws on characters outside of the alphabet.
        if (Base64Url.DecodeFromChars(text, buffer, out _, out var length) != OperationStatus.Done)
        {
            return false;
        }

        var decoded = buffer.AsSpan(0, length);
        if (!text.SequenceEqual(Base64Url.EncodeToString(decoded)))
        {
            return false;
        }

        bytes = decoded.ToArray();
        return true;
    }
}
