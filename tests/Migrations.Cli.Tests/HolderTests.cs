using System.Diagnostics;

namespace Migrations.Cli.Tests;

/// <summary>What a run meets when another process holds the lock: alive, killed or stopped.</summary>
public abstract class HolderTests(string engine) : CliTests(engine)
{
    private string SlowScript => Engine == "SQLite" ? Slow.Sqlite : Slow.PostgreSql;

    [Fact]
    public async Task A_killed_holder_blocks_nobody()
    {
        Migration("001_a", "CREATE TABLE a (id integer);");
        Migration("002_slow", SlowScript);
        using var holder = CliProcess.Start(Call("up"));
        await holder.WaitForAsync("Applying 002_slow");
        await Task.Delay(300);
        holder.Kill();
        await holder.WaitAsync();

        Migration("002_slow", "CREATE TABLE b (id integer);");
        // How soon is measured by the stress trials; here only that the lock was not held until its timeout.
        Assert.Contains("Applied 002_slow", await OutputAsync("up", "--lock-timeout", "8s"), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_stopped_holder_is_named_with_its_migration_and_the_wait_ends(bool json)
    {
        Prerequisite.Signals();
        Migration("001_slow", SlowScript);
        using var holder = CliProcess.Start(Call("up"));
        await holder.WaitForAsync("Applying 001_slow");
        await Task.Delay(500);
        Signal(holder, "STOP");
        try
        {
            var since = DateTime.UtcNow.ToString("yyyy-MM-dd", System.Globalization.CultureInfo.InvariantCulture);
            string[] words = [$"process {holder.Id}, on {Environment.MachineName}", "since " + since, "working on 001_slow"];
            var clock = Stopwatch.StartNew();
            var result = await RunAsync(["up", "--lock-timeout", "1s", .. json ? new[] { "--output", "json" } : []]);
            Assert.InRange(clock.Elapsed, TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(20));
            Assert.Equal(5, result.ExitCode);
            var lines = result.Error.Split('\n');
            var waiting = Assert.Single(lines, l => l.Contains("Waiting for the migration lock of", StringComparison.Ordinal));
            var error = lines.First(l => l.Contains(nameof(ErrorId.LockTimedOut), StringComparison.Ordinal));
            Assert.All(words, word => Assert.Contains(word, waiting, StringComparison.Ordinal));
            Assert.All(words, word => Assert.Contains(word, error, StringComparison.Ordinal));
        }
        finally
        {
            Signal(holder, "CONT");
        }

        holder.Interrupt();
        Assert.Equal(130, (await holder.WaitAsync()).ExitCode);
    }

    /// <summary>On SQLite, changes that no longer fit the cache lock the file for readers too.</summary>
    [Fact]
    public async Task A_holder_that_is_stopped_amid_much_that_it_writes_is_named()
    {
        Prerequisite.Signals();
        Migration("000_first", "CREATE TABLE f (i integer);", "DROP TABLE f;");
        Migration("001_much", MuchScript);
        using var holder = CliProcess.Start(Call("up"));
        await holder.WaitForAsync("Applying 001_much");
        await SpillsAsync();
        Signal(holder, "STOP");
        try
        {
            foreach (var command in (string[])["up", "down"])
            {
                var result = await RunAsync(command, "--lock-timeout", "1s", "--table-lock-timeout", "1s");
                Assert.Equal(5, result.ExitCode);
                var error = result.Error.Split('\n').First(l => l.Contains(nameof(ErrorId.LockTimedOut), StringComparison.Ordinal));
                foreach (var word in (string[])[$"process {holder.Id}, on {Environment.MachineName}", "working on 001_much"])
                    Assert.Contains(word, error, StringComparison.Ordinal);
            }

            // Reading ends too: with what is there, or with whom it waited for.
            var status = await RunAsync("status", "--table-lock-timeout", "1s");
            if (status.ExitCode != 0)
                Assert.Contains($"process {holder.Id}", status.Error, StringComparison.Ordinal);
        }
        finally
        {
            Signal(holder, "CONT");
        }

        holder.Interrupt();
        Assert.Equal(130, (await holder.WaitAsync()).ExitCode);
    }

    private string MuchScript =>
        Engine == "SQLite"
            ? "CREATE TABLE t (i);\nINSERT INTO t WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 4000000000)"
                + " SELECT i FROM n;\n"
            : "CREATE TABLE t (i int);\nINSERT INTO t SELECT generate_series(1, 2000000000);\n";

    /// <summary>Waits until the step runs; on SQLite, until what it writes is more than the cache: then the file grows.</summary>
    private async Task SpillsAsync()
    {
        for (var wait = 0; wait < 400 && !await HasBegunAsync(); wait++)
            await Task.Delay(50);
    }

    private async Task<bool> HasBegunAsync() =>
        Engine == "SQLite"
            ? new FileInfo(Database.Address).Length >= 4_000_000
            : await Database.ScalarAsync(
                "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND application_name LIKE '%001_much%'"
            )
                is not "0";

    private static void Signal(CliProcess process, string signal)
    {
        using var kill = Process.Start("kill", ["-" + signal, process.Id.ToString(System.Globalization.CultureInfo.InvariantCulture)]);
        kill.WaitForExit();
    }
}

public sealed class SqliteHolderTests() : HolderTests("SQLite");

public sealed class PostgreSqlHolderTests() : HolderTests("PostgreSQL");
