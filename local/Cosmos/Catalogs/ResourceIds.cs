using System.Buffers.Binary;

namespace BlokSec.Local.Cosmos.Catalogs;

/// <summary>
/// Resource ids as the SDK takes them apart: 4 bytes for the database, 4 for the container (the top bit set), 8 for the item, in
/// base64 with '-' for '/'.
/// </summary>
internal static class ResourceIds
{
    public static string OfDatabase(long database) => Encode(database, null, null);

    public static string OfContainer(long database, long container) => Encode(database, container, null);

    public static string OfItem(long database, long container, long item) => Encode(database, container, item);

    /// <summary>Whether a resource id names an item of a container: 16 bytes that begin with the container's 8, of which 7 fill whole characters.</summary>
    public static bool IsItem(string id, string container) => id.Length == 24 && id.AsSpan().StartsWith(container.AsSpan(0, 10));

    private static string Encode(long database, long? container, long? item)
    {
        Span<byte> bytes = stackalloc byte[16];
        BinaryPrimitives.WriteUInt32BigEndian(bytes, 0x8000_0000 | (uint)database);
        BinaryPrimitives.WriteUInt32BigEndian(bytes[4..], 0x8000_0000 | (uint)(container ?? 0));
        BinaryPrimitives.WriteInt64LittleEndian(bytes[8..], item ?? 0);
        return Convert.ToBase64String(bytes[..(item is not null ? 16 : container is not null ? 8 : 4)]).Replace('/', '-');
    }
}
