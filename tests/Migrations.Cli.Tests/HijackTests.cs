using System.Text;
using System.Text.RegularExpressions;
using Npgsql;

namespace Migrations.Cli.Tests;

/// <summary>
/// Whoever may create something in a schema of the <c>search_path</c> can plant functions and operators that fit better than the server's
/// own. They run with the rights of whoever calls them: a superuser who migrates or backs up. None of them is called by the command.
/// </summary>
public sealed partial class HijackTests : IDisposable
{
    // Types of which the catalogue and the history are made; a mixture fits a careless expression better than the server's own.
    private static readonly string[] Types =
    [
        "smallint",
        "integer",
        "bigint",
        "numeric",
        "double precision",
        "oid",
        "regclass",
        "regtype",
        "text",
        "name",
        "\"char\"",
        "boolean",
        "uuid",
        "timestamp with time zone",
        "interval",
        "text[]",
    ];

    // Those whose names are words of their own in the catalogue.
    private static readonly string[] CatalogueTypes =
    [
        "int2",
        "int4",
        "int8",
        "numeric",
        "float8",
        "oid",
        "regclass",
        "regtype",
        "text",
        "name",
        "bool",
        "uuid",
        "timestamptz",
        "interval",
    ];

    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("public, pg_catalog")]
    [InlineData("\"$user\", public")]
    public async Task No_planted_function_or_operator_is_called(string path)
    {
        Prerequisite.PgDump();
        using var server = PostgreSqlServer.Start();
        await server.ExecuteAsync("CREATE ROLE mallory LOGIN");
        await using var database = await PostgreSqlTestDatabase.CreateAsync(server, "shop");
        await database.ExecuteAsync("GRANT CREATE ON SCHEMA public TO PUBLIC");
        var lookalikes = await LookalikesAsync(database);
        await PlantAsync(database);
        await database.ExecuteAsync($"ALTER DATABASE shop SET search_path = {path}");
        _folder.Write("m/001_a.up.sql", "CREATE TABLE a (id integer PRIMARY KEY, t text);\nINSERT INTO a VALUES (1, 'x');\n");
        _folder.Write("m/001_a.down.sql", "DROP TABLE a;\n");
        _folder.Write(
            "m/002_b.up.sql",
            "CREATE TABLE b (id integer GENERATED ALWAYS AS IDENTITY PRIMARY KEY, a integer REFERENCES a (id));\nINSERT INTO "
                + "b (a) VALUES (1);\n"
        );
        _folder.Write("m/002_b.down.sql", "ALTER TABLE b DROP COLUMN a;\nDROP TABLE b;\n");
        _folder.Write("m/003_c.up.sql", "-- Transaction: none\nCREATE INDEX CONCURRENTLY a_t ON a (t);\nVACUUM a;\n");
        _folder.Write("m/003_c.down.sql", "DROP INDEX a_t;\n");
        _folder.Write("m/004_d.up.sql", lookalikes + "UPDATE a SET t = 'y';\n");
        _folder.Write("m/004_d.down.sql", "DELETE FROM b;\n");
        _folder.Write("m/checks/a.sql", "-- check: rows\n-- expect: rows 1\nSELECT t FROM a;\n");

        Directory.CreateDirectory(_folder["b"]);
        foreach (
            var (code, call) in ((int, string)[])
                [
                    (0, "status"),
                    (0, "up --first 2 --transaction-mode all"),
                    (0, "up --target 3"),
                    (0, "up"),
                    (0, "history"),
                    (0, "status --summary"),
                    (0, "check --thorough"),
                    (0, "schema"),
                    (0, "down --what-if"),
                    (0, "down --yes --accept-data-loss"),
                    (0, "up"),
                    (1, "repair"),
                    (4, "test --all --with-data"),
                    (0, $"backup --format sql --destination {_folder["b"]}"),
                    (0, $"backup --destination {_folder["b"]}"),
                ]
        )
            await RunAsync(database, code, call.Split(' '));
        foreach (
            var (code, call) in ((int, string)[])
                [
                    (0, $"verify {Directory.GetFiles(_folder["b"], "*.dump").Single()}"),
                    (0, $"restore --latest --from {_folder["b"]} --yes"),
                    (0, "down --all --yes --accept-data-loss"),
                    (0, "baseline 002"),
                ]
        )
            await RunAsync(database, code, call.Split(' '));

        var log = await File.ReadAllTextAsync(Path.Combine(server.SocketFolder!, "log"));
        Assert.Equal([], Called().Matches(log).Select(m => m.Value).Distinct());
        // The trap works: what is not qualified is caught.
        await database.ExecuteAsync("SELECT 2::numeric * 3::int4, format('a'::text, 'b'::name)");
        Assert.Contains("LOG:  HIJACK", await File.ReadAllTextAsync(Path.Combine(server.SocketFolder!, "log")), StringComparison.Ordinal);
    }

    private async Task RunAsync(PostgreSqlTestDatabase database, int exitCode, string[] call)
    {
        string[] place = call[0] is "backup" or "verify" or "restore"
            ? ["--database", database.Address]
            : ["--database", database.Address, "--path", _folder["m"]];
        var result = await CliProcess.RunAsync(new CliCall { Arguments = [.. call, .. place], Timeout = TimeSpan.FromMinutes(3) });
        Assert.True(
            result.ExitCode == exitCode,
            $"{string.Join(' ', call)}: exit code "
                + $"{result.ExitCode}\n{result.Error}\n{result.Output[..Math.Min(result.Output.Length, 3000)]}"
        );
    }

    /// <summary>Makes, as a role without rights, what is called like the server's own, of the same and of other types.</summary>
    private static async Task PlantAsync(PostgreSqlTestDatabase database)
    {
        var sql = new StringBuilder("SET SESSION AUTHORIZATION mallory; SET check_function_bodies = off;\n");
        var functions = await database.RowsAsync(
            """
            SELECT p.proname, oidvectortypes(p.proargtypes), CASE WHEN p.proretset THEN 'SETOF ' ELSE '' END || format_type(p.prorettype,
                NULL)
            FROM pg_proc p WHERE p.pronamespace = 'pg_catalog'::regnamespace AND p.prokind = 'f' AND p.provariadic = 0
            AND NOT EXISTS (SELECT FROM unnest(p.proargtypes::oid[] || p.prorettype) t JOIN pg_type y ON y.oid = t WHERE y.typtype = 'p'
                AND y.typname NOT IN ('anyelement', 'anyarray'))
            AND (p.prorettype NOT IN ('anyelement'::regtype, 'anyarray'::regtype))
            """
        );
        var named = Named();
        var made = new HashSet<string>(StringComparer.Ordinal);
        foreach (var row in functions.Select(f => f.Split('|')).Where(f => named.Contains(f[0])))
        {
            Function(sql, made, row[0], row[1], row[2]);
            foreach (var type in Types)
                Function(sql, made, row[0], type, row[2]);
        }

        var number = 0;
        var operators = await database.RowsAsync(
            "SELECT DISTINCT o.oprname FROM pg_operator o WHERE o.oprkind = 'b' AND o.oprleft IN ('int4'::regtype, "
                + "'text'::regtype, 'oid'::regtype, 'numeric'::regtype, 'interval'::regtype)"
        );
        foreach (var name in operators.Where(o => o is not "=>"))
        {
            foreach (var (left, right) in Types.SelectMany(l => Types.Select(r => (l, r))))
            {
                var returned =
                    name is "||" ? "text"
                    : name is "+" or "-" or "*" or "/" or "%" or "&" or "<<" or ">>" or "#" or "|" or "^" ? left
                    : "bool";
                Function(sql, made, $"op{++number}", $"{left}, {right}", returned);
                sql.Append($"CREATE OPERATOR public.{name} (LEFTARG = {left}, RIGHTARG = {right}, FUNCTION = public.op{number});\n");
            }
        }

        Aggregates(sql);
        await using var connection = (NpgsqlConnection)await database.ConnectAsync();
        await using var command = new NpgsqlCommand(sql.ToString(), connection) { CommandTimeout = 300 };
        await command.ExecuteNonQueryAsync();
    }

    private static void Function(StringBuilder sql, HashSet<string> made, string name, string arguments, string returns)
    {
        if (made.Add($"{name}({arguments})"))
            sql.Append(
                $"CREATE FUNCTION public.\"{name}\"({arguments}) RETURNS {returns} LANGUAGE plpgsql AS $$BEGIN RAISE LOG 'HIJACK "
                    + $"{name}({arguments}) as %', session_user; "
                    + $"RETURN{(returns.StartsWith("SETOF", StringComparison.Ordinal) ? "" : " NULL")}; END$$;\n"
            );
    }

    private static void Aggregates(StringBuilder sql)
    {
        sql.Append(
            "CREATE FUNCTION public.step_all(int8) RETURNS int8 LANGUAGE plpgsql AS $$BEGIN RAISE LOG 'HIJACK count(*)'; "
                + "RETURN $1; END$$;\n"
        );
        sql.Append("CREATE AGGREGATE public.count(*) (SFUNC = public.step_all, STYPE = int8, INITCOND = '0');\n");
        foreach (var type in Types.Where(t => t is not "text[]"))
        {
            var step = "step_" + type.Trim('"').Replace(' ', '_');
            sql.Append(
                $"CREATE FUNCTION public.{step}({type}, {type}) RETURNS {type} LANGUAGE plpgsql AS $$BEGIN RAISE LOG 'HIJACK "
                    + $"aggregate of {type}'; RETURN $1; END$$;\n"
            );
            foreach (var name in (string[])["max", "min", "sum", "count", "bool_and", "bool_or"])
                sql.Append($"CREATE AGGREGATE public.{name}({type}) (SFUNC = public.{step}, STYPE = {type});\n");
        }
    }

    /// <summary>
    /// What a script may leave in its session, where it comes before the catalogue unless the search_path says otherwise: views and types
    /// that are called like those of the catalogue.
    /// </summary>
    private static async Task<string> LookalikesAsync(PostgreSqlTestDatabase database)
    {
        await database.ExecuteAsync(
            "CREATE FUNCTION public.seen() RETURNS pg_catalog.bool LANGUAGE plpgsql AS $$BEGIN RAISE LOG 'HIJACK by a "
                + "temporary object'; RETURN true; END$$"
        );
        var sql = new StringBuilder();
        var views = await database.RowsAsync(
            """
            SELECT c.relname, string_agg(a.attname, ', ') FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 JOIN
                pg_type y ON y.oid = a.atttypid AND y.typtype <> 'p' AND a.attname <> 'stxdexpr'
            WHERE c.relnamespace = 'pg_catalog'::regnamespace AND c.relkind IN ('r', 'v') GROUP BY 1
            """
        );
        foreach (var view in views.Select(v => v.Split('|')))
            sql.Append($"CREATE TEMP VIEW {view[0]} AS SELECT {view[1]} FROM pg_catalog.{view[0]} WHERE public.seen();\n");
        foreach (var type in CatalogueTypes)
            sql.Append($"CREATE DOMAIN pg_temp.{type} AS pg_catalog.{type} CHECK (public.seen());\n");
        return sql.ToString();
    }

    /// <summary>The names that stand before a parenthesis in the sources.</summary>
    private static HashSet<string> Named() =>
        [
            .. Directory
                .EnumerateFiles(Repository.PathOf("src", "Migrations.PostgreSql"), "*.cs", SearchOption.AllDirectories)
                .SelectMany(f => Call().Matches(File.ReadAllText(f)).Select(m => m.Groups["name"].Value)),
        ];

    [GeneratedRegex(@"\b(?<name>[a-z_0-9]+)\(", RegexOptions.CultureInvariant, matchTimeoutMilliseconds: 10_000)]
    private static partial Regex Call();

    [GeneratedRegex("LOG:  HIJACK [^\n]*", RegexOptions.CultureInvariant, matchTimeoutMilliseconds: 10_000)]
    private static partial Regex Called();
}
