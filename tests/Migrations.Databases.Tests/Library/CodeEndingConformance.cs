using System.Data.Common;
using System.Diagnostics;
using Migrations.Planning;

namespace Migrations.Databases.Tests.Library;

/// <summary>Code that ends its transaction, leaves something running, or fails late: what is said of it is what was looked at.</summary>
public abstract class CodeEndingConformance(DatabaseKind kind) : Conformance(kind)
{
    protected Migrator Of(params CodeMigration[] migrations) => new(Kind.Driver, Target(), MigrationSource.Of(migrations), EngineOptions());

    /// <summary>A migration that makes a table, and one that is to be looked at.</summary>
    protected Migrator Of(Func<CodeContext, Task> up) => Of(First, new CodeMigration("2", "b", up));

    protected static CodeMigration First { get; } = new("1", "first", c => c.ExecuteAsync("CREATE TABLE a (id integer)"));

    /// <summary>Runs a statement without the transaction, as code does that has ended it.</summary>
    protected static async Task SayAsync(CodeContext c, string sql)
    {
        await using var command = c.Connection.CreateCommand();
        command.CommandText = sql;
        await command.ExecuteNonQueryAsync();
    }

    /// <summary>Begins a statement that runs for minutes, and comes back while it runs.</summary>
    protected abstract Task LeaveRunningAsync(CodeContext c);

    [Theory]
    [InlineData(TransactionMode.Each, false)]
    [InlineData(TransactionMode.All, false)]
    [InlineData(TransactionMode.Each, true)]
    public async Task A_command_that_is_left_running_is_interrupted_and_named(TransactionMode mode, bool fails)
    {
        var engine = Of(async c =>
        {
            await c.ExecuteAsync("CREATE TABLE b (id integer)");
            await LeaveRunningAsync(c);
            if (fails)
                throw new InvalidOperationException("bad thing");
        });
        var clock = Stopwatch.StartNew();
        var error = await ThrowsAsync<MigrationException>(
            ErrorId.CodeFailed,
            () => engine.ApplyAsync(new ApplyRequest { TransactionMode = mode })
        );
        Assert.True(clock.Elapsed < TimeSpan.FromSeconds(30), clock.Elapsed.ToString());
        Assert.Contains(fails ? "bad thing" : "The code has left a command running", error.Message, StringComparison.Ordinal);
        Assert.Equal(mode == TransactionMode.Each ? "a" : "", await TablesAsync());
        Assert.Equal(MigrationState.Failed, (await engine.GetStatusAsync())[^1].State);
        await Of(First, new CodeMigration("2", "b", c => c.ExecuteAsync("CREATE TABLE b (id integer)"))).ApplyAsync();
    }

    [Fact]
    public async Task Another_transaction_in_the_place_of_the_runs_own_is_noticed()
    {
        var engine = Of(async c =>
        {
            await c.ExecuteAsync("CREATE TABLE b (id integer)");
            await c.Transaction!.RollbackAsync();
            var other = await c.Connection.BeginTransactionAsync();
            await using var command = c.Connection.CreateCommand();
            (command.CommandText, command.Transaction) = ("CREATE TABLE c (id integer)", other);
            await Assert.ThrowsAnyAsync<DbException>(async () =>
            {
                await command.ExecuteNonQueryAsync();
                await other.CommitAsync();
            });
        });
        await ThrowsAsync<MigrationException>(ErrorId.TransactionUnbalanced, () => engine.ApplyAsync());
        Assert.Equal("a", await TablesAsync());
        Assert.Equal("1_first Applied, 2_b Failed", await StatesAsync(engine));
    }

    [Theory]
    [InlineData("close", false)]
    [InlineData("close", true)]
    [InlineData("rollback", true)]
    public async Task What_is_known_to_be_rolled_back_is_recorded_as_failed(string way, bool isFirst)
    {
        Task EndAsync(CodeContext c) => way is "close" ? c.Connection.CloseAsync() : c.Transaction!.RollbackAsync();
        var engine = isFirst ? Of(new CodeMigration("1", "ends", EndAsync)) : Of(EndAsync);
        var error = await Assert.ThrowsAnyAsync<MigrationException>(() => engine.ApplyAsync());
        // A server on which others commit meanwhile does not tell whose that was.
        Assert.True(error.Id is ErrorId.TransactionUnbalanced || (way is "close" && error.Id is ErrorId.OutcomeUnknown), error.ToString());
        Assert.Equal(
            error.Id is ErrorId.TransactionUnbalanced ? MigrationState.Failed : MigrationState.Pending,
            (await engine.GetStatusAsync())[^1].State
        );
    }

    [Theory]
    [InlineData(TransactionMode.Each)]
    [InlineData(TransactionMode.All)]
    public async Task What_the_commit_refuses_is_rolled_back_and_recorded_in_a_new_database_too(TransactionMode mode)
    {
        var fails = new CodeMigration(
            "1",
            "orphan",
            async c =>
            {
                await c.ExecuteAsync(
                    "CREATE TABLE p (id integer PRIMARY KEY); "
                        + "CREATE TABLE k (p integer REFERENCES p (id) DEFERRABLE INITIALLY DEFERRED); INSERT INTO k VALUES (1)"
                );
            }
        );
        await Assert.ThrowsAnyAsync<MigrationException>(() => Of(fails).ApplyAsync(new ApplyRequest { TransactionMode = mode }));
        Assert.Equal("", await TablesAsync());
        Assert.Equal("1_orphan Failed", await StatesAsync(Of(fails)));
        Assert.Equal("1_orphan", Names(await Of(new CodeMigration("1", "orphan", _ => { })).ApplyAsync()));
    }

    [Fact]
    public async Task A_first_migration_that_fails_is_recorded()
    {
        var engine = Of(new CodeMigration("1", "fails", _ => throw new InvalidOperationException("bad thing")));
        await ThrowsAsync<MigrationException>(ErrorId.CodeFailed, () => engine.ApplyAsync());
        Assert.Equal("1_fails Failed", await StatesAsync(engine));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task What_takes_too_long_is_named_so(bool swallows)
    {
        var source = MigrationSource.Of(
            new CodeMigration(
                "1",
                "slow",
                async c =>
                {
                    try
                    {
                        await SayAsync(c, Kind.SlowStatement);
                    }
                    catch (DbException) when (swallows) { }
                }
            )
        );
        var options = EngineOptions();
        var engine = new Migrator(
            Kind.Driver,
            Target(),
            source,
            options with
            {
                Session = options.Session with { StatementTimeout = TimeSpan.FromMilliseconds(200) },
            }
        );
        var error = await Assert.ThrowsAnyAsync<MigrationException>(() => engine.ApplyAsync());
        if (!swallows || Kind == DatabaseKind.Sqlite)
        {
            Assert.Equal(ErrorId.StatementTimedOut, error.Id);
            Assert.Contains("took longer than its limit of 0.2 s", error.Message, StringComparison.Ordinal);
        }

        Assert.Equal("1_slow Failed", await StatesAsync(engine));
    }

    [Fact]
    public async Task A_message_of_megabytes_is_cut_in_the_error_and_in_the_history()
    {
        var engine = Of(_ => throw new InvalidOperationException("begins " + new string('x', 5_000_000)));
        var error = await ThrowsAsync<MigrationException>(ErrorId.CodeFailed, () => engine.ApplyAsync());
        Assert.Contains("begins xxx", error.Message, StringComparison.Ordinal);
        Assert.Contains("(cut: the message has 5,000,007 characters)", error.Message, StringComparison.Ordinal);
        Assert.InRange(error.Message.Length, 8192, 9000);
        Assert.InRange((await engine.GetHistoryAsync()).Single(e => !e.Success).ErrorMessage!.Length, 8192, 9000);
    }

    [Fact]
    public async Task Cancelling_interrupts_code_that_has_no_token_again_and_again()
    {
        using var stop = new CancellationTokenSource();
        var begun = new TaskCompletionSource();
        var engine = Of(async c =>
        {
            begun.SetResult();
            for (var left = 3; left > 0; left--)
                await Assert.ThrowsAnyAsync<DbException>(() => SayAsync(c, Kind.SlowStatement));
        });
        var run = Task.Run(() => engine.ApplyAsync(cancellationToken: stop.Token), CancellationToken.None);
        await begun.Task;
        var clock = Stopwatch.StartNew();
        await stop.CancelAsync();
        await ThrowsAsync<MigrationException>(ErrorId.Cancelled, () => run);
        Assert.True(clock.Elapsed < TimeSpan.FromSeconds(20), clock.Elapsed.ToString());
        Assert.Equal("1_first Applied, 2_b Failed", await StatesAsync(engine));
    }
}
