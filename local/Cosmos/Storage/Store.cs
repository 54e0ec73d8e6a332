using System.Collections.Concurrent;
using Microsoft.Data.Sqlite;

namespace BlokSec.Local.Cosmos.Storage;

/// <summary>
/// The SQLite file that keeps everything: one connection that writes, one request at a time, and as many that read as are needed at
/// once. Readers see what was committed before their statement began and never wait for the writer (write-ahead log).
/// </summary>
internal sealed class Store : IDisposable
{
    private const string Schema = """
        CREATE TABLE IF NOT EXISTS databases (number INTEGER PRIMARY KEY AUTOINCREMENT, id TEXT NOT NULL UNIQUE, body TEXT NOT NULL);
        CREATE TABLE IF NOT EXISTS containers (
            number INTEGER PRIMARY KEY AUTOINCREMENT, database INTEGER NOT NULL, id TEXT NOT NULL, body TEXT NOT NULL, UNIQUE (database, id));
        CREATE TABLE IF NOT EXISTS items (
            number INTEGER PRIMARY KEY AUTOINCREMENT, container INTEGER NOT NULL, epk TEXT NOT NULL, id TEXT NOT NULL,
            etag TEXT NOT NULL, written INTEGER NOT NULL, ttl INTEGER, body TEXT NOT NULL);
        CREATE UNIQUE INDEX IF NOT EXISTS items_by_id ON items (container, epk, id);
        CREATE INDEX IF NOT EXISTS items_by_name ON items (container, id, epk, number);
        CREATE INDEX IF NOT EXISTS items_in_order ON items (container, epk, number);
        CREATE INDEX IF NOT EXISTS items_with_ttl ON items (container, written) WHERE ttl IS NOT NULL;
        """;

    private readonly Lock writing = new();
    private readonly ConcurrentBag<StoreSession> readers = [];
    private readonly StoreSession writer;
    private readonly string path;
    private readonly bool temporary;
    private long lastNumber;
    private long sequence;

    public Store(string? path)
    {
        temporary = path is null;
        this.path = path ?? Path.Combine(Path.GetTempPath(), $"cosmos-{Guid.NewGuid():n}.db");
        if (Path.GetDirectoryName(Path.GetFullPath(this.path)) is { } folder)
        {
            Directory.CreateDirectory(folder);
        }

        writer = Session(DatabaseFile.Open(this.path, Schema));
        lastNumber = Convert.ToInt64(
            writer.Command("SELECT COALESCE((SELECT seq FROM sqlite_sequence WHERE name = 'items'), 0)").ExecuteScalar(),
            System.Globalization.CultureInfo.InvariantCulture);
        sequence = lastNumber;
        Indexes = new PathIndexes(this);
    }

    /// <summary>The indexes over paths inside items.</summary>
    public PathIndexes Indexes { get; }

    /// <summary>Grows with every write.</summary>
    public long Sequence => Interlocked.Read(ref sequence);

    /// <summary>A number for a new item, never used before; only inside a write.</summary>
    public long NextNumber() => ++lastNumber;

    /// <summary>Reads; a single statement sees one state of the file.</summary>
    public T Read<T>(Func<StoreSession, T> work)
    {
        var session = readers.TryTake(out var free) ? free : Open();
        try
        {
            return work(session);
        }
        finally
        {
            readers.Add(session);
        }
    }

    /// <summary>Writes in one transaction, which is kept unless the work throws or <paramref name="keep"/> says no.</summary>
    public T Write<T>(Func<StoreSession, T> work, Func<T, bool>? keep = null)
    {
        lock (writing)
        {
            writer.Execute("BEGIN IMMEDIATE");
            var kept = false;
            try
            {
                var result = work(writer);
                kept = keep is null || keep(result);
                if (kept)
                {
                    Interlocked.Increment(ref sequence);
                    writer.Execute("COMMIT");
                }

                return result;
            }
            finally
            {
                if (!kept)
                {
                    writer.Execute("ROLLBACK");
                }
            }
        }
    }

    public void Dispose()
    {
        foreach (var reader in readers)
        {
            reader.Dispose();
        }

        writer.Dispose();
        if (temporary)
        {
            foreach (var file in (ReadOnlySpan<string>)[path, path + "-wal", path + "-shm"])
            {
                File.Delete(file);
            }
        }
    }

    private StoreSession Open()
    {
        var connection = new SqliteConnection(new SqliteConnectionStringBuilder { DataSource = path, Pooling = false }.ToString());
        connection.Open();
        return Session(connection);
    }

    private static StoreSession Session(SqliteConnection connection)
    {
        var session = new StoreSession(connection);
        session.Execute("PRAGMA synchronous = NORMAL");
        session.Execute("PRAGMA busy_timeout = 5000");
        return session;
    }
}
