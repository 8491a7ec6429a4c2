using Migrations.Databases;
using Migrations.Schema;

namespace Migrations.PostgreSql;

/// <summary>Writes changes of a PostgreSQL schema.</summary>
internal sealed class PostgreSqlChangeWriter : IChangeWriter
{
    /// <summary>The only one: it keeps nothing.</summary>
    public static PostgreSqlChangeWriter Instance { get; } = new();

    /// <inheritdoc/>
    public ChangeScript Write(SchemaSnapshot from, SchemaSnapshot to, bool converts) => new PostgreSqlChanges(from, to, converts).Write();

    /// <inheritdoc/>
    public string KeyQuery(string table, IReadOnlyList<string> columns) =>
        $"SELECT {string.Join(", ", columns.Select(c => $"pg_catalog.quote_nullable({c})"))} FROM {table}";

    /// <inheritdoc/>
    public SeedStatements Rows(SchemaSnapshot schema) => PostgreSqlRows.Of(schema);
}
