using Microsoft.Data.Sqlite;

namespace BlokSec.Local.ServiceBus;

/// <summary>
/// One SQLite connection, used under one lock. <c>due</c> is the moment at which a row changes by itself: a scheduled message
/// becomes active, a lock ends, a waiting message expires. So one index answers both "what is due?" and "what comes next?".
/// </summary>
internal sealed class MessageDatabase : IDisposable
{
    private const string Schema = """
        PRAGMA synchronous = NORMAL;
        CREATE TABLE IF NOT EXISTS queued (
            id INTEGER PRIMARY KEY,
            queue TEXT NOT NULL,
            sequence INTEGER NOT NULL,
            enqueued_sequence INTEGER NOT NULL DEFAULT 0,
            state INTEGER NOT NULL,
            deferred INTEGER NOT NULL DEFAULT 0,
            due INTEGER NOT NULL,
            message_id TEXT NOT NULL,
            enqueued INTEGER NOT NULL,
            expires INTEGER NOT NULL,
            delivery_count INTEGER NOT NULL DEFAULT 0,
            lock_token TEXT,
            message BLOB NOT NULL);
        CREATE INDEX IF NOT EXISTS queued_by_sequence ON queued (queue, state, sequence);
        CREATE INDEX IF NOT EXISTS queued_by_due ON queued (queue, due);
        CREATE INDEX IF NOT EXISTS queued_by_lock ON queued (lock_token) WHERE lock_token IS NOT NULL;
        CREATE TABLE IF NOT EXISTS seen (
            queue TEXT NOT NULL,
            message_id TEXT NOT NULL,
            until INTEGER NOT NULL,
            PRIMARY KEY (queue, message_id)) WITHOUT ROWID;
        CREATE INDEX IF NOT EXISTS seen_until ON seen (queue, until);
        CREATE TABLE IF NOT EXISTS sequences (queue TEXT PRIMARY KEY, last INTEGER NOT NULL) WITHOUT ROWID;
        """;

    private readonly SqliteConnection connection;
    private readonly Lock gate = new();
    private readonly Dictionary<string, SqliteCommand> commands = [];

    /// <param name="path">The file; null keeps everything in memory.</param>
    public MessageDatabase(string? path)
    {
        if (path is not null)
        {
            Directory.CreateDirectory(Path.GetDirectoryName(Path.GetFullPath(path))!);
        }

        connection = DatabaseFile.Open(path ?? ":memory:", Schema);
        EarlierMessages.Adopt(this);
    }

    /// <summary>Runs one transaction.</summary>
    public T Transact<T>(Func<T> work)
    {
        lock (gate)
        {
            Execute("BEGIN IMMEDIATE");
            try
            {
                var result = work();
                Execute("COMMIT");
                return result;
            }
            catch
            {
                Execute("ROLLBACK");
                throw;
            }
        }
    }

    /// <summary>Runs a statement; the number of rows it touched.</summary>
    public int Execute(string sql, params ReadOnlySpan<(string Name, object? Value)> parameters) =>
        Prepare(sql, parameters).ExecuteNonQuery();

    /// <summary>The first column of the first row; null when there is none.</summary>
    public long? Number(string sql, params ReadOnlySpan<(string Name, object? Value)> parameters) =>
        Prepare(sql, parameters).ExecuteScalar() as long?;

    /// <summary>All rows.</summary>
    public List<T> Query<T>(string sql, Func<SqliteDataReader, T> read, params ReadOnlySpan<(string Name, object? Value)> parameters)
    {
        using var reader = Prepare(sql, parameters).ExecuteReader();
        var rows = new List<T>();
        while (reader.Read())
        {
            rows.Add(read(reader));
        }

        return rows;
    }

    public void Dispose()
    {
        lock (gate)
        {
            foreach (var command in commands.Values)
            {
                command.Dispose();
            }

            connection.Dispose();
        }
    }

    private SqliteCommand Prepare(string sql, ReadOnlySpan<(string Name, object? Value)> parameters)
    {
        if (!commands.TryGetValue(sql, out var command))
        {
            command = connection.CreateCommand();
            command.CommandText = sql;
            commands.Add(sql, command);
        }

        command.Parameters.Clear();
        foreach (var (name, value) in parameters)
        {
            command.Parameters.AddWithValue(name, value ?? DBNull.Value);
        }

        return command;
    }
}
