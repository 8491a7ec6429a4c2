using Migrations.Sql;

namespace Migrations.Sqlite;

/// <summary>What ADD COLUMN cannot do, always or with rows
/// (<see href="https://sqlite.org/lang_altertable.html#altertabaddcol"/>).</summary>
/// <param name="table">The table's name, as SQL writes it.</param>
/// <param name="column">The column.</param>
/// <param name="definition">Its definition, read as a table of one column.</param>
/// <param name="isStrict">Whether the table is STRICT.</param>
/// <param name="piece">The definition as it is written.</param>
internal sealed class AddedColumn(string table, SqliteColumnText column, SqliteTableText definition, bool isStrict, SqliteTablePiece piece)
{
    private readonly string _name = SqliteNames.Show(column.Name);

    /// <summary>A hazard of it; without a rewrite of its own, a rebuild is the way.</summary>
    /// <param name="Rule">The rule.</param>
    /// <param name="Harm">What makes it harmful.</param>
    /// <param name="Message">What happens.</param>
    /// <param name="Rewrite">The safe steps; null: a rebuild.</param>
    /// <param name="IsAlways">Whether SQLite refuses it whatever the table is.</param>
    internal sealed record Found(string Rule, LintHarm Harm, string Message, IReadOnlyList<LintStep>? Rewrite, bool IsAlways = false);

    /// <summary>Finds it.</summary>
    public IEnumerable<Found> Read()
    {
        var hasDefault = column.Default is { } value && !value.Equals("NULL", StringComparison.OrdinalIgnoreCase);
        if (Has(SqliteConstraintKind.PrimaryKey))
            yield return Always($"SQLite cannot add {_name} to {table} as PRIMARY KEY.", rewrite: null);
        if (Has(SqliteConstraintKind.Unique))
            yield return Always(
                $"SQLite cannot add {_name} to {table} as UNIQUE.",
                SqliteRewrites.UniqueColumn(table, _name, piece.Without("UNIQUE"))
            );
        if (isStrict && column.Type.Length == 0)
            yield return Always($"{table} is STRICT, and {_name} has no type.", rewrite: null);
        if (column.IsStored)
            yield return WithRows(
                "add-column-stored",
                $"SQLite refuses to add the stored generated column {_name} to {table} when there is a row.",
                SqliteRewrites.InPlace($"ALTER TABLE {table} ADD COLUMN {piece.Without("STORED")} VIRTUAL;")
            );
        if (column.Generated is null && column.NotNull is not null && !hasDefault)
            yield return WithRows(
                "add-column-not-null",
                $"Adds {_name} to {table} as NOT NULL without a default, which SQLite refuses when there is a row.",
                SqliteRewrites.NotNullColumn(table, _name, column)
            );
        if (IsComputed(column.Default))
            yield return WithRows(
                "add-column-default",
                $"The default of {_name} is no constant, and SQLite refuses to add such a column to {table} when there is a row.",
                rewrite: null
            );
        if (Has(SqliteConstraintKind.ForeignKey) && hasDefault)
            yield return WithRows(
                "add-column-references",
                $"Adds the foreign key {_name} to {table} with a default, which SQLite refuses when there is a row.",
                SqliteRewrites.InPlace($"ALTER TABLE {table} ADD COLUMN {piece.Without("DEFAULT", hasValue: true)};")
            );
        if (!hasDefault && definition.Constraints.Exists(c => c.Kind == SqliteConstraintKind.Check && RefusesNull(c.Text)))
            yield return WithRows(
                "add-column-check",
                $"The CHECK of {_name} refuses NULL, which every row of {table} gets.",
                SqliteRewrites.InPlace($"ALTER TABLE {table} ADD COLUMN {piece.Text} DEFAULT ...;")
            );
    }

    private bool Has(SqliteConstraintKind kind) => definition.Constraints.Exists(c => c.Kind == kind);

    private static Found Always(string message, IReadOnlyList<LintStep>? rewrite) =>
        new("alter-unsupported", LintHarm.Always, message, rewrite, IsAlways: true);

    private static Found WithRows(string rule, string message, IReadOnlyList<LintStep>? rewrite) =>
        new(rule, LintHarm.WithRows, message, rewrite);

    // (expression), or one of the three words for now.
    private static bool IsComputed(string? value) =>
        value is not null
        && (
            value.ToUpperInvariant() is "CURRENT_TIMESTAMP" or "CURRENT_DATE" or "CURRENT_TIME"
            || (value.StartsWith('(') && value.AsSpan(1).IndexOf('(') >= 0)
        );

    private static bool RefusesNull(string check) =>
        check.Contains("IS NOT NULL", StringComparison.OrdinalIgnoreCase) || check.Contains("NOTNULL", StringComparison.OrdinalIgnoreCase);
}
