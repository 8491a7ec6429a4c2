using Migrations.Databases;
using Migrations.Schema;

namespace Migrations.Sqlite;

/// <summary>Writes changes of a SQLite schema.</summary>
internal sealed class SqliteChangeWriter : IChangeWriter
{
    /// <summary>The only one: it keeps nothing.</summary>
    public static SqliteChangeWriter Instance { get; } = new();

    /// <inheritdoc/>
    public ChangeScript Write(SchemaSnapshot from, SchemaSnapshot to, bool converts) => new SqliteChanges(from, to).Write();

    /// <inheritdoc/>
    public string KeyQuery(string table, IReadOnlyList<string> columns) =>
        $"SELECT {string.Join(", ", columns.Select(c => $"quote({c})"))} FROM {table}";

    /// <inheritdoc/>
    public SeedStatements Rows(SchemaSnapshot schema) => SqliteRows.Of(schema);
}
