using Migrations.Schema;

namespace Migrations.PostgreSql;

/// <summary>Collects what a person should know of changes.</summary>
internal sealed class PostgreSqlChangeNotes
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
            Locks = [.. _locks.Distinct(StringComparer.Ordinal)],
            Conditions = _conditions,
            Undecided = _undecided,
            MustBeEmpty = _empty,
            Conditional = _conditional,
        };

    /// <summary>A person has to decide.</summary>
    public void Undecided(string text) => _undecided.Add(text);

    /// <summary>An object comes or goes, and no statement does it.</summary>
    public void Undecided(SchemaObject item) =>
        Undecided(
            $"The {SchemaWords.Of(item.Type)} {item.Name} is only on one side, and no statement is written for that: {item.Definition}."
        );

    /// <summary>An object differs, and no statement changes it.</summary>
    public void Undecided(SchemaObject old, SchemaObject wanted) =>
        Undecided(
            $"The {SchemaWords.Of(old.Type)} {old.Name} differs, and no statement is written for that: it is {old.Definition}, "
                + "and should be "
                + $"{wanted.Definition}."
        );

    /// <summary>An object goes.</summary>
    public void Goes(SchemaObject item)
    {
        if (item.Type == SchemaObjectType.Table)
            _losses.Add(new ChangeLoss(item.Name));
        else if (item.Type == SchemaObjectType.Column && ColumnBody.Of(item).Computed is null)
            _losses.Add(new ChangeLoss(item.Table!, ColumnBody.NameOf(item)));
    }

    /// <summary>An object comes.</summary>
    public void Comes(SchemaObject item, SchemaPairs pairs)
    {
        if (item.Table is not { } table || pairs.IsNew(table))
            return;
        if (item.Type == SchemaObjectType.Index)
            _locks.Add($"{table} cannot be written to while {item.Name} is built.");
        if (item.Type == SchemaObjectType.Index && item.Definition.StartsWith("UNIQUE", StringComparison.Ordinal))
            Demand(table, $"No two rows of {table} are the same in {item.Name}.");
        if (item.Type == SchemaObjectType.Constraint)
            Demand(table, $"Every row of {table} satisfies {item.Definition}.");
        if (item.Type == SchemaObjectType.Column && ColumnBody.Of(item) is { NotNull: true, Default: null, Identity: null, Computed: null })
        {
            _empty.Add(table);
            Demand(table, $"{table} holds no rows: its new column {ColumnBody.NameOf(item)} is NOT NULL and has no default.");
        }
    }

    /// <summary>A column changes.</summary>
    public void Changes(ColumnChange change)
    {
        var table = change.Wanted.Table!;
        if (change.ChangesType || change.IsComputedAnew)
            _locks.Add($"{table} is rewritten, unless the values stay as they are: no one else can read or write it meanwhile.");
        if (change.ChangesType)
            Demand(table, $"Every value of {change.Wanted.Name} fits the new type.");
        if (change.RefusesNull)
        {
            _locks.Add($"{table} is read once under a lock, because a column becomes NOT NULL.");
            Demand(table, $"No row of {table} holds NULL in {ColumnBody.NameOf(change.Wanted)}.");
        }
    }

    /// <summary>A type is replaced.</summary>
    public void Changes(EnumChange change, IReadOnlyList<SchemaObject> columns)
    {
        foreach (var table in columns.Select(c => c.Table!).Distinct(StringComparer.Ordinal))
            _locks.Add($"{table} is rewritten, because a type takes the place of {change.Old.Name}.");
        if (change.Removed.Count == 0)
            return;
        foreach (var table in columns.Select(c => c.Table!).Distinct(StringComparer.Ordinal))
            Demand(table, $"No row holds {string.Join(", ", change.Removed)} in a column of the type {change.Old.Name}.");
    }

    private void Demand(string table, string condition)
    {
        if (!_conditions.Contains(condition, StringComparer.Ordinal))
            _conditions.Add(condition);
        _conditional.Add(table);
    }
}
