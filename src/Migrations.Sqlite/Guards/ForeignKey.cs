namespace Migrations.Sqlite;

/// <summary>A foreign key as the schema declares it.</summary>
/// <param name="Child">The table that has it.</param>
/// <param name="Id">Its number in that table (<c>PRAGMA foreign_key_list</c>).</param>
/// <param name="Parent">The table that it points to.</param>
/// <param name="ChildColumns">Its columns.</param>
/// <param name="ParentColumns">The columns that it points to; empty for the primary key.</param>
internal sealed record ForeignKey(
    string Child,
    long Id,
    string Parent,
    IReadOnlyList<string> ChildColumns,
    IReadOnlyList<string> ParentColumns
)
{
    /// <summary>The same for a key before and after a script, whatever number it got.</summary>
    public string ChildKey => (Child + "\0" + string.Join('\0', ChildColumns)).ToUpperInvariant();

    /// <summary>The same for a key that also points to the same table.</summary>
    public string Key => ChildKey + "\0\0" + Parent.ToUpperInvariant();

    /// <summary>For people: <c>'posts' (user_id) to 'users' (id)</c>.</summary>
    public override string ToString() =>
        $"'{Child}' ({string.Join(", ", ChildColumns)}) to "
        + $"'{Parent}'{(ParentColumns.Count == 0 ? "" : $" ({string.Join(", ", ParentColumns)})")}";
}
