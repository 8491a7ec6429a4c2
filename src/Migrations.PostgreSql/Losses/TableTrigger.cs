using Migrations.Databases;

namespace Migrations.PostgreSql;

/// <summary>A trigger of a table, for one event.</summary>
/// <param name="Name">Its name, as the server keeps it.</param>
/// <param name="Table">Its table, without the schema: for a part of a partitioned table, its ancestors too have it.</param>
/// <param name="On">The event.</param>
/// <param name="Function">Its function, without the schema.</param>
/// <param name="IsOfStatement">Whether it fires once for a statement, however many rows that finds.</param>
/// <param name="Columns">The columns whose change fires it; empty for all.</param>
/// <param name="Key">The column that alone is the table's key; null where it has no such key.</param>
internal sealed record TableTrigger(
    string Name,
    string Table,
    RowWriteKind On,
    string Function,
    bool IsOfStatement,
    IReadOnlyList<string> Columns,
    string? Key
)
{
    /// <summary>Whether the script has disabled it.</summary>
    public bool IsDisabled { get; init; }
}
