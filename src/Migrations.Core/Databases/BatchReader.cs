using System.Text;
using Migrations.Sql;

namespace Migrations.Databases;

/// <summary>Reads the statement of a script that runs in batches.</summary>
internal static class BatchReader
{
    // A name of the marker's length, so that every place in the text stays.
    private const string StandIn = "_batch__";

    /// <summary>Reads the script of a header that asks for batches.</summary>
    /// <param name="dialect">How it is read.</param>
    /// <param name="script">The script.</param>
    /// <param name="rule">What the header says.</param>
    /// <param name="problem">Why it cannot run in batches; null when it can.</param>
    public static BatchStatement? Read(ISqlDialect dialect, MigrationScript script, BatchRule rule, out FileProblem? problem)
    {
        var statements = dialect.Split(script).Take(2).ToList();
        var read = statements.Count == 1 ? Read(dialect, statements[0], rule) : null;
        problem = read is not null
            ? null
            : new FileProblem(
                ErrorId.BatchInvalid,
                statements.Count == 0 ? new ScriptLocation(script.File, script.FirstLine) : statements[^1].Location,
                "A script with 'Batch:' in its header must be exactly one UPDATE or DELETE of one table, without WITH, FROM, USING, "
                    + "RETURNING, ORDER BY and LIMIT.",
                "Put other statements into migrations of their own. Where the statement needs more than its own table, say where the "
                    + "condition of a batch belongs: 'WHERE ${batch} AND ...'."
            );
        return read;
    }

    private static BatchStatement? Read(ISqlDialect dialect, ScriptStatement statement, BatchRule rule)
    {
        var markers = MarkersIn(dialect, statement.Text);
        var plain = new StringBuilder(statement.Text);
        foreach (var at in markers)
            plain.Remove(at, BatchStatement.Marker.Length).Insert(at, StandIn);
        var read = new ReadStatement(dialect, plain.ToString());
        var verb = markers.Count == 0 ? 0 : read.Find(0, at => read.Is(at, "UPDATE", "DELETE", "INSERT", "SELECT", "MERGE"));
        var isDelete = read.Is(verb, "DELETE");
        if (!(isDelete && read.Is(verb + 1, "FROM")) && !read.Is(verb, "UPDATE"))
            return null;
        var name = verb + (isDelete ? 2 : 1);
        if (read.Is(name, "ONLY", "OR") || !read.IsName(name))
            return null;
        var behind = read.BehindName(name);
        var (alias, next) = AliasAt(read, behind);
        if (isDelete ? next < read.Count && !read.Is(next, "WHERE", "USING") : !read.Is(next, "SET"))
            return null;
        var where = read.Find(next, at => read.Is(at, "WHERE"));
        if (markers.Count == 0 && read.Find(next, at => IsMore(read, at)) < read.Count)
            return null;
        var end = read.Find(next, at => at >= where || read.Is(at, "FROM"));
        return new BatchStatement(markers, where + 1 < read.Count ? read.Range(where + 1, read.Count) : null)
        {
            Rule = rule,
            Text = statement.Text,
            Location = statement.Location,
            Table = read.Slice(name, behind),
            Alias = alias,
            IsDelete = isDelete,
            Assigned = isDelete ? [] : AssignedIn(read, next + 1, end),
        };
    }

    private static bool IsMore(ReadStatement read, int at) =>
        read.Is(at, "FROM", "USING", "JOIN", "RETURNING", "LIMIT", "INDEXED", "CURRENT") || (read.Is(at, "ORDER") && read.Is(at + 1, "BY"));

    private static (string? Alias, int Next) AliasAt(ReadStatement read, int at)
    {
        if (read.Is(at, "AS"))
            return (read[at + 1], at + 2);
        return read.IsName(at) && !read.Is(at, "SET", "WHERE", "USING", "RETURNING", "NOT", "INDEXED", "ORDER", "LIMIT")
            ? (read[at], at + 1)
            : (null, at);
    }

    private static List<int> MarkersIn(ISqlDialect dialect, string text)
    {
        var found = new List<int>();
        foreach (var token in dialect.Tokenize(text))
        {
            var at = token.Start + token.Length - 1;
            if (
                token.Kind is not (SqlTokenKind.Literal or SqlTokenKind.QuotedName or SqlTokenKind.Comment or SqlTokenKind.WhiteSpace)
                && at >= 0
                && BatchStatement.IsMarkerAt(text, at)
            )
                found.Add(at);
        }

        return found;
    }

    private static List<string> AssignedIn(ReadStatement read, int from, int to)
    {
        var names = new List<string>();
        for (var at = from; at < to; at = read.Find(at, i => i >= to || read[i] is ",") + 1)
        {
            if (read[at] is "(")
                names.AddRange(read.Names(at) ?? []);
            else if (read.IsName(at))
                names.Add(read[read.BehindName(at) - 1]);
        }

        return [.. names.Select(n => n.Trim('"', '`', '[', ']'))];
    }
}
