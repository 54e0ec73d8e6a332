using Microsoft.Data.Sqlite;

namespace BlokSec.Local.ServiceBus;

/// <summary>Messages in the table of versions that kept them without AMQP; they go over once, and the table goes.</summary>
internal static class EarlierMessages
{
    private const string Table = "messages";

    public static void Adopt(MessageDatabase database) => database.Transact(() =>
    {
        if (database.Number("SELECT COUNT(*) FROM sqlite_master WHERE type = 'table' AND name = $name", ("$name", Table)) == 0)
        {
            return false;
        }

        foreach (var (id, encoded) in database.Query($"SELECT id, message_id, content_type, body FROM {Table} ORDER BY id", Read))
        {
            database.Execute(
                $"""
                INSERT INTO queued (queue, sequence, state, due, message_id, enqueued, expires, delivery_count, lock_token, message)
                SELECT queue, sequence, state, due, message_id, enqueued, expires, delivery_count, lock_token, $message FROM {Table} WHERE id = $id
                """,
                ("$message", encoded),
                ("$id", id));
        }

        database.Execute($"DROP TABLE {Table}");
        return true;
    });

    private static (long Id, byte[] Encoded) Read(SqliteDataReader row)
    {
        var message = MessageSections.Of(row.GetFieldValue<byte[]>(3));
        message.SetProperties(properties =>
        {
            properties.MessageId = row.GetString(1);
            properties.ContentType = row.IsDBNull(2) ? default : row.GetString(2);
        });
        return (row.GetInt64(0), message.ToBytes());
    }
}
