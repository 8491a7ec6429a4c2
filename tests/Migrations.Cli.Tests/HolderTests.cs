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

    private static void Signal(CliProcess process, string signal)
    {
        using var kill = Process.Start("kill", ["-" + signal, process.Id.ToString(System.Globalization.CultureInfo.InvariantCulture)]);
        kill.WaitForExit();
    }
}

public sealed class SqliteHolderTests() : HolderTests("SQLite");

public sealed class PostgreSqlHolderTests() : HolderTests("PostgreSQL");
