using Migrations.Schema;

namespace Migrations.Sqlite;

/// <summary>Collects what a person should know of changes.</summary>
internal sealed class SqliteChangeNotes
{
    private readonly List<ChangeLoss> _losses = [];
    private readonly List<string> _locks = [];
    private readonly List<string> _conditions = [];
    private readonly List<string> _undecided = [];
    private readonly List<string> _empty = [];
    private readonly List<string> _conditional = [];

    /// <summary>The script with the notes.</summary>
    public ChangeScript Of(IReadOnlyList<string> statements) =>
        new()
        {
            Statements = statements,
            Losses = _losses,
            Locks = _locks,
            Conditions = _conditions,
            Undecided = _undecided,
            MustBeEmpty = _empty,
            Conditional = _conditional,
        };

    /// <summary>A table goes.</summary>
    public void Lose(string table) => _losses.Add(new ChangeLoss(table));

    /// <summary>A table is copied.</summary>
    public void Rebuilt(string table) =>
        _locks.Add($"{table} is rebuilt: every row of it is copied, and no one else can write to the database meanwhile.");

    /// <summary>A person has to decide.</summary>
    public void Undecided(string text) => _undecided.Add(text);

    /// <summary>What follows from the change of a table for its rows.</summary>
    public void Changed(SqliteTable old, SqliteTable wanted, SqliteAlteration change)
    {
        // What is computed is lost with nothing.
        _losses.AddRange(change.Dropped.Where(c => c.Generated is null).Select(c => new ChangeLoss(old.Name, SqliteNames.Show(c.Name))));
        foreach (var column in change.Added.Where(c => c is { NotNull: not null, Default: null or "NULL", Generated: null }))
        {
            _empty.Add(wanted.Name);
            Demand(wanted, $"{wanted.Name} holds no rows: its new column {column.Name} is NOT NULL and has no default.");
        }
        foreach (var column in wanted.Text.Columns.Where(c => c.NotNull is not null))
        {
            if (SqliteAlteration.Find(old, column) is { NotNull: null })
                Demand(wanted, $"No row of {wanted.Name} holds NULL in {column.Name}.");
        }

        if (wanted.Text.Strict && !old.Text.Strict)
            Demand(wanted, $"Every value of {wanted.Name} has the type of its column: the table becomes STRICT.");
        foreach (var item in wanted.Parts.Where(p => p.Type == SchemaObjectType.Constraint && !IsIn(old, p)))
            Demand(wanted, $"Every row of {wanted.Name} satisfies {item.Definition}.");
    }

    /// <summary>An index comes on a table that is there.</summary>
    public void Comes(SqliteTable table, SchemaObject index)
    {
        if (index.Definition.StartsWith("UNIQUE", StringComparison.Ordinal))
            Demand(table, $"No two rows of {table.Name} are the same in {index.Name}.");
    }

    private void Demand(SqliteTable table, string condition)
    {
        _conditions.Add(condition);
        _conditional.Add(table.Name);
    }

    private static bool IsIn(SqliteTable table, SchemaObject constraint) =>
        table.Parts.Any(p =>
            p.Type == SchemaObjectType.Constraint && string.Equals(p.Definition, constraint.Definition, StringComparison.Ordinal)
        );
}
