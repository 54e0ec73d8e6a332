using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;
using Microsoft.Extensions.Primitives;

namespace BlokSec.Functions.Limits;

/// <summary>The keys that signed calls which were served, as far as they show before a signature is checked. A bounded memory.</summary>
internal sealed class KnownKeys
{
    /// <summary>Keys per generation; 16 bytes each.</summary>
    public const int Capacity = 50_000;

    private readonly Lock gate = new();
    private Dictionary<string, UInt128> byDevice = [];
    private HashSet<UInt128> current = [];
    private HashSet<UInt128> previous = [];

    /// <summary>A digest of the proof's header, which holds the key and is the same in all proofs of a phone; null when there is none.</summary>
    public static UInt128? KeyOf(StringValues proofs) =>
        proofs is [{ Length: > 0 } proof] && proof.IndexOf('.', StringComparison.Ordinal) is > 0 and var end
            ? BinaryPrimitives.ReadUInt128BigEndian(SHA256.HashData(Encoding.UTF8.GetBytes(proof, 0, end)))
            : null;

    public bool Contains(UInt128 key)
    {
        lock (gate)
        {
            return current.Contains(key) || previous.Contains(key);
        }
    }

    /// <summary>Remembers the key of a device, in its latest spelling only: spelled in many ways, it is no more than one.</summary>
    public void Add(string deviceId, UInt128 key)
    {
        lock (gate)
        {
            if (byDevice.TryGetValue(deviceId, out var earlier) && earlier != key)
            {
                current.Remove(earlier);
            }

            byDevice[deviceId] = key;
            if (current.Add(key) && current.Count == Capacity)
            {
                (previous, current, byDevice) = (current, [], []);
            }
        }
    }
}
