using Migrations.Sql;

namespace Migrations.Databases;

/// <summary>
/// Takes a statement apart into those that change rows by themselves: what <c>EXPLAIN ANALYZE</c> runs, what <c>COPY (...)</c> reads, what
/// <c>PREPARE</c> keeps, and the changes among queries with names (<see
/// href="https://www.postgresql.org/docs/current/queries-with.html#QUERIES-WITH-MODIFYING"/>).
/// </summary>
public static class StatementParts
{
    /// <summary>The statements, each with the named queries that stand before it and change nothing.</summary>
    /// <param name="dialect">How it is read.</param>
    /// <param name="statement">Its text.</param>
    public static IReadOnlyList<string> Read(ISqlDialect dialect, string statement)
    {
        var read = new ReadStatement(dialect, statement);
        var begin =
            read.Is(0, "EXPLAIN") ? Explained(read)
            : read.Is(0, "COPY") && read[1] is "(" ? 2
            : read.Is(0, "PREPARE") ? read.Find(1, at => read.Is(at, "AS")) + 1
            : 0;
        if (begin >= read.Count)
            return [];
        var end = begin == 2 && read.Is(0, "COPY") ? read.Behind(1) - 1 : read.Count;
        if (begin > 0)
            return Read(dialect, read.Slice(begin, end));
        return read.Is(0, "WITH") ? Named(read) : [statement];
    }

    // Without ANALYZE nothing runs.
    private static int Explained(ReadStatement read)
    {
        if (read[1] is not "(")
        {
            var at = 1;
            while (read.Is(at, "ANALYZE", "ANALYSE", "VERBOSE"))
                at++;
            return read.Is(1, "ANALYZE", "ANALYSE") ? at : read.Count;
        }

        var behind = read.Behind(1);
        for (var at = 2; at < behind; at++)
        {
            if (read.Is(at, "ANALYZE", "ANALYSE") && !read.Is(at + 1, "FALSE", "OFF") && read[at + 1] is not "0")
                return behind;
        }

        return read.Count;
    }

    private static List<string> Named(ReadStatement read)
    {
        var parts = new List<string>();
        var head = read.Is(1, "RECURSIVE") ? "WITH RECURSIVE " : "WITH ";
        var queries = new List<string>();
        var at = read.Is(1, "RECURSIVE") ? 2 : 1;
        while (at < read.Count)
        {
            var open = read.Find(at, i => read[i] is "(" && (read.Is(i - 1, "AS", "MATERIALIZED")));
            var behind = read.Behind(open);
            if (read.Is(open + 1, "DELETE", "UPDATE", "INSERT", "MERGE", "REPLACE", "WITH") && Changes(read, open + 1, behind))
                parts.Add(Prefix(head, queries) + read.Slice(open + 1, behind - 1));
            else
                queries.Add(read.Slice(at, behind));
            // SEARCH and CYCLE clauses stand between.
            var next = read.Find(
                behind,
                i => read[i] is "," || read.Is(i, "SELECT", "VALUES", "TABLE", "DELETE", "UPDATE", "INSERT", "MERGE", "REPLACE")
            );
            at = next + 1;
            if (read[next] is ",")
                continue;
            parts.Add(Prefix(head, queries) + read.Slice(next, read.Count));
            break;
        }

        return parts;
    }

    private static bool Changes(ReadStatement read, int from, int to)
    {
        if (!read.Is(from, "WITH"))
            return true;
        return read.Find(from, at => at >= to || read.Is(at, "DELETE", "UPDATE", "INSERT", "MERGE")) < to;
    }

    private static string Prefix(string head, List<string> queries) => queries.Count == 0 ? "" : head + string.Join(", ", queries) + " ";
}
