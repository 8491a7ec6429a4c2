using System.Diagnostics;
using Migrations.Events;
using Migrations.Planning;

namespace Migrations.Databases.Tests;

/// <summary>Cancelling in every kind of step: back only when nothing of it is left and the lock is free, and soon.</summary>
public abstract class CancellationConformance(DatabaseKind kind) : Conformance(kind)
{
    // Two seconds are the promise; the rest is for busy machines.
    private static readonly TimeSpan Soon = TimeSpan.FromSeconds(8);

    [Theory]
    [InlineData(TransactionMode.Each)]
    [InlineData(TransactionMode.All)]
    [InlineData(TransactionMode.None)]
    public async Task In_a_statement(TransactionMode mode)
    {
        Migration("001_a", "CREATE TABLE a (id integer);");
        Migration("002_slow", $"CREATE TABLE b (id integer);\n{Kind.SlowStatement};\n");
        await CancelledAsync(Engine(), mode, e => e is StepStarted { Migration: "002_slow" });
        Assert.Equal(
            mode switch
            {
                TransactionMode.Each => "a",
                TransactionMode.All => "",
                _ => "a, b",
            },
            await TablesAsync()
        );
        await GoesOnAsync("002_slow", "CREATE TABLE b (id integer);\nCREATE TABLE c (id integer);\n");
    }

    [Fact]
    public async Task In_a_down_script()
    {
        Migration("001_a", "CREATE TABLE a (id integer);", $"DROP TABLE a;\n{Kind.SlowStatement};\n");
        await ApplyAsync();
        using var stop = new CancellationTokenSource();
        Listen(stop, e => e is StepStarted);
        await Back(stop, () => Engine().UndoAsync(cancellationToken: stop.Token));
        Assert.Equal("a", await TablesAsync());
        Assert.Equal(MigrationState.Applied, (await StatusOfAsync("001_a")).State);
        Assert.Null((await Engine().GetSummaryAsync()).LockedBy);
    }

    [Theory]
    [InlineData(TransactionMode.Each)]
    [InlineData(TransactionMode.All)]
    public async Task In_the_wait_for_a_table_and_in_the_pause_after_it(TransactionMode mode)
    {
        await Database.ExecuteAsync("CREATE TABLE busy (id integer)");
        Migration("001_a", "CREATE TABLE a (id integer);");
        await ApplyAsync();
        Migration("002_alter", "ALTER TABLE busy ADD COLUMN b integer;");
        foreach (var timeout in new[] { TimeSpan.FromMinutes(5), TimeSpan.FromMilliseconds(20) })
        {
            await using var holder = await Database.ConnectAsync();
            await using var command = holder.CreateCommand();
            command.CommandText = Kind == DatabaseKind.Sqlite ? "BEGIN IMMEDIATE" : "BEGIN; LOCK TABLE busy";
            await command.ExecuteNonQueryAsync();
            var engine = Engine(o => o with { Session = o.Session with { TableLockTimeout = timeout, TableLockRetries = 1000 } });
            await CancelledAsync(engine, mode, e => timeout > TimeSpan.FromMinutes(1) ? e is StepStarted or RunStarted : e is StepRetried);
            command.CommandText = "ROLLBACK";
            await command.ExecuteNonQueryAsync();
            Assert.Null((await Engine().GetSummaryAsync()).LockedBy);
        }

        Assert.Equal("002_alter", Names(await ApplyAsync()));
    }

    [Fact]
    public async Task Between_two_steps()
    {
        ThreeTables();
        using var stop = new CancellationTokenSource();
        Listener.Act = e => Stop(stop, e is StepFinished { Number: 1 });
        var error = await Back(stop, () => Engine().ApplyAsync(cancellationToken: stop.Token));
        Assert.Equal(["001_a"], (error as MigrationException)?.Applied.Select(r => r.Name));
        Assert.Equal(["002_b", "003_c"], (error as MigrationException)?.NotApplied);
        Assert.Equal("001_a applied", await JournalAsync());
        Assert.Equal("002_b, 003_c", Names(await ApplyAsync()));

        static void Stop(CancellationTokenSource stop, bool now)
        {
            if (now)
                stop.Cancel();
        }
    }

    [Fact]
    public async Task Before_it_begins()
    {
        ThreeTables();
        using var stop = new CancellationTokenSource();
        await stop.CancelAsync();
        await Back(stop, () => Engine().ApplyAsync(cancellationToken: stop.Token));
        Assert.Equal("", await TablesAsync());
        Assert.Equal(3, (await ApplyAsync()).Count);
    }

    protected async Task CancelledAsync(Migrator engine, TransactionMode mode, Func<MigrationEvent, bool> when)
    {
        using var stop = new CancellationTokenSource();
        Listen(stop, when);
        await Back(stop, () => engine.ApplyAsync(new ApplyRequest { TransactionMode = mode }, stop.Token));
    }

    /// <summary>That the run goes on with a script that does not hang, at once.</summary>
    protected async Task GoesOnAsync(string name, string script)
    {
        Assert.Null((await Engine().GetSummaryAsync()).LockedBy);
        Migration(name, script);
        Assert.Contains(
            name,
            Names(await Engine(o => o with { Session = o.Session with { LockTimeout = TimeSpan.FromSeconds(2) } }).ApplyAsync()),
            StringComparison.Ordinal
        );
    }

    private void Listen(CancellationTokenSource stop, Func<MigrationEvent, bool> when)
    {
        Listener.Act = e =>
        {
            if (when(e))
                stop.CancelAfter(TimeSpan.FromMilliseconds(400));
        };
    }

    private async Task<Exception> Back(CancellationTokenSource stop, Func<Task> call)
    {
        var clock = new Stopwatch();
        await using var registration = stop.Token.Register(clock.Start);
        var error = await Assert.ThrowsAnyAsync<Exception>(() => Task.Run(call));
        Listener.Act = _ => { };
        Assert.True(error is OperationCanceledException or MigrationException { Id: ErrorId.Cancelled }, error.ToString());
        Assert.InRange(clock.Elapsed, TimeSpan.Zero, Soon);
        return error;
    }

    /// <summary>What the events of all engines of this test do.</summary>
    private ActingSink Listener { get; } = new();

    protected new Migrator Engine(Func<MigratorOptions, MigratorOptions>? change = null) =>
        base.Engine(o =>
        {
            var options = change is null ? o : change(o);
            return options with { Session = options.Session with { Events = new Both(options.Session.Events, Listener) } };
        });

    private sealed class ActingSink : IEventSink
    {
        public Action<MigrationEvent> Act { get; set; } = _ => { };

        public void Publish(MigrationEvent item) => Act(item);
    }

    private sealed class Both(IEventSink first, IEventSink second) : IEventSink
    {
        public void Publish(MigrationEvent item)
        {
            first.Publish(item);
            second.Publish(item);
        }
    }
}

public sealed class SqliteCancellationTests() : CancellationConformance(DatabaseKind.Sqlite)
{
    [Fact]
    public async Task In_vacuum_and_in_the_commit_that_a_reader_holds_up()
    {
        Migration(
            "001_a",
            "CREATE TABLE a (id integer);\nINSERT INTO a WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n "
                + "WHERE i < 1000) SELECT i FROM n;\n"
        );
        await ApplyAsync();
        await using var reader = await Database.ConnectAsync();
        await using var command = reader.CreateCommand();
        command.CommandText = "BEGIN; SELECT count(*) FROM a";
        await command.ExecuteScalarAsync();
        foreach (var script in new[] { "VACUUM;", "CREATE TABLE b (id integer);" })
        {
            Migration("002_b", script);
            await CancelledAsync(
                Engine(o => o with { Session = o.Session with { TableLockTimeout = TimeSpan.FromMinutes(5) } }),
                TransactionMode.Each,
                e => e is StepStarted
            );
            Assert.Equal("a", await TablesAsync());
        }
    }
}

public sealed class PostgreSqlCancellationTests() : CancellationConformance(DatabaseKind.PostgreSql)
{
    [Theory]
    [InlineData("copy", "COPY a FROM STDIN;\n1\n2\n\\.\n")]
    [InlineData("commit", "INSERT INTO a VALUES (1);\n")]
    [InlineData("index", "CREATE INDEX CONCURRENTLY a_id ON a (id);\n")]
    public async Task In_copy_in_a_commit_and_in_a_concurrent_build(string what, string script)
    {
        Migration(
            "001_a",
            """
            CREATE TABLE a (id integer);
            CREATE FUNCTION linger() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN PERFORM pg_sleep(300); RETURN NULL; END $$;
            """
                + (
                    what == "copy" ? "CREATE TRIGGER lingers AFTER INSERT ON a FOR EACH ROW EXECUTE FUNCTION linger();"
                    : what == "commit"
                        ? "CREATE CONSTRAINT TRIGGER lingers AFTER INSERT ON a DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE "
                            + "FUNCTION linger();"
                    : ""
                )
        );
        await ApplyAsync();
        Migration("002_b", script);
        // A concurrent build waits for every transaction that has written.
        await using var writer = await Database.ConnectAsync();
        await using var command = writer.CreateCommand();
        command.CommandText = "BEGIN; CREATE TABLE elsewhere (id integer); LOCK TABLE a IN ROW EXCLUSIVE MODE";
        await command.ExecuteNonQueryAsync();
        await CancelledAsync(Engine(), TransactionMode.Each, e => e is StepStarted);
        Assert.Equal("0", await Database.ScalarAsync("SELECT count(*) FROM a"));
        command.CommandText = "ROLLBACK";
        await command.ExecuteNonQueryAsync();
        await Database.ExecuteAsync("DROP TRIGGER IF EXISTS lingers ON a");
        await GoesOnAsync("002_b", script);
        Assert.Null(await Database.ScalarAsync("SELECT indexrelid::regclass FROM pg_index WHERE NOT indisvalid"));
    }

    [Fact]
    public async Task In_the_pause_before_the_next_try_to_connect()
    {
        Migration("001_a", "CREATE TABLE a (id integer);");
        using var stop = new CancellationTokenSource(TimeSpan.FromMilliseconds(400));
        var target = Kind.Driver.Parse("postgres://nobody@127.0.0.1:1/nowhere", Folder)!;
        var options = new MigratorOptions
        {
            Session = new SessionOptions { ConnectAttempts = 100, ConnectDelay = TimeSpan.FromMinutes(5) },
        };
        var clock = Stopwatch.StartNew();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() =>
            new Migrator(Kind.Driver, target, Folder, options).ApplyAsync(cancellationToken: stop.Token)
        );
        Assert.InRange(clock.Elapsed, TimeSpan.Zero, TimeSpan.FromSeconds(10));
    }
}
