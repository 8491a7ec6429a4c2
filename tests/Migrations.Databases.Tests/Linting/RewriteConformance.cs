using System.Data.Common;
using Microsoft.Data.Sqlite;
using Migrations.Linting;

namespace Migrations.Databases.Tests.Linting;

/// <summary>The safe steps of findings are written as files where two copies of the database end the same, and nowhere else.</summary>
public abstract class RewriteConformance(DatabaseKind kind) : Conformance(kind)
{
    private int _timeouts;

    protected override bool NeedsCopies => true;

    protected const string Tables = """
        CREATE TABLE parent (id integer PRIMARY KEY, name varchar(20));
        CREATE TABLE t (id integer PRIMARY KEY, parent_id integer, n integer, m text, last_one integer);
        CREATE TABLE spare (id integer PRIMARY KEY);
        """;

    protected const string Filling = """
        INSERT INTO parent (id, name)
            WITH RECURSIVE r(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM r WHERE i < 50) SELECT i, 'p' || i FROM r;
        INSERT INTO t WITH RECURSIVE r(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM r WHERE i < 12000)
            SELECT i, i % 50 + 1, i, 'm' || i, i FROM r;
        INSERT INTO spare (id) VALUES (1);
        """;

    /// <summary>Rewrites one statement, and returns its findings.</summary>
    protected async Task<IReadOnlyList<LintFinding>> RewriteAsync(string up, string? down, bool write = true)
    {
        Migration("001_tables", Tables);
        await ApplyAsync();
        await Database.ExecuteAsync(Filling + "ANALYZE;");
        Migration("002_change", up, down);
        Migration("003_after", "CREATE TABLE later (id integer PRIMARY KEY);\n", "DROP TABLE later;\n");
        var found = await new ScriptLinter(Kind.Driver, Target(), Folder, EngineOptions()).LintAsync();
        return await new ScriptRewriter(Kind.Driver, Target(), Folder, EngineOptions()).RewriteAsync(found, write);
    }

    /// <summary>
    /// Rewrites one statement of a rule, whose steps are proven, and runs them beside a reader and a writer, who are not kept waiting.
    /// </summary>
    protected async Task ProvenAsync(string rule, string up, string? down, params string[] files)
    {
        var finding = (await RewriteAsync(up, down)).First(f => f.Rule == rule);
        Assert.True(finding.NotWritten is null, finding.NotWritten);
        Assert.Equal(files, finding.Written.Where(f => f.EndsWith(".up.sql", StringComparison.Ordinal)).Select(Path.GetFileName));
        Assert.All(finding.Written, f => Assert.StartsWith(Folder, f, StringComparison.Ordinal));
        var timeouts = await TimeoutsBesideAsync(
            async () => Assert.Equal(files.Length + 1, (await ApplyAsync()).Count),
            EngineOptions().Session.TableLockTimeout
        );
        Assert.Equal(0, timeouts);
        Assert.All(await Engine().GetStatusAsync(), s => Assert.Equal(MigrationState.Applied, s.State));
    }

    /// <summary>
    /// Runs something beside a reader and a writer of the table <c>t</c>, and counts their statements that got no lock in time. That
    /// the table or a column has another name meanwhile is no wait.
    /// </summary>
    protected async Task<int> TimeoutsBesideAsync(Func<Task> run, TimeSpan timeout)
    {
        using var stop = new CancellationTokenSource();
        string[] statements = ["SELECT count(*) FROM t", "UPDATE t SET m = m WHERE id = 7"];
        var begun = statements.Select(_ => new TaskCompletionSource()).ToList();
        var others = statements.Select((s, i) => Task.Run(() => RepeatAsync(s, timeout, begun[i], stop.Token))).ToList();
        try
        {
            await Task.WhenAny([.. others, Task.WhenAll(begun.Select(b => b.Task))]);
            await run();
        }
        finally
        {
            await stop.CancelAsync();
        }

        await Task.WhenAll(others);
        return _timeouts;
    }

    private async Task RepeatAsync(string statement, TimeSpan timeout, TaskCompletionSource begun, CancellationToken stop)
    {
        await using var connection = await Database.ConnectAsync();
        await using var command = connection.CreateCommand();
        command.CommandText =
            Kind == DatabaseKind.Sqlite ? "PRAGMA synchronous = OFF" : $"SET lock_timeout = {timeout.TotalMilliseconds:0}";
        await command.ExecuteNonQueryAsync(CancellationToken.None);
        (command.CommandText, command.CommandTimeout) = (statement, Kind == DatabaseKind.Sqlite ? (int)timeout.TotalSeconds : 0);
        while (!stop.IsCancellationRequested)
        {
            try
            {
                await command.ExecuteNonQueryAsync(CancellationToken.None);
                begun.TrySetResult();
            }
            catch (DbException e)
            {
                if (e.SqlState is "55P03" || e is SqliteException { SqliteErrorCode: 5 or 6 })
                    Interlocked.Increment(ref _timeouts);
            }

            // Others want the lock too, and SQLite gives it to who asks at the right moment.
            await Task.Delay(TimeSpan.FromMilliseconds(3), CancellationToken.None);
        }
    }

    [Fact]
    public async Task A_lock_that_is_kept_is_noticed()
    {
        await OneRowAsync("");
        await using var connection = await Database.ConnectAsync();
        await using var command = connection.CreateCommand();
        command.CommandText = Kind == DatabaseKind.Sqlite ? "BEGIN IMMEDIATE" : "BEGIN; LOCK TABLE t";
        var timeouts = await TimeoutsBesideAsync(
            async () =>
            {
                await command.ExecuteNonQueryAsync();
                while (Volatile.Read(ref _timeouts) == 0)
                    await Task.Delay(TimeSpan.FromMilliseconds(20));
                command.CommandText = "COMMIT";
                await command.ExecuteNonQueryAsync();
            },
            TimeSpan.FromSeconds(1)
        );
        Assert.NotEqual(0, timeouts);
    }

    [Theory]
    [InlineData("rename-table", "ALTER TABLE spare RENAME TO other;", "002_change.up.sql|004_change_contract.up.sql")]
    [InlineData("drop-table", "DROP TABLE IF EXISTS spare;", "002_change.up.sql|004_change_contract.up.sql")]
    [InlineData("drop-table", "DROP TABLE t;", "002_change.up.sql|004_change_contract.up.sql")]
    [InlineData(
        "data-and-schema",
        "ALTER TABLE t ADD COLUMN added integer;\nUPDATE t SET m = 'x' WHERE id > 6000;",
        "002_change.up.sql|004_change_backfill.up.sql"
    )]
    public Task What_both_databases_have_steps_for_is_proven(string rule, string statement, string files) =>
        ProvenAsync(rule, statement + "\n", down: null, files.Split('|'));

    /// <summary>Makes the table with one row.</summary>
    protected async Task OneRowAsync(string before)
    {
        Migration("001_tables", Tables + before);
        await ApplyAsync();
        await Database.ExecuteAsync("INSERT INTO t (id, n) VALUES (7, 1)");
    }

    [Fact]
    public async Task Rows_are_changed_in_batches_which_the_file_says()
    {
        await ProvenAsync(
            "data-and-schema",
            "ALTER TABLE t ADD COLUMN added integer;\nUPDATE t SET m = 'x' WHERE id > 6000;\n",
            null,
            "002_change.up.sql",
            "004_change_backfill.up.sql"
        );
        Assert.Contains(
            "-- Batch: 5000 rows\n",
            await File.ReadAllTextAsync(FileOf("004_change_backfill.up.sql")),
            StringComparison.Ordinal
        );
        Assert.Equal("ALTER TABLE t ADD COLUMN added integer;", (await File.ReadAllTextAsync(FileOf("002_change.up.sql"))).Trim());
        Assert.Equal("3", await Database.ScalarAsync("SELECT count(*) FROM migration_journal WHERE event = 'progress'"));
        Assert.Equal("6000", await Database.ScalarAsync("SELECT count(*) FROM t WHERE m = 'x'"));
    }

    [Fact]
    public async Task What_ends_otherwise_is_not_written()
    {
        // The new column stands at another place.
        var found = await RewriteAsync("ALTER TABLE t RENAME COLUMN n TO number;\n", down: null);
        Assert.Contains("the schema differs", found.Single(f => f.Rule == "rename-column").NotWritten, StringComparison.Ordinal);
        Assert.Equal(3, Directory.GetFiles(Folder, "*.up.sql").Length);
        Assert.StartsWith("ALTER TABLE t RENAME", await File.ReadAllTextAsync(FileOf("002_change.up.sql")), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_preview_proves_and_writes_nothing()
    {
        var found = await RewriteAsync("DROP TABLE spare;\n", down: null, write: false);
        Assert.Equal(2, found.Single(f => f.Rule == "drop-table").Written.Count);
        Assert.Equal(3, Directory.GetFiles(Folder).Length - 1);
        Assert.Equal("DROP TABLE spare;\n", await File.ReadAllTextAsync(FileOf("002_change.up.sql")));
    }

    [Fact]
    public async Task What_fails_as_it_is_has_nothing_to_be_compared_with()
    {
        var found = await RewriteAsync("DROP TABLE spare;\nINSERT INTO nowhere VALUES (1);\n", down: null);
        Assert.Contains("fail on a copy as they are", found.Single(f => f.Rule == "drop-table").NotWritten, StringComparison.Ordinal);
    }
}

public sealed class SqliteRewriteTests() : RewriteConformance(DatabaseKind.Sqlite)
{
    [Fact]
    public Task A_column_has_two_names_for_a_while() =>
        ProvenAsync(
            "rename-column",
            "ALTER TABLE t RENAME COLUMN last_one TO other;\n",
            down: null,
            "002_change.up.sql",
            "004_change_backfill.up.sql",
            "005_change_contract.up.sql"
        );
}

public sealed class PostgreSqlRewriteTests() : RewriteConformance(DatabaseKind.PostgreSql)
{
    [Fact]
    public async Task A_statement_that_is_not_rewritten_keeps_others_waiting()
    {
        await OneRowAsync("CREATE FUNCTION slow(n integer) RETURNS boolean LANGUAGE sql AS 'SELECT pg_sleep(1) IS NOT NULL';\n");
        Migration("002_slow", "ALTER TABLE t ADD CONSTRAINT t_n CHECK (slow(n));\n");
        Assert.NotEqual(0, await TimeoutsBesideAsync(() => ApplyAsync(), TimeSpan.FromMilliseconds(200)));
    }

    [Theory]
    [InlineData(
        "set-not-null",
        "ALTER TABLE t ALTER COLUMN n SET NOT NULL;",
        "ALTER TABLE t ALTER COLUMN n DROP NOT NULL;",
        "002_change.up.sql|004_change_step_2.up.sql|005_change_step_3.up.sql"
    )]
    [InlineData(
        "foreign-key-at-once",
        "ALTER TABLE t ADD CONSTRAINT t_parent FOREIGN KEY (parent_id) REFERENCES parent (id);",
        "ALTER TABLE t DROP CONSTRAINT t_parent;",
        "002_change.up.sql|004_change_step_2.up.sql"
    )]
    [InlineData(
        "check-at-once",
        "ALTER TABLE t ADD CONSTRAINT t_n CHECK (n > 0);",
        "ALTER TABLE t DROP CONSTRAINT t_n;",
        "002_change.up.sql|004_change_step_2.up.sql"
    )]
    [InlineData("index-not-concurrent", "CREATE INDEX t_n ON t (n);", "DROP INDEX t_n;", "002_change.up.sql")]
    [InlineData(
        "unique-without-index",
        "ALTER TABLE t ADD CONSTRAINT t_n_key UNIQUE (n);",
        "ALTER TABLE t DROP CONSTRAINT t_n_key;",
        "002_change.up.sql|004_change_step_2.up.sql"
    )]
    [InlineData(
        "foreign-key-at-once",
        "ALTER TABLE t ADD COLUMN other integer DEFAULT 1 REFERENCES parent;",
        "ALTER TABLE t DROP COLUMN other;",
        "002_change.up.sql|004_change_step_2.up.sql"
    )]
    [InlineData(
        "validate-at-once",
        "ALTER TABLE t ADD CONSTRAINT t_n CHECK (n > 0) NOT VALID;\nALTER TABLE t VALIDATE CONSTRAINT t_n;",
        "ALTER TABLE t DROP CONSTRAINT t_n;",
        "002_change.up.sql|004_change_step_2.up.sql"
    )]
    [InlineData(
        "add-column-rewrites",
        "ALTER TABLE t ADD COLUMN added integer DEFAULT (random() * 0)::integer;",
        "ALTER TABLE t DROP COLUMN added;",
        "002_change.up.sql|004_change_backfill.up.sql"
    )]
    [InlineData(
        "unique-without-index",
        "ALTER TABLE t ADD COLUMN added integer UNIQUE;",
        "ALTER TABLE t DROP COLUMN added;",
        "002_change.up.sql|004_change_step_2.up.sql|005_change_step_3.up.sql"
    )]
    [InlineData(
        "check-at-once",
        "ALTER TABLE t ADD COLUMN added integer DEFAULT 1 CHECK (added > 0);",
        "ALTER TABLE t DROP COLUMN added;",
        "002_change.up.sql|004_change_step_2.up.sql"
    )]
    [InlineData("reindex-not-concurrent", "REINDEX TABLE t;", null, "002_change.up.sql")]
    [InlineData("drop-column", "ALTER TABLE t DROP COLUMN last_one;", null, "002_change.up.sql|004_change_contract.up.sql")]
    [InlineData(
        "rename-column",
        "ALTER TABLE t RENAME COLUMN last_one TO other;",
        null,
        "002_change.up.sql|004_change_backfill.up.sql|005_change_contract.up.sql"
    )]
    [InlineData(
        "column-type",
        "ALTER TABLE t ALTER COLUMN last_one TYPE bigint;",
        null,
        "002_change.up.sql|004_change_backfill.up.sql|005_change_contract.up.sql"
    )]
    public Task What_blocks_others_is_done_in_steps(string rule, string up, string? down, string files) =>
        ProvenAsync(rule, up + "\n", down is null ? null : down + "\n", files.Split('|'));
}
