using Migrations.Sql;

namespace Migrations.Databases;

/// <summary>
/// A MERGE, read as an UPDATE and a DELETE that find the same rows (<see href="https://www.postgresql.org/docs/current/sql-merge.html"/>).
/// </summary>
public sealed class MergeChanges
{
    private readonly List<RowChange> _changes = [];

    private MergeChanges(string table) => Table = table;

    /// <summary>The table, as written.</summary>
    public string Table { get; }

    /// <summary>The changes that it makes of rows that match.</summary>
    public IReadOnlyList<RowChange> Changes => _changes;

    /// <summary>Whether it changes rows besides of which the text does not show which they are.</summary>
    public bool ChangesOthers { get; private set; }

    /// <summary>Reads a statement; null when it is not a MERGE.</summary>
    /// <param name="dialect">How it is read.</param>
    /// <param name="statement">Its text: a part, as <see cref="StatementParts"/> takes it apart.</param>
    public static MergeChanges? Read(ISqlDialect dialect, string statement)
    {
        var read = new ReadStatement(dialect, statement);
        var verb = read.Is(0, "WITH") ? read.Find(1, at => read.Is(at, "INSERT", "SELECT", "DELETE", "UPDATE", "MERGE")) : 0;
        if (!read.Is(verb, "MERGE"))
            return null;
        var target = verb + (read.Is(verb + 1, "INTO") ? 2 : 1);
        var name = target + (read.Is(target, "ONLY") ? 1 : 0);
        var merge = new MergeChanges(read.Slice(name, read.BehindName(name)));
        var source = read.Find(target, at => read.Is(at, "USING"));
        var when = read.Find(source, at => BeginsClause(read, at));
        // The last one: the source may be a join.
        var on = source;
        for (var at = source; at < when; at = read.Find(at + 1, i => i >= when || read.Is(i, "ON")))
            on = read.Is(at, "ON") ? at : on;
        var assigned = new List<string>();
        var conditions = merge.Conditions(read, when, assigned);
        foreach (var (action, of) in conditions)
        {
            var others = read.Slice(source + 1, on);
            var where = $" WHERE ({read.Slice(on + 1, when)}\n) AND ({string.Join(" OR ", of)})";
            var change = action is "DELETE"
                ? $"DELETE FROM {read.Slice(target, source)} USING {others}{where}"
                : $"UPDATE {read.Slice(target, source)} SET {string.Join(", ", assigned)} FROM {others}{where}";
            if (RowChange.Read(dialect, read.Slice(0, verb) + " " + change) is { } found)
                merge._changes.Add(found);
        }

        return merge;
    }

    private Dictionary<string, List<string>> Conditions(ReadStatement read, int when, List<string> assigned)
    {
        var conditions = new Dictionary<string, List<string>>(StringComparer.Ordinal);
        for (var at = when; at < read.Count; at = read.Find(at + 1, i => BeginsClause(read, i)))
        {
            var then = read.Find(at, i => read.Is(i, "THEN") && read.Is(i + 1, "UPDATE", "DELETE", "INSERT", "DO"));
            if (!read.Is(then + 1, "UPDATE", "DELETE"))
                continue;
            if (read.Is(at + 1, "NOT"))
            {
                ChangesOthers = true;
                continue;
            }

            var action = read[then + 1].ToUpperInvariant();
            if (action is "UPDATE")
                assigned.Add(read.Slice(then + 3, read.Find(then, i => BeginsClause(read, i) || read.Is(i, "RETURNING"))));
            if (!conditions.TryGetValue(action, out var of))
                conditions[action] = of = [];
            of.Add(read.Is(at + 2, "AND") ? $"({read.Slice(at + 3, then)}\n)" : "true");
        }

        return conditions;
    }

    private static bool BeginsClause(ReadStatement read, int at) =>
        read.Is(at, "WHEN") && (read.Is(at + 1, "MATCHED") || (read.Is(at + 1, "NOT") && read.Is(at + 2, "MATCHED")));
}
