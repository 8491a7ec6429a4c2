namespace Migrations.Sqlite;

/// <summary>
/// What keeps SQLite from dropping a column, and what it drops all the same and so breaks
/// (<see href="https://sqlite.org/lang_altertable.html#altertabdropcol"/>).
/// </summary>
internal static class DroppedColumn
{
    /// <summary>Why SQLite refuses it; null where nothing is known that it refuses.</summary>
    public static string? Refusal(KnownSchema schema, KnownTable table, string column)
    {
        if (table.Text is { } text && Refusal(text, column) is { } own)
            return own;
        var index = schema.OwnedBy(table.Name).Find(o => o.Type is "INDEX" && NamesColumn(o, column));
        if (index is not null)
            return $"the index {index.Name} uses it";
        var view = schema.Others.FirstOrDefault(o => o.Type is "VIEW" && o.Names(table.Name) && o.Names(column));
        return view is null ? null : $"the view {view.Name} uses it";
    }

    /// <summary>What fails later; null where nothing is known to.</summary>
    public static string? Breakage(KnownSchema schema, KnownTable table, string column)
    {
        var trigger = schema.Others.FirstOrDefault(o =>
            o.Type is "TRIGGER"
            && (o.Names(table.Name) || string.Equals(o.Table, table.Name, StringComparison.Ordinal))
            && Writes(o, column)
        );
        if (trigger is not null)
            return $"the trigger {trigger.Name} writes it";
        var child = schema
            .ChildrenOf(table.Name)
            .Find(t =>
                t.Text!.Constraints.Exists(c =>
                    IsKeyTo(c, table.Name) && c.ParentColumns.Contains(SqliteNames.Fold(column), SqliteNames.Comparer)
                )
            );
        return child is null ? null : $"a foreign key of {child.Name} points to it";
    }

    private static bool IsKeyTo(SqliteConstraintText key, string table) =>
        key.Parent is { } parent && string.Equals(SqliteNames.Fold(parent), table, StringComparison.Ordinal);

    private static string? Refusal(SqliteTableText text, string column)
    {
        if (text.Columns.Count == 1)
            return "it is the only one";
        var name = SqliteNames.Fold(column);
        foreach (var constraint in text.Constraints.Where(c => c.Columns.Contains(name, SqliteNames.Comparer)))
        {
            switch (constraint.Kind)
            {
                case SqliteConstraintKind.PrimaryKey:
                    return "it is part of the primary key";
                case SqliteConstraintKind.Unique:
                    return "it is UNIQUE";
                case SqliteConstraintKind.Check when constraint.Columns.Count > 1:
                    return "a CHECK of the table uses it";
                case SqliteConstraintKind.ForeignKey when constraint.Columns.Count > 1:
                    return "a foreign key uses it";
                default:
                    break;
            }
        }

        return text.Columns.Find(c => c.Generated is { } value && Mentions(value, column)) is { } generated
            ? $"{SqliteNames.Show(generated.Name)} is computed from it"
            : null;
    }

    private static bool Mentions(string expression, string column) =>
        SqliteTokenCursor.Read(expression).Exists(t => SqliteNames.Comparer.Equals(t.Name, column));

    // Behind the name and the table, so that an index with the name of a column does not count.
    private static bool NamesColumn(KnownObject index, string column) =>
        index.Tokens.FindIndex(t => t.Is("ON")) is >= 0 and var on
        && index.Tokens.Skip(on + 2).Any(t => SqliteNames.Comparer.Equals(t.Name, column));

    // SET c = ..., or INSERT INTO t(..., c, ...): SQLite looks only at what is read.
    private static bool Writes(KnownObject trigger, string column)
    {
        var tokens = trigger.Tokens;
        for (var i = 0; i + 1 < tokens.Count; i++)
        {
            if (!SqliteNames.Comparer.Equals(tokens[i].Name, column))
                continue;
            if (tokens[i + 1].Is('=') && i > 0 && (tokens[i - 1].Is("SET") || tokens[i - 1].Is(',')))
                return true;
            if ((tokens[i + 1].Is(',') || tokens[i + 1].Is(')')) && IsInInsertList(tokens, i))
                return true;
        }

        return false;
    }

    private static bool IsInInsertList(List<SqliteToken> tokens, int at)
    {
        while (at >= 0 && !tokens[at].Is('('))
            at--;
        return at >= 2 && (tokens[at - 2].Is("INTO") || (at >= 4 && tokens[at - 4].Is("INTO")));
    }
}
