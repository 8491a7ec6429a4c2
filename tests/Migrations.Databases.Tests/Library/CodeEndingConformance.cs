using System.Data.Common;
using System.Diagnostics;
using Migrations.Planning;
using Migrations.Testing;

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

    [Theory]
    [InlineData("waits")]
    [InlineData("waits-with-token")]
    [InlineData("short-statements")]
    public async Task On_SQLite_the_limit_is_that_of_the_whole_half(string way)
    {
        if (Kind != DatabaseKind.Sqlite)
            return;
        var slow = new CodeMigration(
            "2",
            "slow",
            async c =>
            {
                await c.ExecuteAsync("CREATE TABLE b (id integer)");
                var clock = Stopwatch.StartNew();
                if (way is "waits-with-token")
                    await Task.Delay(TimeSpan.FromMinutes(10), c.CancellationToken);
                while (clock.Elapsed < TimeSpan.FromMilliseconds(way is "short-statements" ? 10_000 : 400))
                {
                    await Task.Delay(20, CancellationToken.None);
                    if (way is "short-statements")
                        await SayAsync(c, "INSERT INTO b VALUES (1)");
                }
            }
        );
        var limited = new Migrator(
            Kind.Driver,
            Target(),
            MigrationSource.Of(First, slow),
            EngineOptions() with
            {
                Session = EngineOptions().Session with { StatementTimeout = TimeSpan.FromMilliseconds(200) },
            }
        );
        var watch = Stopwatch.StartNew();
        var error = await ThrowsAsync<StatementException>(ErrorId.StatementTimedOut, () => limited.ApplyAsync());
        Assert.Contains("The code took longer than its limit of 0.2 s", error.Message, StringComparison.Ordinal);
        Assert.True(watch.Elapsed < TimeSpan.FromSeconds(8), $"It was interrupted only after {watch.Elapsed}.");
        Assert.Equal("a", await TablesAsync());
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

public sealed class SqliteCodeEndingTests() : CodeEndingConformance(DatabaseKind.Sqlite)
{
    protected override async Task LeaveRunningAsync(CodeContext c)
    {
        var begun = new TaskCompletionSource();
        ((Microsoft.Data.Sqlite.SqliteConnection)c.Connection).CreateFunction("begin_now", () => begun.TrySetResult() ? 1 : 0);
        _ = Task.Run(() =>
            SayAsync(c, Kind.SlowStatement.Replace("SELECT 1 ", "SELECT 1 WHERE begin_now() = 1 ", StringComparison.Ordinal))
        );
        await begun.Task;
    }

    [Theory]
    [InlineData(TransactionMode.Each, true)]
    [InlineData(TransactionMode.All, true)]
    [InlineData(TransactionMode.Each, false)]
    [InlineData(TransactionMode.All, false)]
    public async Task What_SQLite_rolls_back_by_itself_is_recorded(TransactionMode mode, bool isCode)
    {
        const string Sql = "CREATE TABLE b (id integer PRIMARY KEY); INSERT INTO b VALUES (1); INSERT OR ROLLBACK INTO b VALUES (1)";
        if (!isCode)
        {
            Migration("001_a", "CREATE TABLE a (id integer);");
            Migration("002_b", Sql);
        }

        var engine = isCode ? Of(c => c.ExecuteAsync(Sql)) : Engine();
        var error = await ThrowsAsync<MigrationException>(
            isCode ? ErrorId.CodeFailed : ErrorId.StatementFailed,
            () => engine.ApplyAsync(new ApplyRequest { TransactionMode = mode })
        );
        Assert.Contains("UNIQUE constraint failed", error.Message, StringComparison.Ordinal);
        Assert.Equal(MigrationState.Failed, (await engine.GetStatusAsync())[^1].State);
    }

    private static string HardLink(string path, string name)
    {
        using var link = Process.Start("ln", [path, name]);
        link.WaitForExit();
        return name;
    }

    [Theory]
    [InlineData("link")]
    [InlineData("hard link")]
    [InlineData("folder")]
    [InlineData("uri")]
    public async Task Another_name_of_the_same_file_is_refused_too(string spelling)
    {
        using var folder = new TemporaryFolder();
        var path = Database.Address;
        MigrationException? refused = null;
        await Of(async _ =>
            {
                var name = spelling switch
                {
                    "link" => File.CreateSymbolicLink(folder["link.db"], path).FullName,
                    "hard link" => HardLink(path, Path.Combine(Path.GetDirectoryName(path)!, "hard.db")),
                    "folder" => Path.Combine(
                        Directory.CreateSymbolicLink(folder["there"], Path.GetDirectoryName(path)!).FullName,
                        Path.GetFileName(path)
                    ),
                    _ => "file:" + path,
                };
                var other = new Migrator(Kind.Driver, Kind.Driver.Parse(name, Folder)!, MigrationSource.Of(First), EngineOptions());
                refused = await Assert.ThrowsAnyAsync<MigrationException>(() => other.ApplyAsync());
            })
            .ApplyAsync();
        Assert.Equal(ErrorId.CodeReentered, refused?.Id);
    }
}

public sealed class PostgreSqlCodeEndingTests() : CodeEndingConformance(DatabaseKind.PostgreSql)
{
    protected override Task LeaveRunningAsync(CodeContext c)
    {
        _ = c.CreateCommand(Kind.SlowStatement).ExecuteNonQueryAsync(CancellationToken.None);
        return Task.CompletedTask;
    }

    public static TheoryData<string, string> Evasions =>
        new(
            from way in new[]
            {
                "ROLLBACK; BEGIN READ WRITE; CREATE TABLE stays (id integer); COMMIT",
                "ROLLBACK; SET default_transaction_read_only = off; CREATE TABLE stays (id integer)",
                "ROLLBACK AND CHAIN; CREATE TABLE stays (id integer); COMMIT",
                "ABORT; SET default_transaction_read_only = off; DO 'BEGIN CREATE TABLE stays (id integer); COMMIT; END'",
                "CREATE TABLE stays (id integer); CLOSE ALL; COMMIT",
                "CREATE TABLE stays (id integer); CLOSE ALL; END AND CHAIN",
            }
            from then in new[] { "returns", "throws", "fails", "closes" }
            select (way, then)
        );

    [Theory]
    [MemberData(nameof(Evasions))]
    public async Task What_code_commits_itself_is_not_called_rolled_back(string way, string then)
    {
        var engine = Of(async c =>
        {
            foreach (var statement in way.Split("; ", StringSplitOptions.None).Aggregate(new List<string>(), Joined))
                await SayAsync(c, statement);
            if (then is "throws")
                throw new InvalidOperationException("bad thing");
            if (then is "fails")
                await SayAsync(c, "BEGIN; SELECT 1 / 0");
            if (then is "closes")
                await c.Connection.CloseAsync();
        });
        var error = await ThrowsAsync<MigrationException>(ErrorId.OutcomeUnknown, () => engine.ApplyAsync());
        Assert.Contains("ended the transaction", error.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("The migration was rolled back", error.Message, StringComparison.Ordinal);
        if (then is "throws")
            Assert.Contains("Then it failed: bad thing.", error.Message, StringComparison.Ordinal);
        Assert.Equal("a, stays", await TablesAsync());
        Assert.Equal("1_first Applied, 2_b Pending", await StatesAsync(engine));

        // A body in quotes is one statement.
        static List<string> Joined(List<string> so, string part)
        {
            if (so.Count > 0 && so[^1].Count(x => x == '\'') % 2 == 1)
                so[^1] += "; " + part;
            else
                so.Add(part);
            return so;
        }
    }

    [Fact]
    public async Task What_cancelled_code_has_committed_itself_is_not_called_rolled_back()
    {
        using var stop = new CancellationTokenSource();
        var engine = Of(async c =>
        {
            await SayAsync(c, "CLOSE ALL");
            await SayAsync(c, "COMMIT");
            await stop.CancelAsync();
        });
        await ThrowsAsync<MigrationException>(ErrorId.OutcomeUnknown, () => engine.ApplyAsync(cancellationToken: stop.Token));
    }

    [Theory]
    [InlineData("COMMIT AND CHAIN")]
    [InlineData("END")]
    [InlineData("PREPARE TRANSACTION 'x'")]
    [InlineData("ROLLBACK AND CHAIN")]
    [InlineData("ABORT")]
    public async Task However_the_end_is_spelled_it_is_prevented_or_noticed(string sql)
    {
        var engine = Of(async c =>
        {
            await c.ExecuteAsync("CREATE TABLE b (id integer)");
            await SayAsync(c, sql);
        });
        var error = await Assert.ThrowsAnyAsync<MigrationException>(() => engine.ApplyAsync());
        Assert.True(error.Id is ErrorId.TransactionUnbalanced or ErrorId.CodeFailed, error.ToString());
        Assert.Equal("a", await TablesAsync());
        Assert.Equal("1_first Applied, 2_b Failed", await StatesAsync(engine));
    }

    [Fact]
    public async Task Constraints_may_be_checked_at_once_and_cursors_closed()
    {
        await Of(async c =>
            {
                await c.ExecuteAsync("CREATE TABLE p (id integer PRIMARY KEY, n integer UNIQUE DEFERRABLE INITIALLY DEFERRED)");
                await c.ExecuteAsync("SET CONSTRAINTS ALL IMMEDIATE");
                await c.ExecuteAsync("SET CONSTRAINTS ALL DEFERRED");
                await c.ExecuteAsync("DECLARE mine CURSOR WITH HOLD FOR SELECT 1");
                await c.ExecuteAsync("CLOSE ALL");
            })
            .ApplyAsync();
        Assert.Equal("a, p", await TablesAsync());
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Code_that_goes_to_another_database_does_not_take_the_run_along(bool writes)
    {
        await using var other = await PostgreSqlTestDatabase.CreateAsync();
        var engine = Of(async c =>
        {
            await c.Connection.ChangeDatabaseAsync(other.Name);
            if (writes)
                await SayAsync(c, "CREATE TABLE stays (id integer)");
        });
        var error = await Assert.ThrowsAnyAsync<MigrationException>(() => engine.ApplyAsync());
        Assert.True(error.Id is ErrorId.OutcomeUnknown || (!writes && error.Id is ErrorId.TransactionUnbalanced), error.ToString());
        Assert.Equal(writes ? ["stays"] : [], await other.TablesAsync());
        Assert.Equal("a", await TablesAsync());
        Assert.Equal(
            error.Id is ErrorId.OutcomeUnknown ? "1_first Applied, 2_b Pending" : "1_first Applied, 2_b Failed",
            await StatesAsync(engine)
        );
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Another_name_of_the_same_server_is_refused_too(bool isHook)
    {
        MigrationException? refused = null;
        var address = new UriBuilder(Database.Address);
        address.Host = address.Host is "localhost" ? "127.0.0.1" : "localhost";
        async Task CallAsync()
        {
            var other = new Migrator(
                Kind.Driver,
                Kind.Driver.Parse(address.Uri.AbsoluteUri, Folder)!,
                MigrationSource.Of(First),
                EngineOptions()
            );
            refused = await Assert.ThrowsAnyAsync<MigrationException>(() => other.GetStatusAsync());
        }

        if (isHook)
        {
            Migration("001_a", "CREATE TABLE a (id integer);");
            Write("hooks/before-run.ps1", "calls");
            await Engine(o => o with { Folder = o.Folder with { PowerShell = new Caller(CallAsync) } }).ApplyAsync();
        }
        else
            await Of(_ => CallAsync()).ApplyAsync();
        Assert.Equal(ErrorId.CodeReentered, refused?.Id);
    }

    private sealed class Caller(Func<Task> call) : ICodeHost
    {
        public IReadOnlyList<FileProblem> Check(MigrationScript script) => [];

        public Task RunAsync(MigrationScript script, CodeContext context) => call();

        public Task RunHookAsync(MigrationScript script, HookContext context) => call();
    }
}
