using System.Data.Common;
using Migrations.Events;
using Migrations.Planning;

namespace Migrations.Databases.Tests;

/// <summary>Hooks in PowerShell: what the engine gives them, and what becomes of a run in which one fails.</summary>
public abstract class HookCodeConformance(DatabaseKind kind) : Conformance(kind)
{
    private const string Code = "$Connection";

    private void TwoTables()
    {
        Migration("001_a", "CREATE TABLE a (id integer);", "DROP TABLE a;");
        Migration("002_b", "CREATE TABLE b (id integer);", "DROP TABLE b;");
    }

    private Migrator Engine(Host host) => Engine(o => o with { Folder = o.Folder with { PowerShell = host } });

    [Theory]
    [InlineData(TransactionMode.Each)]
    [InlineData(TransactionMode.All)]
    [InlineData(TransactionMode.None)]
    public async Task Each_is_given_its_place_and_what_the_run_has_done(TransactionMode mode)
    {
        TwoTables();
        foreach (var point in Enum.GetValues<HookPoint>())
            Write($"hooks/{point.Word()}.ps1", Code);
        // A mixed folder is normal.
        File.Delete(FileOf("hooks/before-undo.ps1"));
        Write("hooks/before-undo.sql", "SELECT 1;");
        var host = new Host();
        var engine = Engine(host);
        var applied = await engine.ApplyAsync(new ApplyRequest { TransactionMode = mode });
        Assert.Equal(["hooks/before-run.ps1", "hooks/before-each.ps1", "hooks/after-each.ps1"], applied[0].Hooks);
        Assert.Equal(
            [
                "before-run  -",
                "before-each 001_a +",
                "after-each 001_a + 001_a Done",
                "before-each 002_b + 001_a Done",
                "after-each 002_b + 001_a Done 002_b Done",
                "after-run  - 001_a Done 002_b Done",
            ],
            host.Taken()
        );
        Assert.Equal("001_a, 002_b", string.Join(", ", host.Plan.Select(r => r.Name)));

        await engine.UndoAsync(new UndoRequest { TransactionMode = mode, AcceptDataLoss = true });
        Assert.Equal(
            [
                "before-run  -",
                "before-each 002_b +",
                "after-undo 002_b + 002_b Done",
                "after-each 002_b + 002_b Done",
                "after-run  - 002_b Done",
            ],
            host.Taken()
        );
        var ran = (await engine.GetHistoryAsync()).Where(e => e.Event == Migrations.History.JournalEvent.Ran).ToList();
        Assert.Equal(12, ran.Count);
        Assert.All(ran, e => Assert.True(e.Success));
        Assert.Equal(
            ["$Connection", "SELECT 1;"],
            await Database.RowsAsync("SELECT DISTINCT script FROM migration_journal WHERE event = 'ran' ORDER BY 1")
        );
        Assert.All(ran, e => Assert.Contains(e.RunId, host.Runs));
    }

    [Theory]
    [InlineData(HookPoint.BeforeRun, TransactionMode.Each, 0)]
    [InlineData(HookPoint.BeforeEach, TransactionMode.Each, 1)]
    [InlineData(HookPoint.BeforeEach, TransactionMode.All, 0)]
    [InlineData(HookPoint.BeforeEach, TransactionMode.None, 1)]
    [InlineData(HookPoint.AfterEach, TransactionMode.Each, 1)]
    [InlineData(HookPoint.AfterEach, TransactionMode.All, 0)]
    [InlineData(HookPoint.AfterEach, TransactionMode.None, 2)]
    [InlineData(HookPoint.AfterRun, TransactionMode.Each, 2)]
    [InlineData(HookPoint.AfterRun, TransactionMode.All, 2)]
    public async Task One_that_fails_ends_the_run_there_and_takes_back_what_it_did(HookPoint point, TransactionMode mode, int applied)
    {
        TwoTables();
        Write($"hooks/{point.Word()}.ps1", Code);
        Write("hooks/on-error.ps1", "notifies");
        var host = new Host();
        host.At = context =>
        {
            if (context.Connection is { } connection)
                Execute(connection, context.Transaction, "CREATE TABLE trace (id integer)");
            if (context.Point == point && context.Migration is "" or "002_b")
                throw new CodeException("bad thing", new ScriptLocation(FileOf($"hooks/{point.Word()}.ps1"), 7));
            if (context.Connection is { } again)
                Execute(again, context.Transaction, "DROP TABLE trace");
        };
        var error = await ThrowsAsync<MigrationException>(
            ErrorId.CodeFailed,
            () => Engine(host).ApplyAsync(new ApplyRequest { TransactionMode = mode })
        );
        Assert.Equal(7, error.Location?.Line);
        Assert.Contains("bad thing", error.Message, StringComparison.Ordinal);
        Assert.Contains(
            point is HookPoint.BeforeEach or HookPoint.AfterEach ? "It was rolled back in the database" : "is not undone",
            error.Message,
            StringComparison.Ordinal
        );
        Assert.Equal(string.Join(", ", ((string[])["a", "b"]).Take(applied)), await TablesAsync());
        Assert.Equal(applied, error.Applied.Count);
        var last = host.Taken()[^1];
        Assert.StartsWith($"on-error {error.NotApplied.FirstOrDefault()} - ", last + " ", StringComparison.Ordinal);
        Assert.Same(error, host.Failure);
        Assert.Equal([$"hooks/{point.Word()}.ps1"], (await Engine().GetHistoryAsync()).Where(e => !e.Success).Select(e => e.Name));
    }

    [Fact]
    public async Task A_failed_migration_is_the_last_result_that_on_error_is_given_and_its_own_failure_hides_nothing()
    {
        TwoTables();
        Migration("003_c", "SELECT * FROM wanted;");
        Write("hooks/on-error.ps1", "notifies");
        var host = new Host { At = _ => throw new CodeException("no network", location: null) };
        var error = await ThrowsAsync<StatementException>(ErrorId.StatementFailed, () => Engine(host).ApplyAsync());
        Assert.Contains("wanted", error.Message, StringComparison.Ordinal);
        Assert.Equal(["on-error 003_c - 001_a Done 002_b Done 003_c Failed"], host.Taken());
        Assert.Contains(Events.Of<WarningRaised>(), w => w.Message.Contains("no network", StringComparison.Ordinal));
    }

    [Fact]
    public async Task What_is_not_given_the_connection_takes_nothing_away_and_what_is_is_asked_about()
    {
        TwoTables();
        Write("hooks/after-undo.ps1", "notifies");
        Write("hooks/before-run.ps1", Code);
        var host = new Host();
        await Engine(host).ApplyAsync();
        await Engine(host).UndoAsync();
        Assert.Contains("after-undo 002_b - 002_b Done", host.Taken());
        Write("hooks/after-undo.ps1", Code);
        await ThrowsAsync<DataLossException>(ErrorId.DataLossRefused, () => Engine(host).UndoAsync());
        Assert.Equal("001_a Applied, 002_b RolledBack", await StatesAsync());
    }

    [Theory]
    [InlineData(HookPoint.BeforeEach)]
    [InlineData(HookPoint.AfterEach)]
    public async Task One_that_commits_is_refused_and_so_is_another_call_on_its_database(HookPoint point)
    {
        TwoTables();
        await ApplyAsync(new ApplyRequest { Target = "001" });
        Write($"hooks/{point.Word()}.ps1", Code);
        var host = new Host { At = context => context.Transaction!.Commit() };
        await ThrowsAsync<MigrationException>(ErrorId.TransactionUnbalanced, () => Engine(host).ApplyAsync());
        host.At = context => _ = Engine().GetStatusAsync().GetAwaiter().GetResult();
        var reentered = await ThrowsAsync<MigrationException>(ErrorId.CodeFailed, () => Engine(host).ApplyAsync());
        Assert.Contains("calls for another operation on it", reentered.Message, StringComparison.Ordinal);
        File.Move(FileOf($"hooks/{point.Word()}.ps1"), FileOf("hooks/before-run.ps1"));
        reentered = await ThrowsAsync<MigrationException>(ErrorId.CodeFailed, () => Engine(host).ApplyAsync());
        Assert.Contains("calls for another operation on it", reentered.Message, StringComparison.Ordinal);
        Assert.Equal("001_a Applied, 002_b Pending", await StatesAsync());
        Assert.Equal("a", await TablesAsync());
    }

    [Fact]
    public async Task The_hook_of_failures_runs_only_where_it_is_known_what_the_run_has_done()
    {
        TwoTables();
        Write("hooks/after-each.ps1", Code);
        Write("hooks/on-error.ps1", "notifies");
        var isKnown = Kind == DatabaseKind.Sqlite;
        var host = new Host
        {
            At = context =>
            {
                if (context.Connection is not { } connection)
                    return;
                if (!isKnown)
                    Execute(connection, context.Transaction, "CLOSE ALL");
                Execute(connection, context.Transaction, "COMMIT");
            },
        };
        var id = isKnown ? ErrorId.TransactionUnbalanced : ErrorId.OutcomeUnknown;
        await ThrowsAsync<MigrationException>(id, () => Engine(host).ApplyAsync());
        Assert.Equal(isKnown, host.Taken().Exists(t => t.StartsWith("on-error", StringComparison.Ordinal)));
        Assert.Equal(
            isKnown ? [] : ["The hook 'on-error' was not run, because it is not known what the run has done"],
            Events.Of<WarningRaised>().Select(w => w.Message).Where(m => m.Contains("on-error", StringComparison.Ordinal))
        );
    }

    [Theory]
    [InlineData("after-run.ps1", "notifies")]
    [InlineData("after-run.sql", "CREATE TABLE made_by_hook (id integer);")]
    [InlineData("after-run.sql", "-- Transaction: none\nCREATE TABLE made_by_hook (id integer);")]
    [InlineData("after-each.ps1", Code)]
    public async Task After_a_run_that_ends_with_a_hook_drift_is_found_as_the_hook_has_left_the_schema(string file, string text)
    {
        Migration("001_a", "CREATE TABLE a (id integer);");
        Write("002_code.ps1", "function up { }");
        Write("hooks/" + file, text);
        var host = new Host();
        await Engine(host).ApplyAsync();
        Assert.Equal(CheckStatus.Pass, (await DriftAsync()).Status);
        await Database.ExecuteAsync("CREATE TABLE by_hand (id integer)");
        Assert.Equal(CheckStatus.Warn, (await DriftAsync()).Status);

        async Task<CheckResult> DriftAsync() =>
            Assert.Single(
                await new Integrity.IntegrityChecker(
                    Kind.Driver,
                    Target(),
                    Folder,
                    EngineOptions() with
                    {
                        Folder = new Folders.FolderOptions { PowerShell = host },
                    }
                ).CheckAsync(new CheckRequest { Categories = [CheckCategory.Drift] })
            );
    }

    [Fact]
    public async Task Where_nothing_runs_them_the_folder_is_refused_and_without_hooks_it_is_run()
    {
        TwoTables();
        Write("hooks/after-each.ps1", "notifies");
        Write("hooks/before-run.sql", "CREATE TABLE log (id integer);");
        var refused = await ThrowsAsync<MigrationException>(ErrorId.CodeNeedsModule, () => ApplyAsync());
        Assert.Contains("hooks/after-each.ps1", refused.Message, StringComparison.Ordinal);
        await ThrowsAsync<MigrationException>(ErrorId.CodeNeedsModule, () => Engine().PlanApplyAsync());
        Assert.Equal("", await TablesAsync());
        await Engine(o => o with { Folder = o.Folder with { NoHooks = true } }).ApplyAsync();
        Assert.Equal("a, b", await TablesAsync());
    }

    [Fact]
    public async Task They_are_rehearsed_only_when_code_is_asked_for()
    {
        TwoTables();
        foreach (var point in Enum.GetValues<HookPoint>())
            Write($"hooks/{point.Word()}.ps1", Code);
        var host = new Host();
        var rehearsal = new Integrity.Rehearsal(
            Kind.Driver,
            Target(),
            Folder,
            EngineOptions() with
            {
                Folder = new Folders.FolderOptions { PowerShell = host },
            }
        );
        var report = await rehearsal.RunAsync();
        Assert.Empty(host.Taken());
        Assert.All(report.Results, r => Assert.Equal((true, 6, 0), (r.IsGood, r.HooksSkipped.Count, r.Hooks.Count)));
        Assert.Contains(Events.Of<WarningRaised>(), w => w.Message.Contains("Not run on the copy", StringComparison.Ordinal));

        report = await rehearsal.RunAsync(new Integrity.RehearsalRequest { RunCode = true, Target = "001" });
        Assert.Equal(
            [
                "before-run",
                "before-each",
                "after-each",
                "before-each",
                "before-undo",
                "after-undo",
                "after-each",
                "before-each",
                "after-each",
                "after-run",
            ],
            host.Taken().Select(t => t.Split(' ')[0])
        );
        Assert.Contains("what its code did outside the copy is not known", report.Results.Single().UndoMessage, StringComparison.Ordinal);
        Assert.Equal("", await TablesAsync());
    }

    private static void Execute(DbConnection connection, DbTransaction? transaction, string sql)
    {
        using var command = connection.CreateCommand();
        (command.Transaction, command.CommandText) = (transaction, sql);
        command.ExecuteNonQuery();
    }

    /// <summary>What the module is to the engine.</summary>
    private sealed class Host : ICodeHost
    {
        private readonly List<string> _seen = [];

        public Action<HookContext> At { get; set; } = _ => { };

        public IReadOnlyList<MigrationResult> Plan { get; private set; } = [];

        public MigrationException? Failure { get; private set; }

        public HashSet<Guid> Runs { get; } = [];

        public IReadOnlyList<FileProblem> Check(MigrationScript script) => [];

        public Task RunAsync(MigrationScript script, CodeContext context) => Task.CompletedTask;

        public Task RunHookAsync(MigrationScript script, HookContext context)
        {
            (Plan, Failure) = (context.Plan, context.Failure);
            Runs.Add(context.RunId);
            _seen.Add(
                string.Join(
                    ' ',
                    [
                        context.Point.Word(),
                        context.Migration,
                        context.Connection is null ? "-" : "+",
                        .. context.Results.Select(r => $"{r.Name} {r.Outcome}"),
                    ]
                )
            );
            At(context);
            return Task.CompletedTask;
        }

        public List<string> Taken()
        {
            List<string> taken = [.. _seen];
            _seen.Clear();
            return taken;
        }
    }
}

public sealed class SqliteHookCodeTests() : HookCodeConformance(DatabaseKind.Sqlite);

public sealed class PostgreSqlHookCodeTests() : HookCodeConformance(DatabaseKind.PostgreSql);
