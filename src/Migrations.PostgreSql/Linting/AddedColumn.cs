using Migrations.Sql;

namespace Migrations.PostgreSql;

/// <summary>What ADD COLUMN does to the rows that are there.</summary>
/// <param name="changes">The statement.</param>
/// <param name="column">The column.</param>
internal sealed class AddedColumn(TableChanges changes, ColumnDefinition column)
{
    /// <summary>Finds it.</summary>
    public IEnumerable<LintHazard> Read() => [.. Values(), .. Keys()];

    private IEnumerable<LintHazard> Values()
    {
        if (Rewrite() is { } reason)
            return changes.Rewrite(
                "add-column-rewrites",
                $"Adds {column.Name} to {changes.Shown} with {reason}, which writes all rows again while no one can read or write it.",
                PostgreSqlRewrites.FilledColumn(changes.Shown, column, changes.Words)
            );
        return column.IsNotNull && !column.HasDefault && !column.IsPrimaryKey
            ? changes.Hazard(
                "add-column-not-null",
                LintHarm.WithRows,
                $"Adds {column.Name} to {changes.Shown} as NOT NULL without a default, which the server refuses when there is a row.",
                PostgreSqlRewrites.NotNullColumn(changes.Shown, column)
            )
            : [];
    }

    private string? Rewrite() =>
        column.IsNumbered ? "numbers from a sequence"
        : column.IsComputed ? "a stored value that is computed"
        : column.Default is var (start, end) && DefaultValue.Volatile(changes.Words, start, end) is { } function
            ? $"a default that {function}() gives for each row"
        : null;

    private IEnumerable<LintHazard> Keys()
    {
        if (column.IsPrimaryKey || column.IsUnique)
            return changes.Scan(
                "unique-without-index",
                $"Builds the index for {column.Name} of {changes.Shown} while no one can read or write that table.",
                PostgreSqlRewrites.UniqueColumn(changes.Shown, column)
            );
        // Without a default there is nothing to look up: the server scans nothing.
        if (column.HasDefault && column.Part("REFERENCES") is { } references)
            return changes.Scan(
                "foreign-key-at-once",
                $"Looks up {column.Name} of all rows of {changes.Shown} while no one can write to either table.",
                PostgreSqlRewrites.ColumnConstraint(changes.Shown, column, "REFERENCES", $"FOREIGN KEY ({column.WrittenName}) {references}")
            );
        return column.Part("CHECK") is { } check
            ? changes.Scan(
                "check-at-once",
                $"Checks {column.Name} of all rows of {changes.Shown} while no one can read or write it.",
                PostgreSqlRewrites.ColumnConstraint(changes.Shown, column, "CHECK", check)
            )
            : [];
    }
}
