using Migrations.Databases.Tests.Backups;
using Migrations.Integrity;
using Migrations.Testing;

namespace Migrations.Databases.Tests.Outside;

/// <summary>
/// A database from which others are reached already: by functions, foreign tables, and views and triggers over both. In a copy nothing of
/// it reaches them, whatever calls it and however its name came about.
/// </summary>
public sealed class PostgreSqlElsewhereTests() : BackupSuite(DatabaseKind.PostgreSql)
{
    private PostgreSqlTestDatabase _far = null!;

    private string Exec => $"SELECT dblink_exec({Literal(Connection)}, 'DELETE FROM far')";

    private string Connection =>
        $"host={_far.Server.Host} port={_far.Server.Port} user={_far.Server.User} password={_far.Server.Password} dbname={_far.Name}";

    /// <summary>The ways; the text of some is seen nowhere before it runs.</summary>
    private IReadOnlyList<string> Ways =>
        [
            $"DO $$ BEGIN EXECUTE {Unseen(Exec)}; END $$;",
            $"DO $$ BEGIN EXECUTE format('SELECT %I(%L, %L)', 'dblink' || '_exec', {Literal(Connection)}, 'DELETE FROM far'); END $$;",
            $"DO $$ BEGIN EXECUTE {Unseen(Exec)}; EXCEPTION WHEN OTHERS THEN RAISE NOTICE 'never mind'; END $$;",
            "UPDATE near SET a = a + 1;",
            $"DO $$ BEGIN EXECUTE {Unseen("UPDATE nearer SET a = a + 1")}; END $$;",
            "INSERT INTO feeds VALUES (7);",
            $"DO $$ BEGIN EXECUTE {Unseen("INSERT INTO feeds VALUES (8)")}; END $$;",
            "SELECT count(*) FROM calls;",
            $"DO $$ BEGIN EXECUTE {Unseen("INSERT INTO parts VALUES (1)")}; END $$;",
            "INSERT INTO parts VALUES (1);",
            $"DO $$ BEGIN EXECUTE {Unseen("REFRESH MATERIALIZED VIEW seen")}; END $$;",
        ];

    [Theory]
    [InlineData(false, false)]
    [InlineData(true, false)]
    [InlineData(true, true)]
    public async Task Nothing_reaches_them_from_a_rehearsal(bool withData, bool isUndo)
    {
        await PrepareAsync();
        var ways = Ways;
        for (var i = 0; i < ways.Count; i++)
            Migration($"{i + 100}_way", isUndo ? $"CREATE TABLE t{i} (a int);\n" : ways[i], isUndo ? ways[i] : "SELECT 1;\n");
        Migration("900_last", "CREATE TABLE last (id int);\n", "DROP TABLE last;\n");

        var report = await new Rehearsal(Kind.Driver, Target(), Folder, EngineOptions()).RunAsync(
            new RehearsalRequest { WithData = withData }
        );

        Assert.Equal("1,2", await FarAsync());
        var wrong = report
            .Results.Take(ways.Count)
            .Zip(ways)
            .Where(p => p.First.NotRun is null || p.First.Applies != isUndo || p.First.UndoProven is not null);
        Assert.Empty(wrong.Select(p => $"{p.Second}: {p.First.Failure?.Message ?? p.First.NotRun ?? p.First.UndoMessage}"));
        Assert.True(report.Results[^1].IsGood, report.Results[^1].NotRun);
    }

    [Fact]
    public async Task Nothing_reaches_them_from_a_declared_check_on_a_copy()
    {
        await PrepareAsync();
        Write("checks/calls.sql", "-- expect: value 2\nSELECT count(*) FROM calls;\n");
        Write("checks/near.sql", "-- expect: value 2\nSELECT count(*) FROM near;\n");
        Write("checks/unseen.sql", "-- expect: value 2\nSELECT query_to_xml('SELECT * FROM ca' || 'lls', true, true, '');\n");
        Migration("001_a", "SELECT 1;\n");

        var results = await Checker().CheckAsync(new CheckRequest { Categories = [CheckCategory.Declared], OnCopy = true });

        Assert.Equal("1,2", await FarAsync());
        Assert.Equal(3, results.Count);
        Assert.All(results, r => Assert.True(r.Status == CheckStatus.NotRun, $"{r.Name}: {r.Status} {r.Message}"));
    }

    private async Task PrepareAsync()
    {
        _far = await PostgreSqlTestDatabase.CreateAsync();
        await _far.ExecuteAsync("CREATE TABLE far AS SELECT generate_series(1, 2) AS a");
        var server = _far.Server;
        await Database.ExecuteAsync(
            $"""
            CREATE EXTENSION dblink;
            CREATE EXTENSION postgres_fdw;
            CREATE SERVER far FOREIGN DATA WRAPPER postgres_fdw OPTIONS (host '{server.Host}', port '{server.Port}', dbname '{_far.Name}');
            CREATE USER MAPPING FOR CURRENT_USER SERVER far OPTIONS (user '{server.User}', password {Literal(server.Password)});
            CREATE FOREIGN TABLE far (a int) SERVER far;
            CREATE VIEW near AS SELECT a FROM far;
            CREATE VIEW nearer AS SELECT a FROM near;
            CREATE MATERIALIZED VIEW seen AS SELECT a FROM near WITH NO DATA;
            CREATE TABLE feeds (a int);
            CREATE FUNCTION feeds() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN INSERT INTO far VALUES (NEW.a); RETURN NEW; END';
            CREATE TRIGGER feeds BEFORE INSERT ON feeds FOR EACH ROW EXECUTE FUNCTION feeds();
            CREATE VIEW calls AS SELECT a FROM dblink({Literal(Connection)}, 'DELETE FROM far RETURNING a') AS t(a int);
            CREATE TABLE parts (a int) PARTITION BY LIST (a);
            CREATE FOREIGN TABLE parts_1 PARTITION OF parts FOR VALUES IN (1) SERVER far OPTIONS (table_name 'far');
            """
        );
    }

    private Task<string?> FarAsync() => _far.ScalarAsync("SELECT string_agg(a::text, ',' ORDER BY a) FROM far");

    private static string Literal(string text) => $"'{text.Replace("'", "''", StringComparison.Ordinal)}'";

    private static string Unseen(string sql) =>
        $"convert_from(decode('{Convert.ToHexString(System.Text.Encoding.UTF8.GetBytes(sql))}', 'hex'), 'UTF8')";

    public override async ValueTask DisposeAsync()
    {
        await base.DisposeAsync();
        await _far.DisposeAsync();
    }
}
