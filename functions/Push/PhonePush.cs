using System.Buffers;
using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using BlokSec.Contracts;

namespace BlokSec.Functions.Push;

/// <summary>What to tell one phone.</summary>
/// <param name="Handle">Where its app can be reached.</param>
/// <param name="Platform">The phone's system, which decides what shows a notification.</param>
/// <param name="PushId">A lower-case UUID, the same for every attempt: Apple returns it, and a repeated push can be told from a new one.</param>
/// <param name="TenantId">The tenant.</param>
/// <param name="UserId">The user.</param>
/// <param name="DeviceId">The device.</param>
/// <param name="ExpiresAt">Until when Apple keeps it for a phone that is offline.</param>
/// <param name="TraceParent">W3C trace context, which the app sends back with what it calls because of the push; null for none.</param>
internal abstract record PhonePush(
    PushHandle Handle,
    DevicePlatform Platform,
    string PushId,
    string TenantId,
    string UserId,
    string DeviceId,
    DateTimeOffset ExpiresAt,
    string? TraceParent)
{
    private const int LongestCollapseId = 64;

    private static readonly SearchValues<char> PlainId =
        SearchValues.Create("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_.:");

    /// <summary>The <c>type</c> in the data, by which the app knows what the push is.</summary>
    public abstract string DataType { get; }

    /// <summary>The value of <c>aps</c>, the part of Apple's payload that iOS itself reads, as JSON.</summary>
    public abstract ReadOnlySpan<byte> Aps { get; }

    /// <summary>Of two pushes with the same id that wait for an iPhone, it gets the later one only.</summary>
    public abstract string CollapseId { get; }

    /// <summary>The same for Google, which keeps four different ones for a phone.</summary>
    public virtual string CollapseKey => CollapseId;

    /// <summary>For how long Google keeps it for a phone that is offline.</summary>
    public abstract TimeSpan TimeToLive { get; }

    /// <summary>Size of what <see cref="WriteData"/> writes for Google, names and values.</summary>
    public abstract int DataSize { get; }

    /// <summary>Writes the data that only this kind of push has.</summary>
    /// <param name="json">The object of the data.</param>
    /// <param name="isText">Whether all values are text, as Google wants them.</param>
    public abstract void WriteData(ref PushJson json, bool isText);

    /// <summary>At most 64 bytes, as Apple takes them, so an id that does not fit is hashed.</summary>
    protected static string Collapse(string prefix, string id) =>
        prefix.Length + id.Length <= LongestCollapseId && !id.AsSpan().ContainsAnyExcept(PlainId)
            ? prefix + id
            : prefix + Base64Url.EncodeToString(SHA256.HashData(Encoding.UTF8.GetBytes(id)));

    protected virtual bool PrintMembers(StringBuilder builder)
    {
        builder.Append("PushId = ").Append(PushId).Append(", DeviceId = ").Append(DeviceId);
        return true;
    }
}
