using System.Diagnostics;
using Migrations.Events;
using Migrations.Planning;
using Migrations.Testing;

namespace Migrations.Databases.Tests;

/// <summary>Two at once, locks, cancelling and killing.</summary>
public abstract class ConcurrencyConformance(DatabaseKind kind) : Conformance(kind)
{
    private const int Many = 12;

    [Fact]
    public async Task Several_runs_at_once_apply_each_migration_once()
    {
        ManyTables();
        var runs = await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => Task.Run(() => Engine().ApplyAsync())));
        Assert.Equal(Many, runs.Sum(r => r.Count));
        Assert.Equal(Many.ToString(), await Database.ScalarAsync("SELECT count(*) FROM migration_journal"));
        Assert.Equal(Many, (await TablesAsync()).Split(", ").Length);
    }

    [Fact]
    public async Task Several_processes_at_once_apply_each_migration_once()
    {
        ManyTables();
        var results = await Task.WhenAll(
            Enumerable
                .Range(0, 3)
                .Select(_ => CliProcess.RunAsync("up", "--database", Database.Address, "--path", Folder, "--output", "json"))
        );
        Assert.All(results, r => Assert.True(r.ExitCode == 0, r.ToString()));
        Assert.Equal(Many, results.Sum(r => r.Json.GetArrayLength()));
        Assert.Equal(Many.ToString(), await Database.ScalarAsync("SELECT count(*) FROM migration_journal"));
    }

    [Fact]
    public async Task Waiting_for_the_lock_ends_and_names_its_holder()
    {
        ThreeTables();
        await using var session = await HoldLockAsync();
        var engine = Engine(o => o with { Session = o.Session with { LockTimeout = TimeSpan.FromMilliseconds(700) } });
        var clock = Stopwatch.StartNew();
        var error = await ThrowsAsync<LockException>(ErrorId.LockTimedOut, () => engine.ApplyAsync());
        Assert.InRange(clock.Elapsed, TimeSpan.FromMilliseconds(600), TimeSpan.FromSeconds(15));
        Assert.Equal(Environment.ProcessId, error.Holder?.ProcessId);
        Assert.Equal(Environment.MachineName, error.Holder?.Host);
        Assert.NotNull(error.Holder?.Since);
        Assert.Contains(error.Holder!.ToString(), error.Message, StringComparison.Ordinal);
        Assert.NotEmpty(Events.Of<LockAwaited>());
        Assert.Equal("", await TablesAsync());
        Assert.Contains(Environment.MachineName, (await Engine().GetSummaryAsync()).LockedBy, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_run_goes_on_when_the_lock_is_freed()
    {
        ThreeTables();
        var session = await HoldLockAsync();
        var run = Engine().ApplyAsync();
        await Task.Delay(300);
        Assert.False(run.IsCompleted);
        await session.DisposeAsync();
        Assert.Equal("001_a, 002_b, 003_c", Names(await run));
    }

    [Fact]
    public async Task Waiting_for_the_lock_ends_when_the_other_run_has_left_nothing_to_do()
    {
        ThreeTables();
        await ApplyAsync();
        var applied = await Engine().GetHistoryAsync();
        await Engine().UndoAsync(new UndoRequest { All = true, AcceptDataLoss = true });
        await using var session = await HoldLockAsync();
        var run = Engine().ApplyAsync();
        foreach (var entry in applied)
        {
            await Task.Delay(400);
            Assert.False(run.IsCompleted);
            await session.History.AppendAsync(entry with { RunId = Guid.NewGuid() }, CancellationToken.None);
        }

        Assert.Empty(await run.WaitAsync(TimeSpan.FromSeconds(20)));
    }

    [Fact]
    public async Task Looking_waits_for_no_lock()
    {
        ThreeTables();
        await ApplyAsync();
        await using var session = await HoldLockAsync();
        Assert.Equal("001_a Applied, 002_b Applied, 003_c Applied", await StatesAsync());
        Assert.Empty(await ApplyAsync());
    }

    [Fact]
    public async Task Waiting_for_the_lock_can_be_cancelled()
    {
        ThreeTables();
        await using var session = await HoldLockAsync();
        using var stop = new CancellationTokenSource(TimeSpan.FromMilliseconds(300));
        await CancelledAsync(() => Engine().ApplyAsync(cancellationToken: stop.Token));
    }

    [Fact]
    public async Task Cancelling_in_a_long_statement_rolls_back_and_unlocks()
    {
        ThreeTables();
        Migration("002_b", $"CREATE TABLE b (id integer);\n{Kind.SlowStatement};\n");
        using var stop = new CancellationTokenSource();
        Events = new RecordingEventSink { Published = e => CancelIn(stop, e is StepStarted { Migration: "002_b" }) };
        var clock = Stopwatch.StartNew();
        var error = await CancelledAsync(() => Engine().ApplyAsync(cancellationToken: stop.Token));
        Assert.InRange(clock.Elapsed, TimeSpan.Zero, TimeSpan.FromSeconds(20));
        Assert.Equal(["001_a"], (error as MigrationException)?.Applied.Select(r => r.Name));
        Assert.Equal("a", await TablesAsync());
        Assert.Null((await Engine().GetSummaryAsync()).LockedBy);

        ThreeTables();
        Assert.Equal("002_b, 003_c", Names(await ApplyAsync()));
    }

    [Fact]
    public async Task Cancelling_without_a_transaction_keeps_what_is_done_and_goes_on_later()
    {
        Migration("001_a", $"-- Transaction: none\nCREATE TABLE a (id integer);\n{Kind.SlowStatement};\n");
        using var stop = new CancellationTokenSource();
        Events = new RecordingEventSink { Published = e => CancelIn(stop, e is StepStarted) };
        await CancelledAsync(() => Engine().ApplyAsync(cancellationToken: stop.Token));
        Assert.Equal("a", await TablesAsync());

        Migration("001_a", "-- Transaction: none\nCREATE TABLE a (id integer);\nCREATE TABLE b (id integer);\n");
        Events = new RecordingEventSink();
        Assert.Equal("001_a", Names(await ApplyAsync()));
        Assert.Equal("a, b", await TablesAsync());
    }

    [Fact]
    public async Task Killed_in_a_long_statement_nothing_is_left_and_the_next_run_goes_on()
    {
        ThreeTables();
        Migration("002_b", $"CREATE TABLE b (id integer);\n{Kind.SlowStatement};\n");
        using (var process = CliProcess.Start(new CliCall { Arguments = ["up", "--database", Database.Address, "--path", Folder] }))
        {
            await UntilAsync(async () => (await Database.TablesAsync()).Contains("a"));
            await Task.Delay(500);
            process.Kill();
            await process.WaitAsync();
        }

        ThreeTables();
        Assert.Equal("002_b, 003_c", Names(await ApplyAsync()));
        Assert.Equal("001_a Applied, 002_b Applied, 003_c Applied", await StatesAsync());
        Assert.Equal("a, b, c", await TablesAsync());
    }

    private static void CancelIn(CancellationTokenSource stop, bool now)
    {
        if (now)
            stop.CancelAfter(TimeSpan.FromMilliseconds(500));
    }

    private static async Task<Exception> CancelledAsync(Func<Task> call)
    {
        var error = await Assert.ThrowsAnyAsync<Exception>(call);
        Assert.True(error is OperationCanceledException or MigrationException { Id: ErrorId.Cancelled }, error.ToString());
        return error;
    }

    private static async Task UntilAsync(Func<Task<bool>> condition)
    {
        for (var clock = Stopwatch.StartNew(); !await condition(); await Task.Delay(50))
            Assert.True(clock.Elapsed < TimeSpan.FromSeconds(30), "What was waited for did not happen.");
    }

    private async Task<IDatabaseSession> HoldLockAsync()
    {
        var session = await Kind.Driver.OpenAsync(Target(), new SessionOptions { Access = SessionAccess.Create }, CancellationToken.None);
        await session.LockAsync(CancellationToken.None);
        return session;
    }

    private void ManyTables()
    {
        for (var i = 1; i <= Many; i++)
            Migration($"{i:000}_t", $"CREATE TABLE t{i} (id integer);\nINSERT INTO t{i} VALUES (1);\n");
    }
}

public sealed class SqliteConcurrencyTests() : ConcurrencyConformance(DatabaseKind.Sqlite);

public sealed class PostgreSqlConcurrencyTests() : ConcurrencyConformance(DatabaseKind.PostgreSql);
