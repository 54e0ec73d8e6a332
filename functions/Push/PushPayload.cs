using System.Buffers;

namespace BlokSec.Functions.Push;

/// <summary>
/// The bytes of a payload, in a pooled array: fresh memory for each push would cost more than all that is done with it. One that is not
/// given back is left to the collector.
/// </summary>
/// <param name="Array">Holds the bytes, from its start on.</param>
/// <param name="Length">How many they are.</param>
internal readonly record struct PushPayload(byte[] Array, int Length)
{
    public ReadOnlyMemory<byte> Bytes => Array.AsMemory(0, Length);

    /// <summary>Gives the memory back; nobody may read it any more.</summary>
    public void Return() => ArrayPool<byte>.Shared.Return(Array);
}
