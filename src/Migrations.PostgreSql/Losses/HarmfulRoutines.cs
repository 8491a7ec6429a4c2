using Migrations.Sql;

namespace Migrations.PostgreSql;

/// <summary>
/// The functions and procedures of a database that may delete or overwrite rows when they are called: whose body says so, executes a text,
/// calls one that does, or cannot be read. What is not <see href="https://www.postgresql.org/docs/current/xfunc-volatility.html">volatile</see>
/// changes nothing itself; those of extensions change no tables, but for dblink's.
/// </summary>
internal sealed class HarmfulRoutines
{
    private const string Routines = """
        SELECT p.proname::text, p.provolatile = 'v', CASE WHEN l.lanname IN ('sql', 'plpgsql') THEN p.prosrc ELSE '' END FROM pg_catalog.pg_proc p
            JOIN pg_catalog.pg_language l ON l.oid = p.prolang
        WHERE p.oid >= 16384 AND (p.proname ~ '^dblink' OR NOT EXISTS (SELECT FROM pg_catalog.pg_depend x
            WHERE x.classid = 'pg_catalog.pg_proc'::pg_catalog.regclass AND x.objid = p.oid AND x.deptype = 'e'))
        """;

    private const string Views = """
        SELECT DISTINCT c.relname::text, p.proname::text FROM pg_catalog.pg_depend d
            JOIN pg_catalog.pg_rewrite r ON r.oid = d.objid JOIN pg_catalog.pg_class c ON c.oid = r.ev_class
            JOIN pg_catalog.pg_proc p ON p.oid = d.refobjid
        WHERE d.classid = 'pg_catalog.pg_rewrite'::pg_catalog.regclass AND d.refclassid = 'pg_catalog.pg_proc'::pg_catalog.regclass
            AND p.oid >= 16384
        """;

    private static readonly HashSet<string> Harmful = new(StringComparer.Ordinal)
    {
        "DELETE",
        "TRUNCATE",
        "DROP",
        "UPDATE",
        "MERGE",
        "CONFLICT",
        "EXECUTE",
    };

    private readonly HashSet<string> _names = new(StringComparer.Ordinal)
    {
        "lo_unlink",
        "lo_truncate",
        "lo_truncate64",
        "lowrite",
        "lo_put",
    };
    private readonly HashSet<string> _views = new(StringComparer.Ordinal);

    /// <summary>Reads those of a database.</summary>
    public static async Task<HarmfulRoutines> ReadAsync(PostgreSqlSession session, CancellationToken cancellationToken)
    {
        var found = new HarmfulRoutines();
        var bodies = new List<(string Name, bool IsVolatile, string Body)>();
        await session
            .QueryAsync(Routines, row => bodies.Add((row.GetString(0), row.GetBoolean(1), row.GetString(2))), cancellationToken)
            .ConfigureAwait(false);
        foreach (var (name, isVolatile, body) in bodies.Where(b => b.IsVolatile))
        {
            if (body.Length == 0 || SaysSo(body))
                found._names.Add(name);
        }

        // A function may call one that calls another.
        for (var count = -1; count != found._names.Count; )
        {
            count = found._names.Count;
            foreach (var (name, _, body) in bodies.Where(b => !found._names.Contains(b.Name)))
            {
                if (found.CalledIn(body) is not null)
                    found._names.Add(name);
            }
        }

        var views = new List<(string View, string Routine)>();
        await session.QueryAsync(Views, row => views.Add((row.GetString(0), row.GetString(1))), cancellationToken).ConfigureAwait(false);
        found._views.UnionWith(views.Where(v => found._names.Contains(v.Routine)).Select(v => v.View));
        return found;
    }

    /// <summary>Takes note of a function that a script makes.</summary>
    public void Observe(string statement)
    {
        var words = new StatementWords(statement);
        var at = words[1] is "OR" ? 3 : 1;
        if (words[0] is not "CREATE" || words[at] is not ("FUNCTION" or "PROCEDURE"))
            return;
        at++;
        var name = SqlNames.PlainLast(SqlNames.Qualified(words, ref at));
        if (SaysSo(statement) || !IsReadable(words) || LiteralsOf(statement).Any(l => SaysSo(l) || CalledIn(l) is not null))
            _names.Add(name);
    }

    /// <summary>What a statement calls of them, or which view it reads that does; null for nothing.</summary>
    public string? CalledIn(string statement)
    {
        var words = new StatementWords(statement);
        for (var at = 0; words[at].Length > 0; at++)
        {
            var name = SqlNames.Plain(words[at]);
            if ((words[at + 1] is "(" && _names.Contains(name)) || (at > 0 && _views.Contains(name)))
                return name;
        }

        return null;
    }

    /// <summary>Whether a block of code may delete or overwrite rows.</summary>
    public bool MayLose(string block)
    {
        var words = new StatementWords(block);
        return !IsReadable(words) || LiteralsOf(block).Any(l => SaysSo(l) || CalledIn(l) is not null);
    }

    private static bool SaysSo(string body) => new StatementWords(body).ContainAny(Harmful.Contains);

    // Of another language nothing is read.
    private static bool IsReadable(StatementWords words)
    {
        for (var at = 0; words[at].Length > 0; at++)
        {
            if (words[at] is "LANGUAGE" && words[at + 1].Trim('\'').ToUpperInvariant() is not ("SQL" or "PLPGSQL"))
                return false;
        }

        return true;
    }

    private static IEnumerable<string> LiteralsOf(string statement) =>
        new PostgreSqlDialect()
            .Tokenize(statement)
            .Where(t => t.Kind == SqlTokenKind.Literal)
            .Select(t => SqlLiterals.ValueOf(t.In(statement).ToString()));
}
