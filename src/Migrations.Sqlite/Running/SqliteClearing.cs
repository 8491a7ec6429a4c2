using Migrations.Sqlite.Native;

namespace Migrations.Sqlite;

/// <summary>
/// Takes everything out of a file, in one transaction: other connections may be open, and see all of it or nothing. The file keeps its page
/// size, its encoding and its journal mode; <c>user_version</c> and <c>application_id</c> are 0 again, as in a new file.
/// </summary>
/// <param name="connection">The connection.</param>
internal sealed class SqliteClearing(SqliteConnection connection)
{
    private const string Objects = """
        SELECT type, name FROM main.sqlite_master WHERE name NOT LIKE 'sqlite\_%' ESCAPE '\' AND type <> 'index'
        ORDER BY CASE WHEN type = 'trigger' THEN 0 WHEN type = 'view' THEN 1 WHEN sql LIKE 'CREATE VIRTUAL %' THEN 2 ELSE 3 END, rowid
        """;

    private readonly SqliteHandle _handle = connection.Handle;

    /// <summary>Empties it.</summary>
    public int Run()
    {
        try
        {
            connection.Begin(modes: null, isLast: true);
            // A DROP would otherwise delete rows of other tables one by one, and refuse where these are still referred to.
            connection.EnforceForeignKeys(on: false);
            var count = 0;
            while (Next() is var (type, name))
            {
                Drop(type, name);
                count++;
            }

            DropStatistics();
            _handle.Execute("PRAGMA main.user_version=0");
            _handle.Execute("PRAGMA main.application_id=0");
            connection.Commit();
            return count;
        }
        catch
        {
            connection.RollBack();
            throw;
        }
        finally
        {
            connection.Keyless.Forget();
            connection.Restore();
        }
    }

    // Read again after each: with a virtual table go the tables that hold its content.
    private (string Type, string Name)? Next()
    {
        using var statement = _handle.Prepare(Objects);
        return statement.Step() ? (statement.Text(0)!, statement.Text(1)!) : null;
    }

    private void Drop(string type, string name)
    {
        try
        {
            _handle.Execute($"DROP {type} main.{SqliteNames.Quote(name)}");
        }
        catch (SqliteFailure) when (type is "table" && IsVirtual(name))
        {
            Forget(name);
        }
    }

    private bool IsVirtual(string name) =>
        _handle.QueryInt64("SELECT count(*) FROM main.sqlite_master WHERE name = ?1 AND sql LIKE 'CREATE VIRTUAL %'", name) > 0;

    /// <summary>
    /// A virtual table whose module is not there cannot be dropped; it has no content of its own, so its definition is taken away
    /// (<see href="https://sqlite.org/pragma.html#pragma_writable_schema"/>). The tables that hold its content go as any other.
    /// </summary>
    private void Forget(string name)
    {
        _handle.Execute("PRAGMA writable_schema=ON");
        try
        {
            using var statement = _handle.Prepare("DELETE FROM main.sqlite_master WHERE name = ?1");
            statement.Bind(1, name);
            statement.Run();
        }
        finally
        {
            // Reads the schema again, too.
            _handle.Execute("PRAGMA writable_schema=RESET");
        }
    }

    /// <summary>SQLite's own tables: those of ANALYZE can be dropped, that of AUTOINCREMENT can only be emptied.</summary>
    private void DropStatistics()
    {
        foreach (var name in (string[])["sqlite_stat1", "sqlite_stat4"])
            _handle.Execute($"DROP TABLE IF EXISTS main.{name}");
        if (_handle.QueryInt64("SELECT count(*) FROM main.sqlite_master WHERE name = 'sqlite_sequence'") > 0)
            _handle.Execute("DELETE FROM main.sqlite_sequence");
    }
}
