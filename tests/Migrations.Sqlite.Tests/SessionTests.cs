using System.Diagnostics;
using Migrations.Databases;
using Migrations.Events;
using Migrations.History;
using Migrations.Sql;
using Migrations.Sqlite.Native;

namespace Migrations.Sqlite.Tests;

public sealed class SessionTests : IDisposable
{
    private readonly TestFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task A_script_and_its_history_row_are_committed_together()
    {
        var outcome = await _folder.RunAsync("CREATE TABLE a (x); INSERT INTO a VALUES (1), (2); UPDATE a SET x = 3; SELECT * FROM a;");

        Assert.Equal((4, 4L), (outcome.Statements, outcome.RowsAffected!.Value));
        await using var session = await _folder.OpenAsync(SessionAccess.Read);
        var row = Assert.Single(await session.History.ReadAsync(default));
        Assert.Equal(
            ("001", "001_test", JournalEvent.Applied, MigrationDirection.Up, true),
            (row.Version, row.Name, row.Event, row.Direction, row.Success)
        );
        Assert.Equal(4, row.RowsAffected);
        Assert.InRange(DateTimeOffset.UtcNow - row.AppliedAt, TimeSpan.FromSeconds(-1), TimeSpan.FromMinutes(1));
        Assert.Equal(TimeSpan.Zero, row.AppliedAt.Offset);
    }

    [Fact]
    public async Task Every_field_of_a_row_comes_back()
    {
        var entry = TestFolder.Entry("1.2") with
        {
            Service = "shop",
            Description = "d",
            SemanticVersion = "1.0.0",
            Direction = MigrationDirection.Down,
            Event = JournalEvent.RolledBack,
            Checksum = "abc",
            ExecutionTimeMs = 5,
            RowsAffected = 6,
            Success = false,
            ErrorMessage = "why; it's",
            StatementIndex = 7,
            SchemaFingerprint = "f",
            Script = "SELECT 'ü';",
        };
        await using var session = await _folder.OpenReadyAsync();

        await session.History.AppendAsync(entry, default);
        var row = Assert.Single(await session.History.ReadAsync(default));

        Assert.Equal(entry with { Id = row.Id, AppliedAt = row.AppliedAt, Script = null }, row);
        Assert.Equal(entry.Script, await session.History.ReadScriptAsync(row.Id, default));
    }

    [Fact]
    public async Task Every_event_is_written_in_lower_case_words()
    {
        await using var session = await _folder.OpenReadyAsync();
        foreach (var value in Enum.GetValues<JournalEvent>())
            await session.History.AppendAsync(TestFolder.Entry("1") with { Event = value }, default);

        Assert.Equal(Enum.GetValues<JournalEvent>(), (await session.History.ReadAsync(default)).Select(r => r.Event));
        Assert.Equal(
            "applied,rolled_back,failed,started,progress,baselined,repaired,adopted,squashed,snapshot,taken_over,rehearsed,ran,stamped,"
                + "assigned",
            _folder.Ask("SELECT group_concat(event) FROM migration_journal")
        );
    }

    [Fact]
    public async Task Another_table_of_the_same_name_is_left_alone()
    {
        await using var session = await _folder.OpenAsync();
        ((SqliteSession)session).Connection.Handle.Execute("CREATE TABLE migration_journal (id, note)");

        foreach (var call in new Func<Task>[] { () => session.History.ReadAsync(default), () => session.History.EnsureAsync(default) })
        {
            var error = await Assert.ThrowsAsync<MigrationException>(call);
            Assert.Equal(ErrorId.HistoryTableConflict, error.Id);
            Assert.Contains("--history-table", error.NextStep.ToString(), StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task A_history_table_of_any_name_works()
    {
        await using var session = await _folder.OpenAsync(options: _folder.Options with { HistoryTable = "my \"own\" history" });
        await session.History.EnsureAsync(default);
        await session.RunAsync(_folder.Step("CREATE TABLE a (x);"), default);

        Assert.Single(await session.History.ReadAsync(default));
    }

    [Fact]
    public async Task What_a_script_sets_on_the_connection_is_put_back()
    {
        await using var session = await _folder.OpenReadyAsync();
        var handle = ((SqliteSession)session).Connection.Handle;
        string[] pragmas = ["recursive_triggers", "cache_size", "synchronous", "foreign_keys", "legacy_alter_table", "query_only"];
        var before = pragmas.Select(p => handle.QueryText("PRAGMA " + p)).ToList();

        await session.RunAsync(
            _folder.Step(
                "PRAGMA synchronous=OFF; PRAGMA foreign_keys=0; PRAGMA recursive_triggers=1; PRAGMA cache_size(10); PRAGMA "
                    + "main.legacy_alter_table=ON; CREATE TABLE a (x);"
            ),
            default
        );
        await Assert.ThrowsAsync<StatementException>(() =>
            session.RunAsync(_folder.Step("PRAGMA recursive_triggers=1; PRAGMA query_only=1; INSERT INTO a VALUES (1);"), default)
        );

        foreach (var (pragma, value) in pragmas.Zip(before))
            Assert.Equal(value, handle.QueryText("PRAGMA " + pragma));
    }

    [Fact]
    public async Task What_can_only_run_outside_runs_before_and_after_the_transaction()
    {
        await _folder.RunAsync("PRAGMA journal_mode=WAL; BEGIN; CREATE TABLE a (x); COMMIT; PRAGMA wal_checkpoint(TRUNCATE);");

        Assert.Equal("wal", _folder.Ask("PRAGMA journal_mode"));
        Assert.Empty(_folder.Events.OfType<WarningRaised>());
    }

    [Fact]
    public async Task Attached_databases_serve_a_script_and_are_let_go()
    {
        var other = Path.Combine(_folder.Path, "other.db");
        using (var handle = SqliteHandle.Open(SqliteLibrary.Current.Api, other, SqliteHandle.OpenReadWrite | SqliteHandle.OpenCreate))
            handle.Execute("CREATE TABLE b AS SELECT 7 AS x");

        await _folder.RunAsync($"ATTACH '{other}' AS o; CREATE TABLE a AS SELECT * FROM o.b; DETACH o;");

        Assert.Equal("7", _folder.Ask("SELECT x FROM a"));
        Assert.Empty(_folder.Events.OfType<WarningRaised>());
    }

    [Fact]
    public async Task What_a_script_leaves_attached_or_temporary_is_gone_before_the_next()
    {
        await using var session = await _folder.OpenReadyAsync();
        const string Sql = "ATTACH ':memory:' AS o; CREATE TABLE o.t (x); CREATE TEMP TABLE keep (x); CREATE TEMP VIEW v AS SELECT 1;";

        await session.RunAsync(_folder.Step(Sql), default);
        await Assert.ThrowsAsync<StatementException>(() => session.RunAsync(_folder.Step(Sql + "SELECT nope;"), default));
        await session.RunAsync(
            _folder.Step(Sql + "CREATE TEMP TRIGGER g AFTER INSERT ON keep BEGIN SELECT 1; SELECT 2; END; INSERT INTO keep VALUES (1);"),
            default
        );

        Assert.Equal(0, ((SqliteSession)session).Connection.Handle.QueryInt64("SELECT count(*) FROM temp.sqlite_master"));
    }

    [Fact]
    public async Task Cancelling_ends_the_wait_for_another_writer()
    {
        await using var session = await _folder.OpenReadyAsync(_folder.Options with { TableLockTimeout = TimeSpan.FromMinutes(1) });
        using var other = SqliteHandle.Open(SqliteLibrary.Current.Api, _folder.Database, SqliteHandle.OpenReadWrite);
        other.Execute("BEGIN IMMEDIATE");
        using var cancel = new CancellationTokenSource(TimeSpan.FromMilliseconds(100));
        var clock = Stopwatch.StartNew();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() =>
            Task.Run(() => session.RunAsync(_folder.Step("CREATE TABLE a (x);"), cancel.Token))
        );

        Assert.InRange(clock.Elapsed, TimeSpan.Zero, TimeSpan.FromSeconds(20));
    }

    [Fact]
    public async Task All_steps_in_one_transaction_are_all_or_none()
    {
        await using var session = await _folder.OpenReadyAsync();
        var first = _folder.Step("CREATE TABLE a (x);");
        var second = _folder.Step("CREATE TABLE b (x); SELECT nope;");

        await using (await session.BeginRunAsync([first, second], default))
        {
            await session.RunAsync(first, default);
            await Assert.ThrowsAsync<StatementException>(() => session.RunAsync(second, default));
        }

        Assert.Equal("0", _folder.Ask("SELECT count(*) FROM sqlite_master WHERE name IN ('a', 'b')"));
        await using (var run = await session.BeginRunAsync([first], default))
        {
            await session.RunAsync(first, default);
            await run.CommitAsync(default);
        }

        Assert.Equal("1", _folder.Ask("SELECT count(*) FROM migration_journal"));
    }

    [Fact]
    public async Task A_run_that_is_not_committed_leaves_nothing()
    {
        await using var session = await _folder.OpenReadyAsync();
        var step = _folder.Step("PRAGMA journal_mode=WAL; CREATE TABLE a (x);");
        await using (await session.BeginRunAsync([step], default))
            await session.RunAsync(step, default);

        Assert.Null(_folder.Ask("SELECT name FROM sqlite_master WHERE name = 'a'"));
        Assert.Equal("wal", _folder.Ask("PRAGMA journal_mode"));
    }

    [Fact]
    public async Task Cancelling_interrupts_the_statement_and_rolls_back()
    {
        await using var session = await _folder.OpenReadyAsync();
        using var cancel = new CancellationTokenSource(TimeSpan.FromMilliseconds(200));
        var clock = Stopwatch.StartNew();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() =>
            Task.Run(() =>
                session.RunAsync(
                    _folder.Step(
                        "CREATE TABLE a (x); INSERT INTO a WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT i FROM n;"
                    ),
                    cancel.Token
                )
            )
        );

        Assert.InRange(clock.Elapsed, TimeSpan.FromMilliseconds(100), TimeSpan.FromSeconds(10));
        Assert.Null(_folder.Ask("SELECT name FROM sqlite_master WHERE name = 'a'"));
        await session.RunAsync(_folder.Step("CREATE TABLE a (x);"), default);
    }

    [Fact]
    public async Task A_statement_that_takes_too_long_is_interrupted()
    {
        var error = await _folder.FailAsync(
            "CREATE TABLE a (x);\nWITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT count(*) FROM n;",
            new MigrationHeader { StatementTimeout = TimeSpan.FromMilliseconds(100) }
        );

        Assert.Equal((ErrorId.StatementTimedOut, 2), (error.Id, error.Location!.Line));
    }

    [Fact]
    public async Task A_writer_that_is_in_the_way_is_waited_for_and_then_named()
    {
        await using var session = await _folder.OpenReadyAsync(
            _folder.Options with
            {
                TableLockRetries = 2,
                TableLockTimeout = TimeSpan.FromMilliseconds(20),
            }
        );
        using var other = SqliteHandle.Open(SqliteLibrary.Current.Api, _folder.Database, SqliteHandle.OpenReadWrite);
        other.Execute("BEGIN IMMEDIATE");

        var error = await Assert.ThrowsAsync<MigrationException>(() => session.RunAsync(_folder.Step("CREATE TABLE a (x);"), default));
        Assert.Equal(ErrorId.TableLockTimedOut, error.Id);
        Assert.Equal(2, _folder.Events.OfType<StepRetried>().Count());

        other.Execute("COMMIT");
        await session.RunAsync(_folder.Step("CREATE TABLE a (x);"), default);
    }

    [Fact]
    public async Task A_history_that_grew_behind_the_lock_stops_the_step()
    {
        await using var session = await _folder.OpenReadyAsync();
        await _folder.RunAsync("CREATE TABLE other_run (x);");

        var error = await Assert.ThrowsAsync<LockException>(() => session.RunAsync(_folder.Step("CREATE TABLE a (x);"), default));

        Assert.Equal(ErrorId.LockLost, error.Id);
        Assert.Null(_folder.Ask("SELECT name FROM sqlite_master WHERE name = 'a'"));
    }

    [Fact]
    public async Task Statements_outside_a_transaction_run_one_by_one_and_can_be_looked_up()
    {
        await using var session = await _folder.OpenReadyAsync();
        var step = _folder.Step(
            "CREATE TABLE a (x); INSERT INTO a VALUES (1); VACUUM; CREATE INDEX i ON a(x);\n SELEKT nope",
            new MigrationHeader { Transaction = false }
        );
        var statements = SqliteDialect.Instance.Split(step.Script).ToList();
        Assert.Equal(StatementEvidence.NotDone, await session.FindEvidenceAsync(statements[0], default));

        Assert.Equal(0, (await session.ExecuteAsync(step, statements[0], default)).Rows);
        Assert.Equal(1, (await session.ExecuteAsync(step, statements[1], default)).Rows);
        await session.ExecuteAsync(step, statements[2], default);

        Assert.Equal(StatementEvidence.Done, await session.FindEvidenceAsync(statements[0], default));
        Assert.Equal(StatementEvidence.Unknown, await session.FindEvidenceAsync(statements[1], default));
        Assert.Equal(StatementEvidence.NotDone, await session.FindEvidenceAsync(statements[2], default));
        Assert.Equal(StatementEvidence.NotDone, await session.FindEvidenceAsync(statements[3], default));
        var error = await Assert.ThrowsAsync<StatementException>(() => session.ExecuteAsync(step, statements[4], default));
        Assert.Equal((2, 2), (error.Location!.Line, error.Location.Column));
    }

    [Theory]
    [InlineData("ALTER TABLE a ADD COLUMN y")]
    [InlineData("ALTER TABLE a RENAME TO b")]
    [InlineData("ALTER TABLE a RENAME COLUMN x TO z")]
    [InlineData("DROP TABLE a")]
    [InlineData("CREATE VIEW v AS SELECT * FROM a")]
    public async Task Schema_changes_can_be_looked_up(string sql)
    {
        await using var session = await _folder.OpenReadyAsync();
        await session.RunAsync(_folder.Step("CREATE TABLE a (x, w);"), default);
        var statement = new ScriptStatement(0, sql, new ScriptLocation("f", 1));

        Assert.Equal(StatementEvidence.NotDone, await session.FindEvidenceAsync(statement, default));
        ((SqliteSession)session).Connection.Handle.Execute(sql);
        Assert.Equal(StatementEvidence.Done, await session.FindEvidenceAsync(statement, default));
    }

    [Fact]
    public async Task Triggers_fts_generated_columns_and_comments_need_no_care()
    {
        await _folder.RunAsync(
            """
            -- header
            CREATE TABLE terms (id INTEGER PRIMARY KEY, term TEXT, created_at INTEGER DEFAULT (strftime('%s')), up TEXT AS (upper(term)));
            CREATE VIRTUAL TABLE terms_fts USING fts5(term, content=terms, content_rowid=id);
            CREATE TRIGGER terms_ai AFTER INSERT ON terms BEGIN
              INSERT INTO terms_fts(rowid, term) VALUES (new.id, new.term); -- ;
              SELECT CASE WHEN new.term = ';' THEN 1 END;
            END;
            INSERT INTO terms (term) VALUES ('allegro;'), ("double quoted");
            /* last */
            """
        );

        Assert.Equal("1", _folder.Ask("SELECT rowid FROM terms_fts WHERE terms_fts MATCH 'allegro'"));
    }
}
