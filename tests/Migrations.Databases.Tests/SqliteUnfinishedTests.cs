using Migrations.Planning;

namespace Migrations.Databases.Tests;

/// <summary>
/// What would leave a SQLite file damaged or with rows that have no parent, though the run says that all is well: a journal that is taken
/// away, and foreign keys that are put off.
/// </summary>
public sealed class SqliteUnfinishedTests() : Conformance(DatabaseKind.Sqlite)
{
    private const string Base =
        "CREATE TABLE base (id integer PRIMARY KEY, t text);\n"
        + "WITH RECURSIVE s (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM s LIMIT 4000)\n"
        + "INSERT INTO base SELECT n, printf('%0200d', n) FROM s;\n";

    private const string Change = "UPDATE base SET t = 'changed' || t";

    private static readonly string[] JournalModes =
    [
        "PRAGMA journal_mode=OFF",
        "PRAGMA main.journal_mode = 'off'",
        "PRAGMA journal_mode(MEMORY)",
        "PRAGMA \"journal_mode\"=[OFF]",
    ];

    private static readonly string[] PutOff =
    [
        "CREATE TABLE t (id integer PRIMARY KEY, up integer REFERENCES t (id) DEFERRABLE INITIALLY DEFERRED); INSERT INTO t VALUES (1, 9)",
        "PRAGMA defer_foreign_keys=1; CREATE TABLE t (id integer PRIMARY KEY, up integer REFERENCES t (id)); INSERT INTO t VALUES (1, 9)",
    ];

    public static TheoryData<string, TransactionMode, bool> Journals() =>
        new(
            from pragma in JournalModes
            from mode in new[] { TransactionMode.Each, TransactionMode.All }
            from isCode in new[] { false, true }
            select (pragma, mode, isCode)
        );

    public static TheoryData<int, TransactionMode, bool> Keys() =>
        new(
            from form in Enumerable.Range(0, PutOff.Length)
            from mode in new[] { TransactionMode.Each, TransactionMode.All }
            from isCode in new[] { false, true }
            select (form, mode, isCode)
        );

    [Theory]
    [MemberData(nameof(Journals))]
    public async Task A_script_cannot_take_its_journal_away(string pragma, TransactionMode mode, bool isCode)
    {
        Migration("001_base", Base);
        await Of(MigrationSource.FromFolder(Folder)).ApplyAsync();
        string[] statements = [pragma, "PRAGMA cache_size=5", Change, "INSERT INTO base VALUES (1, 'twice')"];
        var engine = Of(Source(statements, isCode));
        await Assert.ThrowsAnyAsync<MigrationException>(() => engine.ApplyAsync(new ApplyRequest { TransactionMode = mode }));
        Assert.Equal("ok", await Database.ScalarAsync("PRAGMA integrity_check"));
        Assert.Equal("4000|0", (await Database.RowsAsync("SELECT count(*), sum(t LIKE 'changed%') FROM base")).Single());
    }

    [Theory]
    [MemberData(nameof(Keys))]
    public async Task Keys_that_are_put_off_are_looked_at_before_the_commit(int form, TransactionMode mode, bool isCode)
    {
        Migration("001_base", "CREATE TABLE base (id integer);\n");
        var engine = Of(Source(PutOff[form].Split("; "), isCode, last: "CREATE TABLE last (id integer)"));
        var error = await Assert.ThrowsAnyAsync<MigrationException>(() => engine.ApplyAsync(new ApplyRequest { TransactionMode = mode }));
        Assert.Contains("FOREIGN KEY constraint failed", error.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("t", await Database.TablesAsync());
        Assert.Empty(await Database.RowsAsync("PRAGMA foreign_key_check"));
    }

    [Theory]
    [InlineData(TransactionMode.Each)]
    [InlineData(TransactionMode.All)]
    public async Task Keys_that_are_put_off_and_closed_are_no_fault(TransactionMode mode)
    {
        Migration(
            "001_base",
            "PRAGMA defer_foreign_keys=1;\nCREATE TABLE t (id integer PRIMARY KEY, up integer REFERENCES t (id));\n"
                + "INSERT INTO t VALUES (1, 2);\nINSERT INTO t VALUES (2, 2);\n"
        );
        Migration("002_last", "INSERT INTO t VALUES (3, 9);\n");
        // Put off in the first script only: the second one is refused at its statement.
        var error = await Assert.ThrowsAnyAsync<StatementException>(() =>
            Of(MigrationSource.FromFolder(Folder)).ApplyAsync(new ApplyRequest { TransactionMode = mode })
        );
        Assert.Contains("002_last", error.Message, StringComparison.Ordinal);
        File.Delete(Path.Combine(Folder, "002_last.up.sql"));
        await Of(MigrationSource.FromFolder(Folder)).ApplyAsync(new ApplyRequest { TransactionMode = mode });
        Assert.Equal("2", await Database.ScalarAsync("SELECT count(*) FROM t"));
    }

    private MigrationSource Source(string[] statements, bool isCode, string? last = null)
    {
        if (isCode)
        {
            return MigrationSource
                .FromFolder(Folder)
                .With(
                    new CodeMigration(
                        "002",
                        "code",
                        async c =>
                        {
                            foreach (var statement in statements)
                                await c.ExecuteAsync(statement);
                        }
                    )
                );
        }

        Migration("002_script", string.Join(";\n", statements) + ";\n");
        if (last is not null)
            Migration("003_last", last + ";\n");
        return MigrationSource.FromFolder(Folder);
    }

    private Migrator Of(MigrationSource source) => new(Kind.Driver, Target(), source, EngineOptions());
}
