using Microsoft.Data.Sqlite;

namespace BlokSec.Local;

/// <summary>Opens the SQLite files of the stand-ins.</summary>
internal static class DatabaseFile
{
    /// <summary>Opens a file, looks whether it is whole, and makes its tables.</summary>
    /// <param name="path">The file; <c>:memory:</c> for none.</param>
    /// <param name="schema">Makes the tables that are not there; its statements answer no rows.</param>
    /// <exception cref="InvalidDataException">The file is broken, of another program, or cannot be opened.</exception>
    public static SqliteConnection Open(string path, string schema)
    {
        // Each stand-in has its own pool; the provider's would keep the file open after the end.
        var connection = new SqliteConnection(new SqliteConnectionStringBuilder { DataSource = path, Pooling = false }.ToString());
        try
        {
            connection.Open();
            using var command = connection.CreateCommand();
            command.CommandText = "PRAGMA quick_check(1)";
            if (command.ExecuteScalar() is string found && found != "ok")
            {
                throw Unusable(path, found, inner: null);
            }

            // Alone: where a statement answers rows, the errors of those behind it are lost.
            command.CommandText = "PRAGMA journal_mode = WAL";
            command.ExecuteScalar();
            command.CommandText = schema;
            command.ExecuteNonQuery();
            return connection;
        }
        catch (SqliteException exception)
        {
            connection.Dispose();
            throw Unusable(path, exception.Message, exception);
        }
        catch (InvalidDataException)
        {
            connection.Dispose();
            throw;
        }
    }

    private static InvalidDataException Unusable(string path, string why, Exception? inner) => new(
        $"{path} is not a database that can be used ({why.ReplaceLineEndings(" ").TrimEnd('.')}): start with -- --fresh, which deletes the data.",
        inner);
}
