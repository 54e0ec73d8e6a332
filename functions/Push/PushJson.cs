using System.Buffers;
using System.Text.Json;

namespace BlokSec.Functions.Push;

/// <summary>Writes payloads without leaving more behind than their own bytes.</summary>
internal static class PushJson
{
    // A JSON writer asks for three times the length of a text; kept per thread, that is paid once and not per push.
    [ThreadStatic]
    private static ArrayBufferWriter<byte>? buffer;

    [ThreadStatic]
    private static Utf8JsonWriter? writer;

    public static byte[] Write(RevokePush push, Action<Utf8JsonWriter, RevokePush> write)
    {
        var bytes = buffer ??= new ArrayBufferWriter<byte>(8 * 1024);
        var json = writer ??= new Utf8JsonWriter(bytes);
        bytes.ResetWrittenCount();
        json.Reset();
        write(json, push);
        json.Flush();
        return bytes.WrittenSpan.ToArray();
    }
}
