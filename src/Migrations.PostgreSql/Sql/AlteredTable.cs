namespace Migrations.PostgreSql;

/// <summary>An ALTER TABLE, cut into what it does (<see href="https://www.postgresql.org/docs/current/sql-altertable.html"/>).</summary>
/// <param name="Name">The table's name, as written; unquoted letters in upper case.</param>
/// <param name="Written">The same, all letters as written, and with ONLY where it is there.</param>
/// <param name="MayBeMissing">Whether it says <c>IF EXISTS</c>.</param>
/// <param name="Actions">The words of each action: the first one, and the one behind its last.</param>
internal sealed record AlteredTable(string Name, string Written, bool MayBeMissing, IReadOnlyList<(int Start, int End)> Actions)
{
    /// <summary>Reads one.</summary>
    /// <param name="words">The statement.</param>
    /// <param name="at">The word behind <c>ALTER TABLE</c>.</param>
    public static AlteredTable Read(StatementWords words, int at)
    {
        var mayBeMissing = words[at] is "IF";
        at += mayBeMissing ? 2 : 0;
        var nameAt = at;
        at += words[at] is "ONLY" ? 1 : 0;
        var table = SqlNames.Qualified(words, ref at);
        var written = words.TextOf(nameAt, at);
        at += words[at] is "*" ? 1 : 0;
        var actions = new List<(int Start, int End)>();
        var (first, depth) = (at, 0);
        for (; words[at].Length > 0; at++)
        {
            depth +=
                words[at] is "(" or "[" ? 1
                : words[at] is ")" or "]" ? -1
                : 0;
            if (depth == 0 && words[at] is ",")
            {
                actions.Add((first, at));
                first = at + 1;
            }
        }

        actions.Add((first, at));
        return new AlteredTable(table, written, mayBeMissing, actions);
    }
}
