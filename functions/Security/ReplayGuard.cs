using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;

namespace BlokSec.Functions.Security;

/// <summary>
/// Remembers the proofs this instance has seen, for calls that change nothing (those that do remember theirs in the database, where all
/// instances see it). Two generations take turns, each for as long as a proof can live, so that forgetting costs nothing and
/// memory has a bound; when a generation is full before its time, the oldest proofs are forgotten rather than phones refused.
/// </summary>
internal sealed class ReplayGuard(TimeProvider time)
{
    /// <summary>Proofs remembered per generation; 16 bytes of digest each.</summary>
    public const int Capacity = 100_000;

    // A proof can be first seen while it is a window ahead and last seen when it is a window old.
    private static readonly TimeSpan Lifetime = DeviceProofs.Window * 2;

    private readonly Lock gate = new();
    private HashSet<UInt128> current = [];
    private HashSet<UInt128> previous = [];
    private long startedAt = time.GetTimestamp();

    /// <summary>True the first time a device shows a proof, false when it was seen before.</summary>
    public bool TryRemember(DeviceProof proof)
    {
        var digest = Digest(proof);
        lock (gate)
        {
            Turn();
            return !previous.Contains(digest) && current.Add(digest);
        }
    }

    private void Turn()
    {
        var age = time.GetElapsedTime(startedAt);
        if (age < Lifetime && current.Count < Capacity)
        {
            return;
        }

        (previous, current) = (age < 2 * Lifetime ? current : [], []);
        startedAt = time.GetTimestamp();
    }

    private static UInt128 Digest(DeviceProof proof) =>
        BinaryPrimitives.ReadUInt128BigEndian(SHA256.HashData(Encoding.ASCII.GetBytes($"{proof.DeviceId}.{proof.Jti}")));
}
