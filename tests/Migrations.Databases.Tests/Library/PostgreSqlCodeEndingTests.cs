using Migrations.Testing;

namespace Migrations.Databases.Tests.Library;

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
