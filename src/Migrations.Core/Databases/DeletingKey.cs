namespace Migrations.Databases;

/// <summary>A foreign key that acts when rows of its parent are deleted.</summary>
/// <param name="Parent">The table that it points to, as SQL writes it.</param>
/// <param name="Child">The table that has it, as SQL writes it.</param>
/// <param name="ChildColumns">Its columns, as SQL writes them.</param>
/// <param name="ParentColumns">The columns that it points to, likewise.</param>
/// <param name="Cascades">Whether it deletes the rows (ON DELETE CASCADE); else it overwrites their values (SET NULL, SET DEFAULT).</param>
public sealed record DeletingKey(
    string Parent,
    string Child,
    IReadOnlyList<string> ChildColumns,
    IReadOnlyList<string> ParentColumns,
    bool Cascades
)
{
    /// <summary>
    /// The ways from a table to all whose rows change with its own: each a chain of keys, the table's own first. A chain ends where a table
    /// comes again.
    /// </summary>
    /// <param name="table">The table, as the keys name parents.</param>
    /// <param name="keys">All keys of the database.</param>
    /// <param name="names">How names are compared.</param>
    public static IEnumerable<IReadOnlyList<DeletingKey>> From(string table, IReadOnlyList<DeletingKey> keys, StringComparer names) =>
        From([table], [], keys, names);

    private static IEnumerable<IReadOnlyList<DeletingKey>> From(
        string[] tables,
        DeletingKey[] way,
        IReadOnlyList<DeletingKey> keys,
        StringComparer names
    )
    {
        foreach (var key in keys.Where(k => names.Equals(k.Parent, tables[^1])))
        {
            DeletingKey[] longer = [.. way, key];
            yield return longer;
            if (!key.Cascades || tables.Contains(key.Child, names))
                continue;
            foreach (var further in From([.. tables, key.Child], longer, keys, names))
                yield return further;
        }
    }

    /// <summary>Whether a way comes back to a table: how far rows go on from there, no single query counts.</summary>
    public static bool IsRound(IReadOnlyList<DeletingKey> way, StringComparer names) => way.Any(k => names.Equals(k.Parent, way[^1].Child));
}
