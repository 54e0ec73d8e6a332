using System.Globalization;
using Microsoft.Data.Sqlite;

namespace BlokSec.Local.ServiceBus;

/// <summary>The rows of one queue. Every member is called inside a transaction.</summary>
internal sealed class QueueTable(MessageDatabase database, string queue)
{
    private const string Select =
        """
        SELECT id, sequence, message_id, state, delivery_count, enqueued, expires, lock_token, due, enqueued_sequence, deferred, message
        FROM queued WHERE queue = $queue
        """;

    /// <summary>Adds a message; its sequence number.</summary>
    public long Insert(IncomingMessage message, MessageState state, DateTimeOffset enqueued, DateTimeOffset expires)
    {
        var sequence = NextSequence();
        database.Execute(
            """
            INSERT INTO queued (queue, sequence, state, due, message_id, enqueued, expires, message)
            VALUES ($queue, $sequence, $state, $due, $messageId, $enqueued, $expires, $message)
            """,
            ("$queue", queue),
            ("$sequence", sequence),
            ("$state", (int)state),
            ("$due", (state == MessageState.Scheduled ? enqueued : expires).UtcTicks),
            ("$messageId", message.MessageId),
            ("$enqueued", enqueued.UtcTicks),
            ("$expires", expires.UtcTicks),
            ("$message", message.Encoded));
        return sequence;
    }

    public QueuedMessage? First() =>
        database.Query($"{Select} AND state = 0 ORDER BY sequence LIMIT 1", Read, ("$queue", queue)).SingleOrDefault();

    public QueuedMessage? Newest() =>
        database.Query($"{Select} AND state = 0 ORDER BY sequence DESC LIMIT 1", Read, ("$queue", queue)).SingleOrDefault();

    public QueuedMessage? LockedWith(Guid token) =>
        database.Query($"{Select} AND lock_token = $token", Read, ("$queue", queue), ("$token", token.ToString())).SingleOrDefault();

    public QueuedMessage? Numbered(long sequence, MessageState state) => database.Query(
        $"{Select} AND state = $state AND sequence = $sequence", Read, ("$queue", queue), ("$state", (int)state), ("$sequence", sequence)).SingleOrDefault();

    public List<QueuedMessage> From(long sequence, int count) => database.Query(
        $"{Select} AND sequence >= $sequence ORDER BY sequence LIMIT $count", Read, ("$queue", queue), ("$sequence", sequence), ("$count", count));

    public List<QueuedMessage> All() => database.Query($"{Select} ORDER BY sequence", Read, ("$queue", queue));

    public List<QueuedMessage> Due(DateTimeOffset now) => database.Query(
        $"{Select} AND due <= $now ORDER BY due, sequence", Read, ("$queue", queue), ("$now", now.UtcTicks));

    public bool AnyDue(DateTimeOffset now) =>
        database.Number("SELECT MIN(due) FROM queued WHERE queue = $queue", ("$queue", queue)) <= now.UtcTicks;

    /// <summary>When a message will next become available by itself.</summary>
    public DateTimeOffset? NextAvailable() =>
        database.Number("SELECT MIN(due) FROM queued WHERE queue = $queue AND state IN (1, 2)", ("$queue", queue)) is { } ticks ? Time(ticks) : null;

    public int Count(MessageState state) => (int)database.Number(
        "SELECT COUNT(*) FROM queued WHERE queue = $queue AND state = $state", ("$queue", queue), ("$state", (int)state))!;

    public void Lock(QueuedMessage message, Guid token, DateTimeOffset until) => database.Execute(
        "UPDATE queued SET state = 2, due = $due, lock_token = $token, delivery_count = delivery_count + 1 WHERE id = $id",
        ("$due", until.UtcTicks), ("$token", token.ToString()), ("$id", message.Id));

    public void Unlock(QueuedMessage message, int deliveryCount) => database.Execute(
        "UPDATE queued SET state = CASE deferred WHEN 0 THEN 0 ELSE 3 END, due = expires, lock_token = NULL, delivery_count = $count WHERE id = $id",
        ("$count", deliveryCount), ("$id", message.Id));

    public void Defer(QueuedMessage message) => database.Execute(
        "UPDATE queued SET state = 3, deferred = 1, due = expires, lock_token = NULL WHERE id = $id", ("$id", message.Id));

    public void Rewrite(QueuedMessage message, byte[] encoded) =>
        database.Execute("UPDATE queued SET message = $message WHERE id = $id", ("$message", encoded), ("$id", message.Id));

    public void Activate(QueuedMessage message, DateTimeOffset enqueued) => database.Execute(
        "UPDATE queued SET state = 0, sequence = $sequence, enqueued = $enqueued, due = expires WHERE id = $id",
        ("$sequence", NextSequence()), ("$enqueued", enqueued.UtcTicks), ("$id", message.Id));

    public void SetDue(QueuedMessage message, DateTimeOffset due) =>
        database.Execute("UPDATE queued SET due = $due WHERE id = $id", ("$due", due.UtcTicks), ("$id", message.Id));

    public int SetDue(MessageState state, DateTimeOffset due) => database.Execute(
        "UPDATE queued SET due = $due WHERE queue = $queue AND state = $state",
        ("$due", due.UtcTicks), ("$queue", queue), ("$state", (int)state));

    public void Delete(QueuedMessage message) => database.Execute("DELETE FROM queued WHERE id = $id", ("$id", message.Id));

    /// <summary>Takes a message of another queue over; its time to live no longer counts.</summary>
    public void Adopt(QueuedMessage message, byte[] encoded) => database.Execute(
        """
        UPDATE queued SET queue = $queue, enqueued_sequence = sequence, sequence = $sequence, state = 0, deferred = 0, due = $never,
            expires = $never, lock_token = NULL, message = $message
        WHERE id = $id
        """,
        ("$queue", queue),
        ("$sequence", NextSequence()),
        ("$never", DateTimeOffset.MaxValue.UtcTicks),
        ("$message", encoded),
        ("$id", message.Id));

    /// <summary>Remembers a message id for duplicate detection; false when it is still remembered.</summary>
    public bool Remember(string messageId, DateTimeOffset now, DateTimeOffset until)
    {
        database.Execute("DELETE FROM seen WHERE queue = $queue AND until <= $now", ("$queue", queue), ("$now", now.UtcTicks));
        return database.Execute(
            "INSERT OR IGNORE INTO seen (queue, message_id, until) VALUES ($queue, $id, $until)",
            ("$queue", queue), ("$id", messageId), ("$until", until.UtcTicks)) == 1;
    }

    private long NextSequence() => database.Number(
        """
        INSERT INTO sequences (queue, last) VALUES ($queue, 1)
        ON CONFLICT (queue) DO UPDATE SET last = last + 1 RETURNING last
        """,
        ("$queue", queue))!.Value;

    private static QueuedMessage Read(SqliteDataReader row)
    {
        var state = (MessageState)row.GetInt32(3);
        return new QueuedMessage
        {
            Id = row.GetInt64(0),
            SequenceNumber = row.GetInt64(1),
            MessageId = row.GetString(2),
            State = state,
            DeliveryCount = row.GetInt32(4),
            EnqueuedTime = Time(row.GetInt64(5)),
            ExpiresAt = Time(row.GetInt64(6)),
            LockToken = row.IsDBNull(7) ? null : Guid.Parse(row.GetString(7), CultureInfo.InvariantCulture),
            LockedUntil = state == MessageState.Locked ? Time(row.GetInt64(8)) : null,
            EnqueuedSequenceNumber = row.GetInt64(9),
            IsDeferred = row.GetInt32(10) != 0,
            Encoded = row.GetFieldValue<byte[]>(11),
        };
    }

    private static DateTimeOffset Time(long ticks) => new(ticks, TimeSpan.Zero);
}
