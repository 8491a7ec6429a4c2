using System.Diagnostics;
using Migrations.Planning;
using Migrations.Testing;

namespace Migrations.Databases.Tests.Library;

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

    [Theory]
    [InlineData("waits")]
    [InlineData("waits-with-token")]
    [InlineData("short-statements")]
    public async Task The_limit_is_that_of_the_whole_half(string way)
    {
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
}
