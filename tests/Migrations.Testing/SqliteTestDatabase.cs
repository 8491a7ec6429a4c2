using System.Data.Common;
using System.Runtime.InteropServices;
using Microsoft.Data.Sqlite;
using SQLitePCL;

namespace Migrations.Testing;

/// <summary>A SQLite file, not there until something makes it.</summary>
/// <param name="file">Its full path; null: one in a folder of its own.</param>
public sealed class SqliteTestDatabase(string? file = null) : TestDatabase
{
    private readonly TemporaryFolder _folder = new();

    static SqliteTestDatabase()
    {
        // The library that the driver takes too: two copies in one process would undo each other's file locks
        // (https://www.sqlite.org/howtocorrupt.html, 2.2.1).
        NativeLibrary.SetDllImportResolver(typeof(SQLite3Provider_e_sqlite3).Assembly, (_, _, _) => NamedLibrary());
        Batteries_V2.Init();
    }

    /// <summary>The version of the SQLite library in use.</summary>
    public static Version LibraryVersion => Version.Parse(raw.sqlite3_libversion().utf8_to_string());

    /// <summary>The file's full path.</summary>
    public string File => file ?? _folder["test.db"];

    public override string Address => File;

    public override IReadOnlyList<string> Secrets => [];

    public override async Task<IReadOnlyList<string>> TablesAsync() =>
        System.IO.File.Exists(File)
            ? await RowsAsync("SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite~_%' ESCAPE '~' ORDER BY name")
            : [];

    public override async Task<DbConnection> ConnectAsync()
    {
        var text = new SqliteConnectionStringBuilder
        {
            DataSource = File,
            Pooling = false,
            ForeignKeys = false,
        };
        var connection = new SqliteConnection(text.ConnectionString);
        await connection.OpenAsync();
        // As the sqlite3 shell is.
        foreach (var setting in (int[])[raw.SQLITE_DBCONFIG_DQS_DDL, raw.SQLITE_DBCONFIG_DQS_DML])
            raw.sqlite3_db_config(connection.Handle, setting, 1, out _);
        return connection;
    }

    public override ValueTask DisposeAsync()
    {
        _folder.Dispose();
        return ValueTask.CompletedTask;
    }

    private static nint NamedLibrary() =>
        Environment.GetEnvironmentVariable("MIGRATIONS_SQLITE_LIBRARY") is { Length: > 0 } name ? NativeLibrary.Load(name) : 0;
}
