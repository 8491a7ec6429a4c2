using Migrations.Schema;

namespace Migrations.PostgreSql;

/// <summary>Collects what a person should know of changes.</summary>
internal sealed class PostgreSqlChangeNotes : ChangeNotes
{
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
            Lose(item.Name);
        else if (item.Type == SchemaObjectType.Column && ColumnBody.Of(item).Computed is null)
            Lose(item.Table!, ColumnBody.NameOf(item));
    }

    /// <summary>An object comes.</summary>
    public void Comes(SchemaObject item, SchemaPairs pairs)
    {
        if (item.Table is not { } table || pairs.IsNew(table))
            return;
        if (item.Type == SchemaObjectType.Index)
            Block($"{table} cannot be written to while {item.Name} is built.");
        if (item.Type == SchemaObjectType.Index && item.Definition.StartsWith("UNIQUE", StringComparison.Ordinal))
            Demand(table, $"No two rows of {table} are the same in {item.Name}.");
        if (item.Type == SchemaObjectType.Constraint)
            Demand(table, $"Every row of {table} satisfies {item.Definition}.");
        if (item.Type == SchemaObjectType.Column && ColumnBody.Of(item) is { NotNull: true, Default: null, Identity: null, Computed: null })
            DemandEmpty(table, ColumnBody.NameOf(item));
    }

    /// <summary>A column changes.</summary>
    public void Changes(ColumnChange change)
    {
        var table = change.Wanted.Table!;
        if (change.ChangesType || change.IsComputedAnew)
            Block($"{table} is rewritten, unless the values stay as they are: no one else can read or write it meanwhile.");
        if (change.ChangesType)
        {
            Convert(table);
            Demand(table, $"Every value of {change.Wanted.Name} fits the new type.");
        }

        if (change.RefusesNull)
        {
            Block($"{table} is read once under a lock, because a column becomes NOT NULL.");
            Demand(table, $"No row of {table} holds NULL in {ColumnBody.NameOf(change.Wanted)}.");
        }
    }

    /// <summary>A type is replaced.</summary>
    public void Changes(EnumChange change, IReadOnlyList<SchemaObject> columns)
    {
        foreach (var table in columns.Select(c => c.Table!).Distinct(StringComparer.Ordinal))
            Block($"{table} is rewritten, because a type takes the place of {change.Old.Name}.");
        if (change.Removed.Count == 0)
            return;
        foreach (var table in columns.Select(c => c.Table!).Distinct(StringComparer.Ordinal))
            Demand(table, $"No row holds {string.Join(", ", change.Removed)} in a column of the type {change.Old.Name}.");
    }
}
