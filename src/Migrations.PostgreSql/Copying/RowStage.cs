using System.Globalization;
using Migrations.Databases;
using Migrations.Tables;

namespace Migrations.PostgreSql;

/// <summary>
/// How the rows of a table get into columns of its own types: directly where these take the canonical form, else through a temporary table,
/// from which the server converts them.
/// </summary>
/// <param name="connection">The connection, in the transaction of the run.</param>
/// <param name="name">The table, as it is written into statements.</param>
/// <param name="relation">The table as it is.</param>
/// <param name="table">The columns that are written.</param>
/// <param name="number">A number that no other table of the copy has.</param>
internal sealed class RowStage(PostgreSqlConnection connection, string name, SourceRelation relation, CopyTable table, int number)
{
    private static readonly string[] TextTypes = ["text", "varchar", "bpchar", "citext"];

    private readonly Dictionary<string, SourceColumn> _columns = relation.Columns.ToDictionary(c => c.Name, StringComparer.Ordinal);

    private string Temporary { get; } =
        string.Create(CultureInfo.InvariantCulture, $"pg_temp.{PostgreSqlText.Name($"migrations_rows_{number}")}");

    private bool IsDirect => !HasParsedJson(relation) && table.Columns.All(c => TakesForm(_columns[c.Name], c.Type.Kind));

    /// <summary>Whether a table has values that are not the text they were made of: what was sent is kept beside it then.</summary>
    public static bool HasParsedJson(SourceRelation table) => table.Columns.Exists(c => c.BaseType is "jsonb");

    /// <summary>The type in whose form values are given to a column.</summary>
    public static ColumnType TypeOf(SourceColumn column) =>
        column.BaseType switch
        {
            "int2" => new ColumnType(ColumnKind.Integer, 16),
            "int4" => new ColumnType(ColumnKind.Integer, 32),
            "float4" => new ColumnType(ColumnKind.Real, 32),
            "varchar" or "bpchar" => new ColumnType(ColumnKind.Text, LengthIn(column.Column.Declared)),
            _ => column.Column.Type,
        };

    /// <summary>Opens the table to write it.</summary>
    public async Task<IRowWriter> OpenAsync(CancellationToken cancellationToken)
    {
        var list = TargetNames.List(table.Columns.Select(c => c.Name));
        if (!IsDirect)
            await connection
                .ExecuteAsync(
                    $"CREATE TEMPORARY TABLE {Temporary} ("
                        + string.Join(
                            ", ",
                            table.Columns.Select(c => $"{PostgreSqlText.Name(c.Name)} {TargetNames.TypeOf(new ColumnType(c.Type.Kind))}")
                        )
                        + ") ON COMMIT DROP",
                    cancellationToken
                )
                .ConfigureAwait(false);
        return await CopyStreamWriter
            .OpenAsync(
                connection,
                $"COPY {(IsDirect ? name : Temporary)} ({list}) FROM STDIN (FORMAT BINARY)",
                IsDirect ? _ => Task.CompletedTask : ConvertAsync,
                cancellationToken
            )
            .ConfigureAwait(false);
    }

    /// <summary>The query that gives the rows in the canonical form.</summary>
    public string Select(IReadOnlyList<ReadColumn> columns) =>
        HasParsedJson(relation)
            ? $"SELECT {TargetNames.List(columns.Select(c => c.Name))} FROM {Temporary}"
            : $"SELECT {string.Join(", ", columns.Select(c => _columns[c.Name].Read(c.Type.Kind)))} FROM "
                + (relation.IsPartitioned ? "" : "ONLY ")
                + name;

    private static int? LengthIn(string declared) =>
        declared.IndexOf('(', StringComparison.Ordinal) is var at and > 0
        && int.TryParse(declared[(at + 1)..declared.IndexOf(')', StringComparison.Ordinal)], CultureInfo.InvariantCulture, out var length)
            ? length
            : null;

    private static bool TakesForm(SourceColumn column, ColumnKind kind) =>
        (kind, column.BaseType) switch
        {
            (ColumnKind.Text, var type) => Array.IndexOf(TextTypes, type) >= 0,
            (ColumnKind.Integer, var type) => type is "int8",
            (ColumnKind.Real, var type) => type is "float8",
            (ColumnKind.Json, var type) => type is "json",
            _ => SourceColumn.KindOf(column.BaseType) == kind,
        };

    private async Task ConvertAsync(CancellationToken cancellationToken)
    {
        var list = TargetNames.List(table.Columns.Select(c => c.Name));
        var converted = string.Join(", ", table.Columns.Select(Converted));
        await connection
            .ExecuteAsync($"INSERT INTO {name} ({list}) OVERRIDING SYSTEM VALUE SELECT {converted} FROM {Temporary}", cancellationToken)
            .ConfigureAwait(false);
        if (HasParsedJson(relation))
            await DemandSameAsync(cancellationToken).ConfigureAwait(false);
        else
            await connection.ExecuteAsync($"DROP TABLE {Temporary}", cancellationToken).ConfigureAwait(false);
    }

    // A cast to a type with a length would cut what is too long; without one it is refused.
    private string Converted(CopyColumn column)
    {
        var there = _columns[column.Name];
        var own = PostgreSqlText.Name(column.Name);
        return TakesForm(there, column.Type.Kind) ? own : $"CAST({own} AS {there.Column.Declared})";
    }

    /// <summary>The rows are those of the temporary table, whose own are compared with the source.</summary>
    private async Task DemandSameAsync(CancellationToken cancellationToken)
    {
        var stored = string.Join(", ", table.Columns.Select(c => $"{PostgreSqlText.Name(c.Name)}::pg_catalog.text"));
        var sent = string.Join(", ", table.Columns.Select(c => $"({Converted(c)})::pg_catalog.text"));
        var differs =
            await connection
                .QueryTablesAsync(
                    $"(SELECT {stored} FROM {name} EXCEPT ALL SELECT {sent} FROM {Temporary}) UNION ALL "
                        + $"(SELECT {sent} FROM {Temporary} EXCEPT ALL SELECT {stored} FROM {name}) LIMIT 1",
                    _ => { },
                    cancellationToken
                )
                .ConfigureAwait(false) > 0;
        if (differs)
            throw new MigrationException(
                ErrorId.CopyUnequal,
                $"{name} does not hold the rows that were converted to its types, so nothing was copied.",
                "Look for rules or event triggers that change new rows in the target, then run the command again."
            );
    }
}
