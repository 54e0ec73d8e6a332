using System.Collections.Immutable;
using BlokSec.Local.Cosmos.Storage;

namespace BlokSec.Local.Cosmos.Catalogs;

/// <summary>The databases and containers; held in memory, since every request needs one, and kept in the store.</summary>
internal sealed class Catalog
{
    private readonly Store store;
    private ImmutableList<DatabaseEntry> databases = [];
    private ImmutableList<ContainerEntry> containers = [];

    public Catalog(Store store)
    {
        this.store = store;
        store.Read(Load);
    }

    public IReadOnlyList<DatabaseEntry> Databases => databases;

    /// <summary>The database of an id or resource id.</summary>
    public DatabaseEntry Database(string name) =>
        databases.Find(entry => entry.Id == name || entry.ResourceId == name) ?? throw CosmosRefusal.NotFound();

    public IReadOnlyList<ContainerEntry> Containers(DatabaseEntry database) => containers.FindAll(entry => entry.Database == database.Number);

    /// <summary>The container of an id or resource id; sub status 1003 tells the SDK that the container itself is missing.</summary>
    public ContainerEntry Container(string database, string name)
    {
        var owner = Database(database);
        return containers.Find(entry => entry.Database == owner.Number && (entry.Id == name || entry.ResourceId == name))
            ?? throw CosmosRefusal.NotFound(subStatus: 1003);
    }

    public DatabaseEntry AddDatabase(string id, Func<long, string> body) => Change(session =>
    {
        if (databases.Exists(entry => entry.Id == id))
        {
            throw CosmosRefusal.Conflict();
        }

        var number = Insert(session, "INSERT INTO databases (id, body) VALUES ($id, '') RETURNING number", ("$id", id));
        session.Execute("UPDATE databases SET body = $body WHERE number = $number", ("$body", body(number)), ("$number", number));
        return number;
    }, number => databases.Find(entry => entry.Number == number)!);

    public ContainerEntry AddContainer(DatabaseEntry database, string id, Func<long, string> body) => Change(session =>
    {
        if (Containers(database).Any(entry => entry.Id == id))
        {
            throw CosmosRefusal.Conflict();
        }

        var number = Insert(
            session, "INSERT INTO containers (database, id, body) VALUES ($database, $id, '') RETURNING number", ("$database", database.Number), ("$id", id));
        session.Execute("UPDATE containers SET body = $body WHERE number = $number", ("$body", body(number)), ("$number", number));
        return number;
    }, number => containers.Find(entry => entry.Number == number)!);

    public ContainerEntry ReplaceContainer(ContainerEntry container, string body) => Change(
        session =>
        {
            session.Execute("UPDATE containers SET body = $body WHERE number = $number", ("$body", body), ("$number", container.Number));
            return container.Number;
        },
        number => containers.Find(entry => entry.Number == number)!);

    public void Remove(DatabaseEntry database) => Change(
        session =>
        {
            session.Execute(
                "DELETE FROM items WHERE container IN (SELECT number FROM containers WHERE database = $number)", ("$number", database.Number));
            session.Execute("DELETE FROM containers WHERE database = $number", ("$number", database.Number));
            return session.Execute("DELETE FROM databases WHERE number = $number", ("$number", database.Number));
        },
        removed => removed);

    public void Remove(ContainerEntry container) => Change(
        session =>
        {
            session.Execute("DELETE FROM items WHERE container = $number", ("$number", container.Number));
            return session.Execute("DELETE FROM containers WHERE number = $number", ("$number", container.Number));
        },
        removed => removed);

    private static long Insert(StoreSession session, string sql, params ReadOnlySpan<(string Name, object? Value)> values) =>
        (long)session.Command(sql, values).ExecuteScalar()!;

    private TResult Change<TKey, TResult>(Func<StoreSession, TKey> work, Func<TKey, TResult> find) => store.Write(session =>
    {
        var key = work(session);
        Load(session);
        return find(key);
    });

    private bool Load(StoreSession session)
    {
        databases = Rows(session, "SELECT number, id, body FROM databases ORDER BY number", row => new DatabaseEntry(
            row.GetInt64(0), row.GetString(1), row.GetString(2)));
        containers = Rows(session, "SELECT database, number, id, body FROM containers ORDER BY number", row => new ContainerEntry(
            row.GetInt64(0), row.GetInt64(1), row.GetString(2), row.GetString(3)));
        return true;
    }

    private static ImmutableList<T> Rows<T>(StoreSession session, string sql, Func<Microsoft.Data.Sqlite.SqliteDataReader, T> row)
    {
        var rows = ImmutableList.CreateBuilder<T>();
        using var reader = session.Command(sql).ExecuteReader();
        while (reader.Read())
        {
            rows.Add(row(reader));
        }

        return rows.ToImmutable();
    }
}
