using Migrations.Planning;
using Migrations.Testing;

namespace Migrations.Databases.Tests;

/// <summary>Scripts for the <c>sqlite3</c> shell and for D1.</summary>
public sealed class SqliteExportTests() : ExportConformance(DatabaseKind.Sqlite)
{
    protected override string OddScript =>
        """
            PRAGMA recursive_triggers = on;
            CREATE TABLE a (id INTEGER PRIMARY KEY, t TEXT DEFAULT 'x
            .dump
            /
            go');
            INSERT INTO a VALUES (1, 'it''s
            .quit
            \q :name ${n}
            #
            go
            '), (2, ";"); -- .quit
            /*
            .quit
            */
            INSERT INTO a SELECT 10
            /
            2 AS -- .quit
            go
            , 'x';
            CREATE TRIGGER t AFTER INSERT ON a BEGIN
                UPDATE a SET t = 'z;' WHERE id = new.id;
                SELECT 10
            /
            2;
            END;
            .5
            """.Replace("\n.5", "\nINSERT INTO a (id) VALUES (30\n+\n.5 * 2);", StringComparison.Ordinal);

    protected override string Outside => "VACUUM;";

    [Fact]
    public async Task Keys_are_enforced_or_not_as_in_a_run_and_what_breaks_them_is_rolled_back()
    {
        Migration("001_a", "CREATE TABLE p (id INTEGER PRIMARY KEY); CREATE TABLE c (p REFERENCES p ON DELETE CASCADE);");
        Migration("002_b", "INSERT INTO p VALUES (1), (2); INSERT INTO c VALUES (1), (2);");
        Migration(
            "003_c",
            "CREATE TABLE n (id INTEGER PRIMARY KEY, t TEXT); INSERT INTO n (id) SELECT id FROM p; DROP TABLE p; ALTER TABLE n RENAME TO p;"
        );
        await RunAsync(await ScriptAsync());
        await AssertAsByRunAsync(e => e.ApplyAsync(), change: null, "p", "c");
        Migration("004_d", "CREATE TABLE n (id INTEGER PRIMARY KEY); DROP TABLE p; ALTER TABLE n RENAME TO p;");
        Assert.Contains("leaves foreign keys broken", await StopsAsync(await ScriptAsync()), StringComparison.Ordinal);
        Assert.Equal("1, 2", string.Join(", ", await Database.RowsAsync("SELECT id FROM p")));
        Assert.Equal("001_a applied, 002_b applied, 003_c applied", await JournalAsync());
    }

    [Fact]
    public async Task A_script_keeps_its_journal()
    {
        Migration("001_a", "CREATE TABLE a (id INTEGER PRIMARY KEY, t TEXT);");
        Migration(
            "002_b",
            "INSERT INTO a WITH RECURSIVE s (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM s LIMIT 4000) "
                + "SELECT n, hex(zeroblob(99)) FROM s;"
        );
        await RunAsync(await ScriptAsync());
        Migration(
            "003_c",
            "PRAGMA journal_mode = OFF; PRAGMA cache_size = 5; UPDATE a SET t = 'changed' || t; INSERT INTO a VALUES (1, 'twice');"
        );
        Assert.Contains("UNIQUE constraint failed", await StopsAsync(await ScriptAsync()), StringComparison.Ordinal);
        Assert.Equal("ok", await Database.ScalarAsync("PRAGMA integrity_check"));
        Assert.Equal("0", await Database.ScalarAsync("SELECT count(*) FROM a WHERE t LIKE 'changed%'"));
    }

    [Fact]
    public async Task A_run_that_came_between_two_of_its_migrations_stops_it()
    {
        ThreeTables();
        var script = await ScriptAsync();
        var second = script.IndexOf("\nPRAGMA foreign_keys", script.IndexOf("001_a:", StringComparison.Ordinal), StringComparison.Ordinal);
        var other =
            "\nINSERT INTO migration_journal (run_id, name, direction, event, applied_at, applied_by, host, success, tool_version) "
            + "VALUES ('x', '009', 'up', 'applied', '2026-01-01', 'x', 'x', 1, '1');";
        Assert.Contains("the migration history is not as it was", await StopsAsync(script.Insert(second, other)), StringComparison.Ordinal);
        Assert.Equal("a", await TablesAsync());
    }

    [Fact]
    public async Task Another_database_is_noticed()
    {
        ThreeTables();
        await ApplyAsync(new ApplyRequest { Target = "001" });
        var script = await ScriptAsync();
        await using var other = new SqliteTestDatabase();
        var (code, output) = await ClientShell.RunAsync(other, script);
        Assert.True(code != 0);
        Assert.Contains("this is not the database", output, StringComparison.Ordinal);
        await new Migrator(Kind.Driver, Kind.Driver.Parse(other.Address, Folder)!, Folder, EngineOptions()).ApplyAsync(
            new ApplyRequest { Target = "001" }
        );
        (code, output) = await ClientShell.RunAsync(other, script);
        Assert.True(code != 0);
        Assert.Contains("not as it was", output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Only_what_comes_through_the_shell_is_written()
    {
        Migration("001_a", "CREATE TABLE a (t TEXT DEFAULT 'x\r\ny');");
        var error = await ThrowsAsync<FolderException>(ErrorId.FolderInvalid, () => ScriptAsync());
        Assert.Equal(ErrorId.ExportRefused, Assert.Single(error.Problems).Id);
        await ThrowsAsync<MigrationException>(ErrorId.UsageInvalid, () => ScriptAsync(new ScriptRequest { IsIdempotent = true }));
        Assert.NotEmpty(await ScriptAsync(new ScriptRequest { Client = ScriptClient.Plain }));
    }

    [Theory]
    [InlineData("VACUUM;", "without a transaction")]
    [InlineData("CREATE TABLE a (i);\nPRAGMA journal_mode = wal;", "cannot run in a transaction")]
    [InlineData("SELECT 'BEGIN TRANSACTION';", "BEGIN TRANSACTION")]
    [InlineData("SELECT '#';", "100000")]
    public async Task What_D1_does_not_take_is_refused(string script, string words)
    {
        Migration("001_a", script.Replace("#", new string('x', 100_000), StringComparison.Ordinal));
        var error = await ThrowsAsync<FolderException>(
            ErrorId.FolderInvalid,
            () => ScriptAsync(new ScriptRequest { Client = ScriptClient.D1 })
        );
        Assert.Contains(words, Assert.Single(error.Problems).Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("wrangler.toml", "name = \"x\"\n# migrations_table = \"no\"\n[[d1_databases]]\nmigrations_table = \"own\"", "own")]
    [InlineData("wrangler.jsonc", "{ \"d1_databases\": [{ \"binding\": \"DB\" }] }", "d1_migrations")]
    [InlineData("other.toml", "", null)]
    public async Task A_script_for_D1_is_one_transaction_without_texts_and_wrangler_knows_of_it(string name, string text, string? table)
    {
        await File.WriteAllTextAsync(Path.Combine(Path.GetDirectoryName(Folder)!, name), text);
        Write("0001_a.sql", "BEGIN;\nCREATE TABLE a (id INTEGER PRIMARY KEY);\nCOMMIT;");
        Write("0002_b.sql", "INSERT INTO a VALUES (1);");
        var script = await ScriptAsync(new ScriptRequest { Client = ScriptClient.D1 });
        Assert.DoesNotMatch(@"(?m)^(BEGIN|COMMIT|\.)", script);
        // As D1 does.
        await RunAsync($".bail on\nBEGIN;\n{script}\nCOMMIT;\n");
        Assert.Equal("0001_a applied, 0002_b applied", await JournalAsync());
        Assert.Empty(await Database.RowsAsync("SELECT 1 FROM migration_journal WHERE script IS NOT NULL"));
        Assert.Equal(table is null ? "a" : $"a, {table}", await TablesAsync());
        if (table is not null)
            Assert.Equal("0001_a.sql, 0002_b.sql", string.Join(", ", await Database.RowsAsync($"SELECT name FROM {table} ORDER BY id")));
        await AssertGoodAsync();
        await StopsAsync($".bail on\nBEGIN;\n{script}\nCOMMIT;\n");
    }
}
