using Migrations.Schema;

namespace Migrations.Sqlite;

/// <summary>Collects what a person should know of changes.</summary>
internal sealed class SqliteChangeNotes : ChangeNotes
{
    /// <summary>A table goes.</summary>
    public void Goes(string table) => Lose(table);

    /// <summary>A table is copied.</summary>
    public void Rebuilt(string table) =>
        Block($"{table} is rebuilt: every row of it is copied, and no one else can write to the database meanwhile.");

    /// <summary>What follows from the change of a table for its rows.</summary>
    public void Changed(SqliteTable old, SqliteTable wanted, SqliteAlteration change)
    {
        // What is computed is lost with nothing.
        foreach (var column in change.Dropped.Where(c => c.Generated is null))
            Lose(old.Name, SqliteNames.Show(column.Name));
        foreach (var column in change.Added.Where(c => c is { NotNull: not null, Default: null or "NULL", Generated: null }))
            DemandEmpty(wanted.Name, column.Name);
        foreach (var column in wanted.Text.Columns.Where(c => c.NotNull is not null))
        {
            if (SqliteAlteration.Find(old, column) is { NotNull: null })
                Demand(wanted.Name, $"No row of {wanted.Name} holds NULL in {column.Name}.");
        }

        if (wanted.Text.Strict != old.Text.Strict || wanted.Text.Columns.Exists(c => IsConverted(old, c)))
            Convert(wanted.Name);
        if (wanted.Text.Strict && !old.Text.Strict)
            Demand(wanted.Name, $"Every value of {wanted.Name} has the type of its column: the table becomes STRICT.");
        foreach (var item in wanted.Parts.Where(p => p.Type == SchemaObjectType.Constraint && !IsIn(old, p)))
            Demand(wanted.Name, $"Every row of {wanted.Name} satisfies {item.Definition}.");
    }

    /// <summary>An index comes on a table that is there.</summary>
    public void Comes(SqliteTable table, SchemaObject index)
    {
        if (index.Definition.StartsWith("UNIQUE", StringComparison.Ordinal))
            Demand(table.Name, $"No two rows of {table.Name} are the same in {index.Name}.");
    }

    // A value takes the form that its column prefers (https://sqlite.org/datatype3.html#type_affinity).
    private static bool IsConverted(SqliteTable table, SqliteColumnText column) =>
        SqliteAlteration.Find(table, column) is { } before && !string.Equals(before.Type, column.Type, StringComparison.Ordinal);

    private static bool IsIn(SqliteTable table, SchemaObject constraint) =>
        table.Parts.Any(p =>
            p.Type == SchemaObjectType.Constraint && string.Equals(p.Definition, constraint.Definition, StringComparison.Ordinal)
        );
}
