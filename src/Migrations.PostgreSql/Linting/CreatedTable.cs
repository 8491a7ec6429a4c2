namespace Migrations.PostgreSql;

/// <summary>Reads CREATE TABLE: what it makes is new in this run.</summary>
internal static class CreatedTable
{
    private static readonly HashSet<string> NotColumns = new(StringComparer.Ordinal)
    {
        "CONSTRAINT",
        "CHECK",
        "UNIQUE",
        "PRIMARY",
        "EXCLUDE",
        "FOREIGN",
        "LIKE",
    };

    /// <summary>Reads one.</summary>
    /// <param name="schema">What is known so far.</param>
    /// <param name="words">The statement.</param>
    /// <param name="at">The word behind TABLE.</param>
    public static void Read(KnownSchema schema, StatementWords words, int at)
    {
        var mayExist = words[at] is "IF";
        at += mayExist ? 3 : 0;
        var name = SqlNames.Qualified(words, ref at);
        if (schema.Make(name, mayExist) is not { } table)
            return;
        if (words[at] is not "(")
            return;
        var (start, depth) = (at + 1, 1);
        for (at++; words[at].Length > 0 && depth > 0; at++)
        {
            depth +=
                words[at] is "(" ? 1
                : words[at] is ")" ? -1
                : 0;
            if (depth > 1 || (depth == 1 && words[at] is not ","))
                continue;
            Element(table, words, start, at);
            start = at + 1;
        }

        table.IsPartitioned = words[at] is "PARTITION" && words[at + 1] is "BY";
    }

    private static void Element(KnownTable table, StatementWords words, int start, int end)
    {
        if (end <= start)
            return;
        if (!NotColumns.Contains(words[start]))
        {
            table.Add(ColumnDefinition.Read(words, start, end), run: null);
            return;
        }

        var at = words[start] is "CONSTRAINT" ? start + 2 : start;
        if (words[at] is not "PRIMARY")
            return;
        for (at += 3; at < end && words[at] is not ")"; at++)
        {
            if (words[at] is not ",")
                table.NotNull.Add(SqlNames.Plain(words[at]));
        }
    }
}
