using Migrations.Sql;
using Npgsql;

namespace Migrations.PostgreSql;

/// <summary>
/// The functions and procedures of a database that may delete or overwrite rows when they are called: whose body says so, executes a text,
/// calls one that does, or cannot be read. What is not
/// <see href="https://www.postgresql.org/docs/current/xfunc-volatility.html">volatile</see>
/// changes nothing itself; those of extensions change no tables, but for dblink's.
/// </summary>
/// <param name="isMadeBefore">Whether an earlier script makes a harmful function of a name.</param>
internal sealed class HarmfulRoutines(Func<string, bool> isMadeBefore)
{
    private const string Routines = """
        SELECT p.proname::text, p.provolatile = 'v', CASE WHEN l.lanname IN ('sql', 'plpgsql') THEN p.prosrc ELSE '' END
            FROM pg_catalog.pg_proc p
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
        // They run a text.
        "query_to_xml",
        "query_to_xml_and_xmlschema",
        "ts_stat",
    };
    private readonly Dictionary<string, string> _bodies = new(StringComparer.Ordinal);
    private readonly HashSet<string> _views = new(StringComparer.Ordinal);

    /// <summary>Reads those of a database.</summary>
    /// <param name="query">Runs a query.</param>
    /// <param name="isMadeBefore">Whether an earlier script makes a harmful function of a name.</param>
    public static async Task<HarmfulRoutines> ReadAsync(Func<string, Action<NpgsqlDataReader>, Task> query, Func<string, bool> isMadeBefore)
    {
        var found = new HarmfulRoutines(isMadeBefore);
        var bodies = new List<(string Name, bool IsVolatile, string Body)>();
        await query(Routines, row => bodies.Add((row.GetString(0), row.GetBoolean(1), row.GetString(2)))).ConfigureAwait(false);
        foreach (var (name, isVolatile, body) in bodies.Where(b => b.IsVolatile))
        {
            found._bodies[name] = body;
            if (body.Length == 0 || SaysSo(body))
                found._names.Add(name);
        }

        // A function may call one that calls another.
        var count = -1;
        while (count != found._names.Count)
        {
            count = found._names.Count;
            foreach (var (name, _, body) in bodies.Where(b => !found._names.Contains(b.Name)))
            {
                if (found.CalledIn(body) is not null)
                    found._names.Add(name);
            }
        }

        var views = new List<(string View, string Routine)>();
        await query(Views, row => views.Add((row.GetString(0), row.GetString(1)))).ConfigureAwait(false);
        found._views.UnionWith(views.Where(v => found._names.Contains(v.Routine)).Select(v => v.View));
        return found;
    }

    /// <summary>Takes note of a function that the script makes.</summary>
    public void Observe(string statement)
    {
        if (NameMade(statement) is not { } name)
            return;
        _bodies[name] = IsReadable(new StatementWords(statement)) ? LiteralsOf(statement).MaxBy(l => l.Length) ?? "" : "";
        if ((IsHarmful(statement) || LiteralsOf(statement).Any(l => CalledIn(l) is not null)))
            _names.Add(name);
    }

    /// <summary>The body of a function, empty where it cannot be read; null for one that changes no rows.</summary>
    public string? BodyOf(string name) => _bodies.GetValueOrDefault(name);

    /// <summary>The function or procedure that a statement makes; null where it makes none.</summary>
    public static string? NameMade(string statement)
    {
        var words = new StatementWords(statement);
        var at = words[1] is "OR" ? 3 : 1;
        if (words[0] is not "CREATE" || words[at] is not ("FUNCTION" or "PROCEDURE"))
            return null;
        at++;
        return SqlNames.PlainLast(SqlNames.Qualified(words, ref at));
    }

    /// <summary>Whether the body in a statement says by itself that it may delete or overwrite, or cannot be read.</summary>
    public static bool IsHarmful(string statement) =>
        SaysSo(statement) || !IsReadable(new StatementWords(statement)) || LiteralsOf(statement).Any(SaysSo);

    /// <summary>Whether a statement calls anything, or reads what may: only then these need to be known.</summary>
    public static bool MayBeUsedIn(string statement)
    {
        var words = new StatementWords(statement);
        if (words[0] is not ("DELETE" or "UPDATE" or "INSERT"))
            return true;
        for (var at = 1; words[at].Length > 0; at++)
        {
            if (words[at] is "SELECT" || (words[at + 1] is "(" && IsCall(words, at)))
                return true;
        }

        return false;
    }

    // Lists of columns and values stand behind a table's name and behind these.
    private static bool IsCall(StatementWords words, int at) =>
        (char.IsLetter(words[at][0]) || words[at][0] is '_' or '"')
        && words[at] is not ("IN" or "VALUES" or "CONFLICT" or "AND" or "OR" or "NOT" or "ANY" or "ALL" or "EXISTS" or "WHERE" or "SET")
        && words[at - 1] is not "INTO"
        && !(words[at - 1] is "." && at > 2 && words[at - 3] is "INTO");

    /// <summary>What a statement calls of them, or which view it reads that does; null for nothing.</summary>
    public string? CalledIn(string statement)
    {
        var words = new StatementWords(statement);
        for (var at = 0; words[at].Length > 0; at++)
        {
            if (IsCalled(words, at) || (at > 0 && _views.Contains(SqlNames.Plain(words[at]))))
                return SqlNames.Plain(words[at]);
        }

        return null;
    }

    /// <summary>Whether one of them is called at a place of a statement.</summary>
    public bool IsCalled(StatementWords words, int at) =>
        words[at + 1] is "(" && (_names.Contains(SqlNames.Plain(words[at])) || isMadeBefore(SqlNames.Plain(words[at])));

    /// <summary>Whether a block of code may delete or overwrite rows.</summary>
    public bool MayLose(string block)
    {
        var words = new StatementWords(block);
        return !IsReadable(words) || LiteralsOf(block).Any(l => SaysSo(l) || CalledIn(l) is not null);
    }

    // A table that is moved may go with what it is moved into, and a type that is converted may take values along.
    private static bool SaysSo(string body)
    {
        var words = new StatementWords(body);
        return words.ContainAny(Harmful.Contains)
            || words.Contain("SET", "SCHEMA")
            || (words.Contain("ALTER") && words.Contain("TYPE") && words.Contain("USING"));
    }

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
