namespace Migrations.Databases;

/// <summary>A foreign key that acts when rows of its parent are deleted, or get another key.</summary>
/// <param name="Parent">The table that it points to, as SQL writes it.</param>
/// <param name="Child">The table that has it, as SQL writes it.</param>
/// <param name="ChildColumns">Its columns, as SQL writes them.</param>
/// <param name="ParentColumns">The columns that it points to, likewise.</param>
/// <param name="OnDelete">What it does when rows are deleted.</param>
/// <param name="ActsOnUpdate">Whether it overwrites values when rows get another key (ON UPDATE CASCADE, SET NULL, SET DEFAULT).</param>
public sealed record ActingKey(
    string Parent,
    string Child,
    IReadOnlyList<string> ChildColumns,
    IReadOnlyList<string> ParentColumns,
    KeyAction OnDelete,
    bool ActsOnUpdate
)
{
    /// <summary>Whether it deletes rows with those of its parent; else it overwrites their values.</summary>
    public bool Cascades => OnDelete == KeyAction.Cascade;

    /// <summary>
    /// The ways from a table to all whose rows change when its own are deleted: each a chain of keys, the table's own first. A chain ends
    /// where a table comes again.
    /// </summary>
    /// <param name="table">The table, as the keys name parents.</param>
    /// <param name="keys">All keys of the database.</param>
    /// <param name="names">How names are compared.</param>
    public static IEnumerable<IReadOnlyList<ActingKey>> From(string table, IReadOnlyList<ActingKey> keys, StringComparer names) =>
        From([table], [], keys, names, (_, key) => key.OnDelete != KeyAction.None, key => key.Cascades);

    /// <summary>The same for columns of a table that get other values: on goes what is a key again.</summary>
    /// <param name="table">The table, as the keys name parents.</param>
    /// <param name="columns">The columns, as SQL writes them.</param>
    /// <param name="keys">All keys of the database.</param>
    /// <param name="names">How names are compared.</param>
    /// <param name="plain">A name as it is the same for all that the database takes for the same.</param>
    public static IEnumerable<IReadOnlyList<ActingKey>> FromColumns(
        string table,
        IReadOnlyList<string> columns,
        IReadOnlyList<ActingKey> keys,
        StringComparer names,
        Func<string, string> plain
    )
    {
        bool Points(IReadOnlyList<string> changed, ActingKey key) =>
            key.ActsOnUpdate && key.ParentColumns.Select(plain).Intersect(changed.Select(plain), StringComparer.Ordinal).Any();
        return From([table], [], keys, names, (way, key) => Points(way.Count == 0 ? columns : way[^1].ChildColumns, key), _ => true);
    }

    private static IEnumerable<IReadOnlyList<ActingKey>> From(
        string[] tables,
        ActingKey[] way,
        IReadOnlyList<ActingKey> keys,
        StringComparer names,
        Func<IReadOnlyList<ActingKey>, ActingKey, bool> acts,
        Predicate<ActingKey> goesOn
    )
    {
        foreach (var key in keys.Where(k => names.Equals(k.Parent, tables[^1]) && acts(way, k)))
        {
            ActingKey[] longer = [.. way, key];
            yield return longer;
            if (!goesOn(key) || tables.Contains(key.Child, names))
                continue;
            foreach (var further in From([.. tables, key.Child], longer, keys, names, acts, goesOn))
                yield return further;
        }
    }

    /// <summary>Whether a way comes back to a table: how far rows go on from there, no single query counts.</summary>
    public static bool IsRound(IReadOnlyList<ActingKey> way, StringComparer names) => way.Any(k => names.Equals(k.Parent, way[^1].Child));
}
