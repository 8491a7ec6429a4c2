using System.Collections.Concurrent;
using System.Diagnostics;
using Microsoft.Data.Sqlite;

namespace Migrations.Cli.Tests;

/// <summary>
/// Beside a real Litestream (<see href="https://litestream.io/reference/replicate/"/>), which replicates the database to a folder.
/// </summary>
public sealed class LitestreamTests : IAsyncLifetime
{
    private readonly TemporaryFolder _folder = new();
    private readonly ConcurrentQueue<string> _log = [];
    private OtherProgram _litestream = null!;
    private Process? _replication;

    private string Database => _folder["app.db"];

    public async ValueTask InitializeAsync()
    {
        _litestream = new OtherProgram(Prerequisite.Litestream(), _folder.Path);
        Directory.CreateDirectory(_folder["backups"]);
        _folder.Write("migrations/001_t.sql", "CREATE TABLE t (a);\n");
        _folder.Write("migrations/002_u.sql", "CREATE TABLE u (a);\n");
        _folder.Write("migrations/002_u.down.sql", "DROP TABLE u;\n");
        _folder.Write(
            "litestream.yml",
            $"dbs:\n  - path: {Database}\n    replicas:\n      - type: file\n        path: {_folder["replica"]}\n        "
                + "sync-interval: 50ms\n"
        );
        await ExecuteAsync("PRAGMA journal_mode = wal");
        Replicate();
    }

    private void Replicate()
    {
        _replication = _litestream.Start("replicate", "-config", "litestream.yml");
        _replication.OutputDataReceived += (_, line) => _log.Enqueue(line.Data ?? "");
        _replication.ErrorDataReceived += (_, line) => _log.Enqueue(line.Data ?? "");
        _replication.BeginOutputReadLine();
        _replication.BeginErrorReadLine();
    }

    public ValueTask DisposeAsync()
    {
        Stop();
        _folder.Dispose();
        return ValueTask.CompletedTask;
    }

    private void Stop()
    {
        _replication?.Kill();
        _replication?.WaitForExit();
        _replication?.Dispose();
        _replication = null;
    }

    [Fact]
    public async Task It_goes_on_replicating_whatever_is_done_and_its_tables_are_no_drift()
    {
        await OutputAsync("up", "--path", _folder["migrations"]);
        await FollowsAsync("up");
        await OutputAsync("down", "--path", _folder["migrations"], "--accept-data-loss", "--yes");
        await FollowsAsync("down");
        await OutputAsync("up", "--path", _folder["migrations"]);
        await OutputAsync("backup", "-t", _folder["backups"]);
        await FollowsAsync("backup");
        var drift = await OutputAsync("check", "--path", _folder["migrations"]);
        Assert.Contains("pass     drift", drift, StringComparison.Ordinal);
        Assert.Contains("_litestream_seq", drift, StringComparison.Ordinal);
        await OutputAsync("restore", "--latest", "--from", _folder["backups"], "--yes");
        await FollowsAsync("restore");
        await ExecuteAsync("VACUUM");
        await FollowsAsync("VACUUM");
    }

    [Fact]
    public async Task After_a_lost_file_was_restored_Litestream_starts_over_and_follows()
    {
        await OutputAsync("up", "--path", _folder["migrations"]);
        await OutputAsync("backup", "-t", _folder["backups"]);
        await FollowsAsync("backup");
        foreach (var lost in Directory.GetFiles(_folder.Path, "app.db*"))
            File.Delete(lost);

        var restored = await CliProcess.RunAsync("restore", "--latest", "--from", _folder["backups"], "--yes", "--database", Database);

        Assert.True(restored.ExitCode == 0, restored.ToString());
        Assert.Contains("warning: Litestream replicates", restored.Error, StringComparison.Ordinal);
        Assert.Contains(_folder[".app.db-litestream"], restored.Error, StringComparison.Ordinal);
        await using var application = await ConnectAsync(Database);
        await ExecuteAsync("INSERT INTO t VALUES ('meanwhile')");
        Stop();
        Directory.Delete(_folder[".app.db-litestream"], recursive: true);
        Replicate();
        await FollowsAsync("restore");
    }

    /// <summary>Writes a row, and waits until the replica is the database.</summary>
    private async Task FollowsAsync(string doing)
    {
        await ExecuteAsync($"INSERT INTO t VALUES ('after {doing}')");
        var words = "";
        for (var clock = Stopwatch.StartNew(); clock.Elapsed < TimeSpan.FromSeconds(20); await Task.Delay(200))
        {
            using var folder = new TemporaryFolder();
            try
            {
                await _litestream.RunAsync("restore", "-config", "litestream.yml", "-o", folder["app.db"], Database);
                if (await ContentAsync(folder["app.db"]) == await ContentAsync(Database))
                    return;
                words = "The replica is of an older state.";
            }
            catch (Exception e) when (e is InvalidOperationException or SqliteException)
            {
                // There is no replica yet, or none of the tables.
                words = e.Message;
            }
        }

        Assert.Fail($"After {doing} the replica does not follow. {words}\n{string.Join('\n', _log)}");
    }

    private static async Task<string> ContentAsync(string database)
    {
        await using var connection = await ConnectAsync(database);
        return string.Join(
            '\n',
            await ReadAsync(connection, "SELECT sql FROM sqlite_master WHERE name NOT LIKE '%litestream%' ORDER BY name"),
            await ReadAsync(connection, "SELECT a FROM t"),
            await ReadAsync(connection, "SELECT id || event FROM migration_journal")
        );
    }

    private static async Task<string> ReadAsync(SqliteConnection connection, string sql)
    {
        await using var command = connection.CreateCommand();
        command.CommandText = sql;
        await using var reader = await command.ExecuteReaderAsync();
        var rows = new List<string>();
        while (await reader.ReadAsync())
            rows.Add(reader.GetValue(0).ToString()!);
        return string.Join('|', rows);
    }

    private static async Task<SqliteConnection> ConnectAsync(string database)
    {
        var connection = new SqliteConnection($"Data Source={database};Pooling=False");
        await connection.OpenAsync();
        await ReadAsync(connection, "SELECT count(*) FROM sqlite_master");
        return connection;
    }

    private async Task ExecuteAsync(string sql)
    {
        await using var connection = await ConnectAsync(Database);
        await ReadAsync(connection, sql);
    }

    private async Task<string> OutputAsync(params string[] arguments)
    {
        var result = await CliProcess.RunAsync([.. arguments, "--database", Database]);
        Assert.True(result.ExitCode == 0, result.ToString());
        return result.Output;
    }
}
