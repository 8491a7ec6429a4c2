using System.Data.Common;
using System.Diagnostics;
using Migrations.Integrity;
using Migrations.Planning;
using Migrations.Testing;

namespace Migrations.Databases.Tests.Library;

/// <summary>Migrations that are methods of the application.</summary>
public abstract class CodeConformance(DatabaseKind kind) : Conformance(kind)
{
    private const string People = "CREATE TABLE people (id integer PRIMARY KEY, name text); INSERT INTO people VALUES (1, 'Ada Lovelace')";

    /// <summary>A data transformation that SQL alone says badly, and its undo.</summary>
    private static CodeMigration SplitNames =>
        new("002", "split_names", SplitAsync, JoinAsync)
        {
            Description = "First and last names apart",
            Checksum = "1",
            DependsOn = ["001"],
        };

    private static async Task SplitAsync(CodeContext c)
    {
        await c.ExecuteAsync("ALTER TABLE people ADD COLUMN last text");
        await using var read = c.CreateCommand("SELECT name FROM people WHERE id = 1");
        var words = ((string)(await read.ExecuteScalarAsync(c.CancellationToken))!).Split(' ');
        await c.ExecuteAsync($"UPDATE people SET name = '{words[0]}', last = '{words[1]}'");
    }

    private static async Task JoinAsync(CodeContext c)
    {
        await c.ExecuteAsync("UPDATE people SET name = name || ' ' || last");
        await c.ExecuteAsync("ALTER TABLE people DROP COLUMN last");
    }

    private MigrationSource Mixed()
    {
        Migration("001_people", People + ";\n", "DROP TABLE people;\n");
        Migration("003_index", "CREATE INDEX people_last ON people (last);\n", "DROP INDEX people_last;\n");
        return MigrationSource.FromFolder(Folder).With(SplitNames);
    }

    private Migrator Of(MigrationSource source) => new(Kind.Driver, Target(), source, EngineOptions());

    private Migrator Of(Func<CodeContext, Task> up) =>
        Of(
            MigrationSource.Of(
                new CodeMigration("1", "first", c => c.ExecuteAsync("CREATE TABLE a (id integer)")),
                new CodeMigration("2", "b", up)
            )
        );

    [Theory]
    [InlineData(TransactionMode.Each)]
    [InlineData(TransactionMode.All)]
    public async Task They_are_applied_shown_and_undone_between_those_of_a_folder(TransactionMode mode)
    {
        var engine = Of(Mixed());
        Assert.Equal("001_people, 002_split_names, 003_index", Names(await engine.ApplyAsync(new ApplyRequest { TransactionMode = mode })));
        Assert.Equal("Ada|Lovelace", (await Database.RowsAsync("SELECT name, last FROM people")).Single());
        var status = (await engine.GetStatusAsync())[1];
        Assert.Equal((MigrationKind.Code, MigrationState.Applied, true, "1"), (status.Kind, status.State, status.HasUndo, status.Checksum));
        Assert.Equal("First and last names apart", status.Description);
        Assert.Equal([MigrationKind.Sql, MigrationKind.Code, MigrationKind.Sql], (await engine.GetHistoryAsync()).Select(e => e.Kind));
        Assert.Empty(await engine.ApplyAsync());
        var undo = new UndoRequest { To = "001", TransactionMode = mode };
        var refused = await ThrowsAsync<DataLossException>(ErrorId.DataLossRefused, () => engine.UndoAsync(undo));
        Assert.Contains("002_split_names, which is code", refused.Message, StringComparison.Ordinal);
        Assert.Equal("003_index, 002_split_names", Names(await engine.UndoAsync(undo with { AcceptDataLoss = true })));
        Assert.Equal("Ada Lovelace", await Database.ScalarAsync("SELECT name FROM people"));
    }

    [Fact]
    public async Task Those_beside_a_folder_are_kept_where_the_database_is_found_by_its_text()
    {
        var mixed = Mixed();
        var relative = MigrationSource.FromFolder(Path.GetRelativePath(AppContext.BaseDirectory, Folder)).With(SplitNames);
        Assert.Equal(
            "001_people, 002_split_names, 003_index",
            Names(await Migrator.For(Database.Address, mixed, EngineOptions()).ApplyAsync())
        );
        Assert.Equal(
            "001_people Applied, 002_split_names Applied, 003_index Applied",
            await StatesAsync(Migrator.For(Database.Address, relative, EngineOptions()))
        );
    }

    [Fact]
    public async Task A_source_of_no_objects_is_empty()
    {
        var none = Migrator.For(Database.Address, MigrationSource.Of(), EngineOptions());
        var error = await ThrowsAsync<MigrationException>(ErrorId.FolderEmpty, () => none.ApplyAsync());
        Assert.Contains("The source 'code' contains no migrations", error.Message, StringComparison.Ordinal);
        Assert.Throws<ArgumentException>(() => MigrationSource.Of(new CodeMigration("1", "a", _ => { }), null!));
        Assert.Throws<ArgumentException>(() => new CodeMigration("1", "two\nlines", _ => { }));
    }

    [Fact]
    public async Task A_content_that_is_identified_can_be_seen_to_change_and_another_is_not_asked()
    {
        var named = new CodeMigration("1", "a", c => c.ExecuteAsync("CREATE TABLE a (id integer)"));
        await Of(MigrationSource.Of(named)).ApplyAsync();
        Assert.Null((await Of(MigrationSource.Of(named)).GetStatusAsync())[0].Checksum);
        await Of(MigrationSource.Of(named, new CodeMigration("2", "b", _ => { }) { Checksum = "1" })).ApplyAsync();
        var changed = Of(MigrationSource.Of(named, new CodeMigration("2", "b", _ => { }) { Checksum = "2" }));
        Assert.Equal("1_a Applied, 2_b Changed", await StatesAsync(changed));
        var twice = MigrationSource.Of(named, new CodeMigration("1.0", "again", _ => { }));
        var error = await ThrowsAsync<FolderException>(ErrorId.FolderInvalid, () => Of(twice).GetStatusAsync());
        Assert.Equal(ErrorId.MigrationDuplicate, Assert.Single(error.Problems).Id);
    }

    [Fact]
    public async Task What_throws_is_rolled_back_named_and_run_again()
    {
        var fails = true;
        var engine = Of(async c =>
        {
            await c.ExecuteAsync("CREATE TABLE b (id integer)");
            if (fails)
                await c.ExecuteAsync("INSERT INTO nowhere VALUES (1)");
        });
        var error = await ThrowsAsync<MigrationException>(ErrorId.CodeFailed, () => engine.ApplyAsync());
        Assert.Contains(Kind.NoSuchTable("nowhere"), error.Message, StringComparison.Ordinal);
        Assert.Equal(("1_first", "2_b"), (Names(error.Applied), string.Join(", ", error.NotApplied)));
        Assert.Equal("a", await TablesAsync());
        Assert.Equal("1_first Applied, 2_b Failed", await StatesAsync(engine));
        fails = false;
        Assert.Equal("2_b", Names(await engine.ApplyAsync()));
    }

    public static TheoryData<string, TransactionMode> Endings =>
        new(
            from way in new[] { "commit", "sql", "swallowed", "rollback", "rollback-and-on", "dispose", "close" }
            from mode in new[] { TransactionMode.Each, TransactionMode.All }
            select (way, mode)
        );

    [Theory]
    [MemberData(nameof(Endings))]
    public async Task A_commit_or_rollback_that_is_not_ours_is_prevented(string way, TransactionMode mode)
    {
        var engine = Of(async c =>
        {
            await c.ExecuteAsync("CREATE TABLE b (id integer)");
            await EndAsync(way, c);
        });
        var error = await Assert.ThrowsAnyAsync<MigrationException>(() => engine.ApplyAsync(new ApplyRequest { TransactionMode = mode }));
        // What comes after is known only of a server on which no one else commits.
        var mayBeUnknown = way is "close" or "rollback-and-on" && Kind == DatabaseKind.PostgreSql;
        Assert.True(error.Id is ErrorId.TransactionUnbalanced || (mayBeUnknown && error.Id is ErrorId.OutcomeUnknown), error.ToString());
        Assert.Equal(mode == TransactionMode.Each ? "a" : "", await TablesAsync());
        Assert.Equal(
            mode == TransactionMode.Each ? "1_first" : "",
            Names((await engine.GetStatusAsync()).Where(s => s.State == MigrationState.Applied))
        );
        // The database is free, and what follows is not hindered by what was done against the commit.
        await Of(
                MigrationSource.Of(
                    new CodeMigration("1", "first", c => c.ExecuteAsync("CREATE TABLE a (id integer)")),
                    new CodeMigration("2", "b", c => c.ExecuteAsync("CREATE TABLE b (id integer)"))
                )
            )
            .ApplyAsync();
        Assert.Equal("a, b", await TablesAsync());
    }

    [Theory]
    [InlineData(TransactionMode.Each)]
    [InlineData(TransactionMode.All)]
    public async Task A_transaction_that_code_begins_leaves_nothing(TransactionMode mode)
    {
        var engine = Of(async c =>
        {
            await c.ExecuteAsync("CREATE TABLE b (id integer)");
            await c.ExecuteAsync("BEGIN");
        });
        var error = await Assert.ThrowsAnyAsync<MigrationException>(() => engine.ApplyAsync(new ApplyRequest { TransactionMode = mode }));
        Assert.True(error.Id is ErrorId.TransactionUnbalanced or ErrorId.CodeFailed, error.ToString());
        Assert.Equal(mode == TransactionMode.Each ? "a" : "", await TablesAsync());
        Assert.Equal(MigrationState.Failed, (await engine.GetStatusAsync())[^1].State);
    }

    [Fact]
    public async Task What_code_does_on_a_connection_that_it_opened_again_is_not_called_rolled_back()
    {
        var engine = Of(async c =>
        {
            await c.Connection.CloseAsync();
            await c.Connection.OpenAsync();
            await using var command = c.Connection.CreateCommand();
            command.CommandText = "CREATE TABLE stays (id integer)";
            await command.ExecuteNonQueryAsync();
        });
        var error = await Assert.ThrowsAnyAsync<MigrationException>(() => engine.ApplyAsync());
        var stays = (await TablesAsync()).Contains("stays", StringComparison.Ordinal);
        // On SQLite it cannot be opened again.
        Assert.Equal(stays ? ErrorId.OutcomeUnknown : ErrorId.CodeFailed, error.Id);
    }

    private static string Names(IEnumerable<MigrationStatus> statuses) => string.Join(", ", statuses.Select(s => s.Name));

    private static async Task EndAsync(string way, CodeContext c)
    {
        switch (way)
        {
            case "commit":
                await c.Transaction!.CommitAsync();
                break;
            case "sql":
                await c.ExecuteAsync("COMMIT");
                break;
            case "swallowed":
                await Assert.ThrowsAnyAsync<Exception>(() => c.Transaction!.CommitAsync());
                break;
            case "rollback":
                await c.Transaction!.RollbackAsync();
                break;
            case "rollback-and-on":
                await c.Transaction!.RollbackAsync();
                await using (var command = c.Connection.CreateCommand())
                {
                    command.CommandText = "CREATE TABLE stays (id integer)";
                    await Assert.ThrowsAnyAsync<DbException>(() => command.ExecuteNonQueryAsync());
                }

                break;
            case "dispose":
                await c.Transaction!.DisposeAsync();
                break;
            default:
                await c.Connection.CloseAsync();
                break;
        }
    }

    [Theory]
    [InlineData(TransactionMode.Each, true)]
    [InlineData(TransactionMode.Each, false)]
    [InlineData(TransactionMode.All, true)]
    public async Task A_reader_that_is_left_open_is_named(TransactionMode mode, bool wasRead)
    {
        var engine = Of(async c =>
        {
            await c.ExecuteAsync("INSERT INTO a VALUES (1); INSERT INTO a VALUES (2)");
            var reader = await c.CreateCommand("SELECT id FROM a ORDER BY id").ExecuteReaderAsync();
            if (wasRead)
                await reader.ReadAsync();
        });
        var error = await ThrowsAsync<MigrationException>(
            ErrorId.CodeFailed,
            () => engine.ApplyAsync(new ApplyRequest { TransactionMode = mode })
        );
        Assert.Contains("reader open, on: SELECT id FROM a ORDER BY id", error.Message, StringComparison.Ordinal);
        Assert.Equal(
            mode == TransactionMode.Each ? "1_first Applied, 2_b Failed" : "1_first Pending, 2_b Failed",
            await StatesAsync(engine)
        );
    }

    [Fact]
    public async Task Cancelling_interrupts_the_statement_and_rolls_back()
    {
        using var stop = new CancellationTokenSource();
        var begun = new TaskCompletionSource();
        var engine = Of(async c =>
        {
            await c.ExecuteAsync("CREATE TABLE b (id integer)");
            begun.SetResult();
            await using var slow = c.CreateCommand(Kind.SlowStatement);
            await slow.ExecuteNonQueryAsync(CancellationToken.None);
        });
        var run = Task.Run(() => engine.ApplyAsync(cancellationToken: stop.Token), CancellationToken.None);
        await begun.Task;
        var clock = Stopwatch.StartNew();
        await stop.CancelAsync();
        _ = await ThrowsAsync<MigrationException>(ErrorId.Cancelled, () => run);
        Assert.True(clock.Elapsed < TimeSpan.FromSeconds(10), clock.Elapsed.ToString());
        Assert.Equal("a", await TablesAsync());
        Assert.Equal("1_first Applied, 2_b Failed", await StatesAsync(engine));
    }

    [Theory]
    [InlineData(TransactionMode.Each)]
    [InlineData(TransactionMode.All)]
    public async Task Rows_are_counted_without_those_of_the_engine(TransactionMode mode)
    {
        var results = await Of(c => c.ExecuteAsync("INSERT INTO a VALUES (1); INSERT INTO a VALUES (2); UPDATE a SET id = 3"))
            .ApplyAsync(new ApplyRequest { TransactionMode = mode });
        Assert.Equal(4, results[1].RowsAffected);
        Assert.Equal("a", await TablesAsync());
    }

    [Fact]
    public async Task Another_operation_on_the_same_database_is_refused_at_once()
    {
        MigrationException? status = null;
        MigrationException? run = null;
        var other = Of(MigrationSource.Of(new CodeMigration("1", "x", _ => { })));
        await Of(async _ =>
            {
                status = await Assert.ThrowsAsync<MigrationException>(() => other.GetStatusAsync());
                run = await Assert.ThrowsAsync<MigrationException>(() => other.ApplyAsync());
            })
            .ApplyAsync();
        Assert.Equal((ErrorId.CodeReentered, ErrorId.CodeReentered), (status?.Id, run?.Id));
        Assert.Equal("1_first, 2_b", string.Join(", ", (await other.GetHistoryAsync()).Select(e => e.Name)));
    }

    [Fact]
    public async Task What_code_sets_on_the_connection_does_not_reach_the_next_migration()
    {
        var (set, read) =
            Kind == DatabaseKind.Sqlite ? ("PRAGMA cache_size = 77", "PRAGMA cache_size") : ("SET work_mem = '7MB'", "SHOW work_mem");
        string? after = null;
        await Of(
                MigrationSource.Of(
                    new CodeMigration("1", "sets", c => c.ExecuteAsync(set + "; CREATE TEMP TABLE hidden (id integer)")),
                    new CodeMigration(
                        "2",
                        "reads",
                        async c =>
                        {
                            after = Convert.ToString(
                                await c.CreateCommand(read).ExecuteScalarAsync(),
                                System.Globalization.CultureInfo.InvariantCulture
                            );
                            await c.ExecuteAsync("CREATE TABLE hidden (id integer)");
                        }
                    )
                )
            )
            .ApplyAsync();
        Assert.DoesNotContain("7MB", after!, StringComparison.Ordinal);
        Assert.NotEqual("77", after);
        Assert.Equal("hidden", await TablesAsync());
    }

    [Fact]
    public async Task The_version_of_the_connection_is_that_of_the_engine()
    {
        string? version = null;
        var engine = Of(c =>
        {
            version = c.Connection.ServerVersion;
            return Task.CompletedTask;
        });
        await engine.ApplyAsync();
        Assert.StartsWith(version!.Split(' ')[0], (await engine.GetSummaryAsync()).EngineVersion, StringComparison.Ordinal);
    }

    [Fact]
    public async Task No_replay_runs_code_and_what_the_last_run_left_is_compared_instead()
    {
        Kind.RequireCopies();
        var runs = 0;
        Migration("001_people", People + ";\n", "DROP TABLE people;\n");
        var source = MigrationSource
            .FromFolder(Folder)
            .With(
                new CodeMigration(
                    "002",
                    "code",
                    c =>
                    {
                        runs++;
                        return c.ExecuteAsync("CREATE TABLE b (id integer)");
                    },
                    c => c.ExecuteAsync("DROP TABLE b")
                )
            );
        var rehearsal = new Rehearsal(Kind.Driver, Target(), source, EngineOptions());
        var report = await rehearsal.RunAsync(new RehearsalRequest { Checks = false });
        Assert.Contains("002_code is code", report.Results[1].NotRun, StringComparison.Ordinal);
        Assert.Equal(ErrorId.CodeNotReplayed, report.Results[1].Failure?.Id);
        Assert.Equal(0, runs);
        var asked = (await rehearsal.RunAsync(new RehearsalRequest { RunCode = true })).Results[1];
        Assert.True(asked is { Applies: true, UndoProven: true, RanCode: true }, asked.Fault);
        Assert.EndsWith("what its code did outside the copy is not known", asked.UndoMessage, StringComparison.Ordinal);
        await Of(source).ApplyAsync();
        Assert.Equal(3, runs);
        Assert.Equal(CheckStatus.Pass, (await DriftAsync(source)).Status);
        await Database.ExecuteAsync("CREATE TABLE unexpected (id integer)");
        Assert.Equal(CheckStatus.Warn, (await DriftAsync(source)).Status);
        Assert.Equal(3, runs);
    }

    private async Task<CheckResult> DriftAsync(MigrationSource source) =>
        Assert.Single(
            await new IntegrityChecker(Kind.Driver, Target(), source, EngineOptions()).CheckAsync(
                new CheckRequest { Categories = [CheckCategory.Drift] }
            )
        );
}

public sealed class SqliteCodeTests() : CodeConformance(DatabaseKind.Sqlite);

public sealed class PostgreSqlCodeTests() : CodeConformance(DatabaseKind.PostgreSql)
{
    [Fact]
    public async Task Without_the_right_to_temporary_tables_a_commit_is_prevented_too()
    {
        await using var role = await PostgreSqlRole.CreateAsync();
        await role.Database.ExecuteAsync($"REVOKE TEMPORARY ON DATABASE \"{role.Database.Name}\" FROM PUBLIC");
        var target = Kind.Driver.Parse(role.Address, Folder)!;
        var source = MigrationSource.Of(
            new CodeMigration("1", "good", c => c.ExecuteAsync("CREATE TABLE a (id integer)")),
            new CodeMigration(
                "2",
                "commits",
                async c =>
                {
                    await c.ExecuteAsync("CREATE TABLE b (id integer)");
                    await c.Transaction!.CommitAsync();
                }
            )
        );
        var engine = new Migrator(Kind.Driver, target, source, EngineOptions());
        await ThrowsAsync<MigrationException>(ErrorId.TransactionUnbalanced, () => engine.ApplyAsync());
        Assert.Equal("1_good Applied, 2_commits Failed", await StatesAsync(engine));
        Assert.Equal(["a", "migration_journal"], await role.Database.TablesAsync());
    }
}
