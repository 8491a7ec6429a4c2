using Migrations.Planning;
using Migrations.Testing;

namespace Migrations.Databases.Tests;

/// <summary>Scripts for <c>psql</c>.</summary>
public sealed class PostgreSqlExportTests() : ExportConformance(DatabaseKind.PostgreSql)
{
    private static readonly ScriptRequest Idempotent = new() { IsIdempotent = true };

    protected override string OddScript =>
        """
            CREATE TABLE a (id int, t text DEFAULT 'x
            \q
            /
            GO');
            INSERT INTO a VALUES (1, 'it''s
            \q :USER :''USER'' :"USER"
            \endif
            '), (2, E'\'\\q'), (3, $x$
            \q :USER
            $x$), (4, '\');
            /*
            \q
            */
            INSERT INTO a SELECT 20::int
            /
            2, 'n'::text;
            CREATE FUNCTION f(user_name int DEFAULT 3) RETURNS SETOF int LANGUAGE plpgsql AS $$
            DECLARE HOST int := 1; r int[];
            BEGIN
                r := (ARRAY[1, 2, 3])[HOST:user_name];
                RETURN QUERY SELECT unnest(r);
            END $$;
            INSERT INTO a SELECT i, 'slice' FROM (SELECT 1 AS "HOST", 2 AS port) s, unnest((ARRAY[7, 8, 9])["HOST":port]) i;
            INSERT INTO a SELECT i, 'f' FROM f(user_name := 2) i;
            COPY a (id, t) FROM stdin;
            30	it's
            31	\\q :USER
            32	\N
            \.
            INSERT INTO a VALUES (40, ':USER');
            """;

    protected override string Outside => "CREATE INDEX CONCURRENTLY a_id ON a (id);";

    [Fact]
    public async Task What_the_client_has_set_does_not_count()
    {
        ThreeTables();
        Migration("004_d", "CREATE TABLE d (a int[]);\nINSERT INTO d SELECT (ARRAY[1, 2, 3])[x:y] FROM (SELECT 1 AS x, 2 AS y) n;");
        var script = await ScriptAsync();
        await RunAsync("\\set y 'nonsense ('\n\\set AUTOCOMMIT off\n\\set ON_ERROR_ROLLBACK on\n" + script);
        Assert.Equal("{1,2}", await Database.ScalarAsync("SELECT a::text FROM d"));
        await AssertGoodAsync();
        Assert.Contains("runs in one already", await StopsAsync("BEGIN;\n" + await ScriptAsync(Idempotent)), StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_a_script_sets_does_not_reach_the_next()
    {
        Migration("001_a", "CREATE SCHEMA s; CREATE ROLE role_of_export NOLOGIN; GRANT ALL ON SCHEMA s TO role_of_export;");
        Migration("002_b", "SET ROLE role_of_export; SET search_path = s; CREATE TABLE b (t text);");
        Migration("003_c", "CREATE TABLE c (t text); INSERT INTO c VALUES ('ä');");
        try
        {
            await RunAsync(await ScriptAsync());
            Assert.Equal("c, s.b", await TablesAsync());
            Assert.Equal("ä", await Database.ScalarAsync("SELECT t FROM c"));
            await AssertGoodAsync();
        }
        finally
        {
            await Database.ExecuteAsync("DROP SCHEMA s CASCADE; DROP ROLE role_of_export");
        }
    }

    [Fact]
    public async Task It_belongs_to_one_database_one_schema_and_one_run_at_a_time()
    {
        ThreeTables();
        var script = await ScriptAsync();
        Assert.Contains("search_path", await StopsAsync(script, ("PGOPTIONS", "-c search_path=pg_catalog")), StringComparison.Ordinal);
        await using (var other = await PostgreSqlTestDatabase.CreateAsync())
        {
            var (code, output) = await ClientShell.RunAsync(other, script);
            Assert.True(code != 0);
            Assert.Contains("was made for the database", output, StringComparison.Ordinal);
        }

        await using (var session = await Kind.Driver.OpenAsync(Target(), new SessionOptions { Access = SessionAccess.Write }, default))
        await using (await session.LockAsync(isNeeded: null, default))
            Assert.Contains("holds the migration lock", await StopsAsync(script), StringComparison.Ordinal);
        Assert.Empty(await Database.TablesAsync());
        await ApplyAsync(new ApplyRequest { Target = "001" });
        script = await ScriptAsync();
        await Database.ExecuteAsync("DROP TABLE migration_journal");
        Assert.Contains("is missing", await StopsAsync(script), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(TransactionMode.Each)]
    [InlineData(TransactionMode.All)]
    public async Task An_idempotent_script_leaves_out_what_is_done(TransactionMode mode)
    {
        ThreeTables();
        Write("hooks/before-run.sql", "CREATE TABLE IF NOT EXISTS log (t text);");
        Write("hooks/before-each.sql", "INSERT INTO log VALUES ('${migration}');");
        Write("hooks/after-run.sql", "INSERT INTO log VALUES ('end');");
        var request = new ApplyRequest { TransactionMode = mode };
        var script = await ScriptAsync(Idempotent with { Apply = request });
        await ApplyAsync(request with { Target = "001" });
        await RunAsync(script);
        Assert.Equal("001_a, end, 002_b, 003_c, end", string.Join(", ", await Database.RowsAsync("SELECT t FROM log")));
        await AssertGoodAsync();
        var before = await JournalAsync();
        await RunAsync(script);
        Assert.Equal(before, await JournalAsync());
        var down = await ScriptAsync(Idempotent with { Undo = new UndoRequest { To = "001" } });
        await UndoAsync();
        await RunAsync(down);
        await RunAsync(down);
        Assert.Equal("001_a Applied, 002_b RolledBack, 003_c RolledBack", await StatesAsync());
        await RunAsync(script);
        Assert.Equal("001_a Applied, 002_b Applied, 003_c Applied", await StatesAsync());
        Assert.Equal("a, b, c, log", await TablesAsync());
    }

    [Fact]
    public async Task Data_lines_are_for_psql_alone_and_cannot_be_left_out()
    {
        Migration("001_a", "CREATE TABLE a (t text);\nCOPY a FROM stdin;\nit's\n\\.\n");
        foreach (var request in (ScriptRequest[])[Idempotent, new() { Client = ScriptClient.Plain }])
        {
            var error = await ThrowsAsync<FolderException>(ErrorId.FolderInvalid, () => ScriptAsync(request));
            Assert.Equal((ErrorId.ExportRefused, 2), (Assert.Single(error.Problems).Id, error.Problems[0].Location.Line));
        }

        Migration("001_a", "-- Transaction: none\nCREATE TABLE a (t text);\nCOPY a FROM stdin;\nx\n\\.\n");
        await ThrowsAsync<FolderException>(ErrorId.FolderInvalid, () => ScriptAsync());
    }

    [Fact]
    public async Task A_secret_variable_is_given_to_psql()
    {
        Migration(
            "001_a",
            "-- Variables: quoted\nCREATE TABLE a (t text);\nINSERT INTO a VALUES ('${pass_word}');\nCOMMENT ON TABLE a IS '${pass_word}';"
        );
        MigratorOptions With(MigratorOptions options) =>
            options with
            {
                Folder = options.Folder with
                {
                    Variables = new VariableSet([new ScriptVariable("pass_word", "hush'hush") { IsSecret = true }]),
                },
            };
        var text = new StringWriter();
        var written = await Engine(With).WriteScriptAsync(new ScriptRequest(), text);
        Assert.Equal(["pass_word"], written.Secrets);
        Assert.DoesNotContain("hush", text.ToString(), StringComparison.Ordinal);
        Assert.DoesNotContain("secret_", text.ToString(), StringComparison.Ordinal);
        Assert.Contains("pass_word has no value", await StopsAsync(text.ToString()), StringComparison.Ordinal);
        Assert.Empty(await Database.TablesAsync());
        await RunAsync(text.ToString(), ("pass_word", "hush'hush"));
        await AssertAsByRunAsync(e => e.ApplyAsync(), With, "a");
        Assert.Empty(await Engine(With).ApplyAsync());
        await ThrowsAsync<FolderException>(
            ErrorId.FolderInvalid,
            () =>
            {
                Migration("002_b", "-- Variables: quoted\n-- Transaction: none\nINSERT INTO a VALUES ('${pass_word}');");
                return ScriptAsync(change: With);
            }
        );
    }

    [Fact]
    public async Task The_history_has_its_place_and_its_schema()
    {
        ThreeTables();
        MigratorOptions Elsewhere(MigratorOptions options) =>
            options with
            {
                Session = options.Session with { HistorySchema = "odd \"s\"", HistoryTable = "it's" },
            };
        await RunAsync(await ScriptAsync(change: Elsewhere));
        Assert.Empty(await Engine(Elsewhere).ApplyAsync());
        Assert.Contains(
            "= public",
            await Database.ScalarAsync("SELECT obj_description('\"odd \"\"s\"\"\".\"it''s\"'::regclass)"),
            StringComparison.Ordinal
        );
    }
}
