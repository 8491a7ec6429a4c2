namespace Migrations.Sqlite;

/// <summary>
/// Writes what recreates a table with another definition and its rows (<see href="https://sqlite.org/lang_altertable.html#otheralter"/>):
/// all changes of one table at once. Its indexes and triggers go with the old one.
/// </summary>
/// <param name="from">The table as it is.</param>
/// <param name="to">The table as it should be.</param>
/// <param name="temporary">The name of the new table until the old one is gone, as SQL writes it.</param>
internal sealed class SqliteRebuild(SqliteTable from, SqliteTable to, string temporary)
{
    /// <summary>Whether other tables find rows by their rowid, so that it has to stay.</summary>
    public bool KeepsRowid { get; init; }

    /// <summary>Whether views, or triggers of other tables, name the table, which SQLite would refuse to rename then.</summary>
    public bool IsNamedByOthers { get; init; }

    /// <summary>The columns whose values go over, as the old and the new table name them.</summary>
    public IReadOnlyList<(SqliteColumnText From, SqliteColumnText To)> Copied =>
        [
            .. to
                .Text.Columns.Where(c => c.Generated is null)
                .Select(c => (SqliteAlteration.Find(from, c), c))
                .Where(p => p.Item1 is not null)
                .Select(p => (p.Item1!, p.c)),
        ];

    /// <summary>The statements.</summary>
    public IEnumerable<string> Write()
    {
        yield return $"CREATE TABLE {temporary} {to.Rest}";
        if (Copy() is { } copy)
            yield return copy;
        if (from.IsAutoincrement && to.IsAutoincrement)
        {
            var (mark, old) = (Literal(temporary), Literal(from.Name));
            yield return $"DELETE FROM sqlite_sequence WHERE name = {mark}";
            yield return $"INSERT INTO sqlite_sequence (name, seq)\nSELECT {mark}, seq FROM sqlite_sequence WHERE name = {old}";
        }

        yield return $"DROP TABLE {from.Name}";
        if (IsNamedByOthers)
            yield return "PRAGMA legacy_alter_table = ON";
        yield return $"ALTER TABLE {temporary} RENAME TO {to.Name}";
        if (IsNamedByOthers)
            yield return "PRAGMA legacy_alter_table = OFF";
    }

    private string? Copy()
    {
        var (into, values) = (Copied.Select(c => SqliteNames.Show(c.To.Name)), Copied.Select(c => SqliteNames.Show(c.From.Name)));
        if (KeepsRowid && from.HasHiddenRowid && to.HasHiddenRowid)
            (into, values) = (into.Prepend("rowid"), values.Prepend("rowid"));
        var list = string.Join(", ", into);
        return list.Length == 0 ? null : $"INSERT INTO {temporary} ({list})\nSELECT {string.Join(", ", values)}\nFROM {from.Name}";
    }

    private static string Literal(string name) => SqliteNormalForm.Literal(SqliteNames.Unquote(name));
}
