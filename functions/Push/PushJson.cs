using System.Buffers;
using System.Globalization;
using System.Text;
using System.Text.Json;

namespace BlokSec.Functions.Push;

/// <summary>
/// Writes a payload as <see cref="Utf8JsonWriter"/> would, byte for byte, in a fraction of its time: nearly all of a payload are ids and a
/// signed statement, whose characters stand for themselves.
/// </summary>
internal ref struct PushJson
{
    /// <summary>Fits nearly every payload; the array grows for others.</summary>
    private const int UsualSize = 2 * 1024;

    /// <summary>What stands around a name and a value: comma, four quotes, a colon.</summary>
    private const int Punctuation = 6;
    private const int LongestNumber = 20;

    /// <summary>Characters that no JSON text needs to escape; texts with others are left to the serializer.</summary>
    private static readonly SearchValues<char> Plain =
        SearchValues.Create("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_.:/ ");

    private byte[] array;
    private int length;
    private bool isNext;

    public PushJson()
    {
        array = ArrayPool<byte>.Shared.Rent(UsualSize);
        array[length++] = (byte)'{';
    }

    /// <summary>Begins an object.</summary>
    public void Open(ReadOnlySpan<byte> name)
    {
        Name(name, 1);
        array[length++] = (byte)'{';
        isNext = false;
    }

    /// <summary>Ends an object.</summary>
    public void Close()
    {
        Reserve(1);
        array[length++] = (byte)'}';
        isNext = true;
    }

    public void Text(ReadOnlySpan<byte> name, string value)
    {
        var escaped = value.AsSpan().ContainsAnyExcept(Plain) ? JsonEncodedText.Encode(value) : default;
        Name(name, Math.Max(value.Length, escaped.EncodedUtf8Bytes.Length));
        array[length++] = (byte)'"';
        if (escaped.EncodedUtf8Bytes.IsEmpty)
        {
            length += Encoding.ASCII.GetBytes(value, array.AsSpan(length));
        }
        else
        {
            Copy(escaped.EncodedUtf8Bytes);
        }

        array[length++] = (byte)'"';
    }

    public void Number(ReadOnlySpan<byte> name, long value)
    {
        Name(name, LongestNumber);
        value.TryFormat(array.AsSpan(length), out var digits, default, CultureInfo.InvariantCulture);
        length += digits;
    }

    /// <summary>Writes a member whose JSON is there already.</summary>
    public void Raw(ReadOnlySpan<byte> name, ReadOnlySpan<byte> json)
    {
        Name(name, json.Length);
        Copy(json);
    }

    /// <summary>Ends the payload.</summary>
    public PushPayload End()
    {
        Close();
        return new PushPayload(array, length);
    }

    /// <summary>Writes a name, and makes room for its value.</summary>
    private void Name(ReadOnlySpan<byte> name, int value)
    {
        Reserve(name.Length + value + Punctuation);
        if (isNext)
        {
            array[length++] = (byte)',';
        }

        array[length++] = (byte)'"';
        Copy(name);
        array[length++] = (byte)'"';
        array[length++] = (byte)':';
        isNext = true;
    }

    private void Copy(ReadOnlySpan<byte> bytes)
    {
        bytes.CopyTo(array.AsSpan(length));
        length += bytes.Length;
    }

    private void Reserve(int bytes)
    {
        if (array.Length - length >= bytes)
        {
            return;
        }

        var larger = ArrayPool<byte>.Shared.Rent((2 * array.Length) + bytes);
        array.AsSpan(0, length).CopyTo(larger);
        ArrayPool<byte>.Shared.Return(array);
        array = larger;
    }
}
