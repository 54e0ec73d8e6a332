using BlokSec.Local.Cosmos.Items;
using BlokSec.Local.Cosmos.Keys;
using Microsoft.Azure.Cosmos;
using Microsoft.Azure.Cosmos.Serialization.HybridRow;
using Microsoft.Azure.Cosmos.Serialization.HybridRow.IO;
using Microsoft.Azure.Cosmos.Serialization.HybridRow.Layouts;
using Microsoft.Azure.Cosmos.Serialization.HybridRow.RecordIO;
using Microsoft.Azure.Cosmos.Serialization.HybridRow.Schemas;

namespace BlokSec.Local.Cosmos.Batches;

/// <summary>
/// The body of a batch: HybridRow record IO with one row per operation, answered by one row per result. Reader, writer and the schema
/// of the rows ship with the SDK.
/// </summary>
internal static class BatchWire
{
    private const string SchemaResource = "Microsoft.Azure.Cosmos.Batch.HybridRowBatchSchemas.json";

    private static readonly LayoutResolverNamespace Layouts = LoadLayouts();
    private static readonly Layout ResultLayout = Layouts.Resolve(
        Layouts.Namespace.Schemas.Find(schema => schema.Name == "BatchResult")!.SchemaId);

    public static async Task<IReadOnlyList<ItemOperation>> ReadAsync(byte[] body, PartitionKeyValue key)
    {
        var operations = new List<ItemOperation>();
        using var stream = new MemoryStream(body);
        var read = await stream.ReadRecordIOAsync((ReadOnlyMemory<byte> record) =>
        {
            operations.Add(ReadOperation(record, key));
            return Result.Success;
        }, resizer: new MemorySpanResizer<byte>(body.Length));
        return read == Result.Success ? operations : throw CosmosRefusal.BadRequest("The batch could not be read.");
    }

    public static async Task<byte[]> WriteAsync(IReadOnlyList<ItemResult> results)
    {
        using var stream = new MemoryStream();
        var written = await stream.WriteRecordIOAsync(default(Segment), (long index, out ReadOnlyMemory<byte> row) =>
        {
            row = index < results.Count ? WriteResult(results[(int)index]) : default;
            return Result.Success;
        });
        return written == Result.Success ? stream.ToArray() : throw new InvalidOperationException("A batch result could not be written.");
    }

    private static ItemOperation ReadOperation(ReadOnlyMemory<byte> record, PartitionKeyValue key)
    {
        var row = new RowBuffer(record.Length);
        if (!row.ReadFrom(record.Span, HybridRowVersion.V1, Layouts))
        {
            throw CosmosRefusal.BadRequest("An operation of the batch could not be read.");
        }

        var operation = new ItemOperation(string.Empty, key, null, []);
        var reader = new RowReader(ref row);
        while (reader.Read())
        {
            operation = ReadField(ref reader, operation);
        }

        return operation;
    }

    private static ItemOperation ReadField(ref RowReader reader, ItemOperation operation)
    {
        switch (reader.Path.ToString())
        {
            case "operationType":
                reader.ReadInt32(out var type);
                return operation with { Kind = Kind(type) };
            case "id":
                reader.ReadString(out string id);
                return operation with { Id = id };
            case "resourceBody":
                reader.ReadBinary(out byte[] body);
                return operation with { Body = body };
            case "ifMatch":
                reader.ReadString(out string ifMatch);
                return operation with { IfMatch = ifMatch };
            case "ifNoneMatch":
                reader.ReadString(out string ifNoneMatch);
                return operation with { IfNoneMatch = ifNoneMatch };
            case "minimalReturnPreference":
                reader.ReadBool(out var minimal);
                return operation with { Minimal = minimal };
            default:
                return operation;
        }
    }

    /// <summary>The numbers are those of the SDK's <c>OperationType</c>.</summary>
    private static string Kind(int type) => type switch
    {
        0 => CosmosOperation.Create,
        1 => CosmosOperation.Patch,
        2 => CosmosOperation.Read,
        4 => CosmosOperation.Delete,
        5 => CosmosOperation.Replace,
        20 => CosmosOperation.Upsert,
        _ => throw CosmosRefusal.Unsupported($"operation type {type} in a batch"),
    };

    private static ReadOnlyMemory<byte> WriteResult(ItemResult result)
    {
        var row = new RowBuffer(256 + (result.Body?.Length ?? 0));
        row.InitLayout(HybridRowVersion.V1, ResultLayout, Layouts);
        if (RowWriter.WriteBuffer(ref row, result, WriteFields) != Result.Success)
        {
            throw new InvalidOperationException("A batch result could not be written.");
        }

        return row.ToArray();
    }

    private static Result WriteFields(ref RowWriter writer, TypeArgument type, ItemResult result)
    {
        Result[] written =
        [
            writer.WriteInt32("statusCode", result.Status),
            writer.WriteInt32("subStatusCode", result.SubStatus),
            result.ETag is null ? Result.Success : writer.WriteString("eTag", result.ETag),
            result.Body is null ? Result.Success : writer.WriteBinary("resourceBody", result.Body),
            writer.WriteFloat64("requestCharge", result.Charge),
        ];
        return Array.Find(written, one => one != Result.Success);
    }

    private static LayoutResolverNamespace LoadLayouts()
    {
        using var resource = typeof(CosmosClient).Assembly.GetManifestResourceStream(SchemaResource)
            ?? throw new InvalidOperationException("This version of Microsoft.Azure.Cosmos keeps its batch schema elsewhere.");
        using var reader = new StreamReader(resource);
        return new LayoutResolverNamespace(Namespace.Parse(reader.ReadToEnd()));
    }
}
