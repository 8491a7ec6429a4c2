using System.Data.Common;
using Microsoft.Data.Sqlite;

namespace Migrations.Testing;

/// <summary>A SQLite file in a folder of its own, not there until something makes it.</summary>
public sealed class SqliteTestDatabase : TestDatabase
{
    private readonly TemporaryFolder _folder = new();

    static SqliteTestDatabase() => SQLitePCL.Batteries_V2.Init();

    /// <summary>The file's full path.</summary>
    public string File => _folder["test.db"];

    public override string Address => File;

    public override IReadOnlyList<string> Secrets => [];

    public override async Task<IReadOnlyList<string>> TablesAsync() => System.IO.File.Exists(File)
        ? await RowsAsync("SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite~_%' ESCAPE '~' ORDER BY name")
        : [];

    public override async Task<DbConnection> ConnectAsync()
    {
        var connection = new SqliteConnection(new SqliteConnectionStringBuilder { DataSource = File, Pooling = false }.ConnectionString);
        await connection.OpenAsync();
        return connection;
    }

    public override ValueTask DisposeAsync()
    {
        _folder.Dispose();
        return ValueTask.CompletedTask;
    }
}
