using System.Diagnostics;
using Migrations.Databases;
using Migrations.Events;
using Migrations.Sqlite.Native;
using Migrations.Testing;

namespace Migrations.Sqlite.Tests;

public sealed class BackupTests : IDisposable
{
    private readonly TestFolder _folder = new();

    private string Copy => Path.Combine(_folder.Path, "copy.db");

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task A_backup_holds_what_the_database_held()
    {
        TestSql.Run(_folder.Database, TestBackup.Everything);
        var before = File.ReadAllBytes(_folder.Database);

        var content = await TestBackup.BackUpAsync(_folder.Database, Copy);

        await TestBackup.EqualAsync(_folder.Database, Copy);
        Assert.Equal(await TestBackup.ContentAsync(Copy), content.Tables);
        Assert.Equal(await TestBackup.FingerprintAsync(Copy), content.SchemaFingerprint);
        Assert.Equal(before, File.ReadAllBytes(_folder.Database));
        Assert.Equal(["app.db", "copy.db"], Directory.GetFiles(_folder.Path).Select(Path.GetFileName).Order());
        Assert.NotNull(content.WritersBlocked);
        Assert.Contains(content.Tables, t => t is { Table: "users", Rows: 2, Digest.Length: 32 });
        Assert.Contains(content.Tables, t => t is { Table: "\"odd name\"" });
        Assert.DoesNotContain(content.Tables, t => t.Table.Contains("_content") || t.Table.StartsWith("sqlite_"));
    }

    [Fact]
    public async Task A_backup_can_only_be_read_by_its_owner()
    {
        TestSql.Run(_folder.Database, "CREATE TABLE a (x)");
        await TestBackup.BackUpAsync(_folder.Database, Copy);
        if (!OperatingSystem.IsWindows())
            Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(Copy));
    }

    [Fact]
    public async Task What_is_still_in_the_write_ahead_log_is_in_the_backup_and_the_log_stays_as_it_is()
    {
        using var writer = TestSql.Open(_folder.Database);
        writer.Run("PRAGMA journal_mode=WAL; PRAGMA wal_autocheckpoint=0; CREATE TABLE a (x); INSERT INTO a VALUES (1), (2);");
        var (file, log) = (File.ReadAllBytes(_folder.Database), ReadShared(_folder.Database + "-wal"));

        var content = await TestBackup.BackUpAsync(_folder.Database, Copy);

        Assert.Equal([new TableContent("a", 2, content.Tables[0].Digest)], content.Tables);
        Assert.Equal("delete", TestSql.Ask(Copy, "PRAGMA journal_mode"));
        Assert.Equal("2", TestSql.Ask(Copy, "SELECT count(*) FROM a"));
        Assert.False(File.Exists(Copy + "-wal"));
        Assert.Null(content.WritersBlocked);
        Assert.Equal(file, File.ReadAllBytes(_folder.Database));
        Assert.Equal(log, ReadShared(_folder.Database + "-wal"));
    }

    [Theory]
    [InlineData("WAL")]
    [InlineData("DELETE")]
    public async Task A_backup_beside_a_writer_is_one_committed_state(string mode)
    {
        TestSql.Run(
            _folder.Database,
            $"PRAGMA journal_mode={mode}; CREATE TABLE a (x, y); CREATE TABLE b (x, y);"
                + " WITH n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 20000) INSERT INTO a SELECT i, "
                + "hex(randomblob(100)) FROM n; INSERT INTO b SELECT * FROM a;"
        );
        using var stop = new CancellationTokenSource();
        var writing = Task.Run(() => WriteWithoutPause(stop.Token));
        try
        {
            for (var i = 0; i < 5; i++)
            {
                var path = Copy + i;
                var content = await TestBackup.BackUpAsync(
                    _folder.Database,
                    path,
                    session: new SessionOptions { TableLockTimeout = TimeSpan.FromSeconds(60) }
                );

                Assert.Equal("ok", TestSql.Ask(path, "PRAGMA integrity_check"));
                Assert.Equal(
                    "1",
                    TestSql.Ask(
                        path,
                        "SELECT (SELECT count(*) FROM a) = (SELECT count(*) FROM b) AND (SELECT max(x) FROM a) = (SELECT max(x) FROM b)"
                    )
                );
                Assert.Equal(await TestBackup.ContentAsync(path), content.Tables);
                Assert.Equal(content.Tables[0].Digest, content.Tables[1].Digest);
            }
        }
        finally
        {
            await stop.CancelAsync();
        }

        Assert.InRange(await writing, 1, long.MaxValue);
    }

    [Fact]
    public async Task Cancelling_stops_between_two_steps()
    {
        TestSql.Run(
            _folder.Database,
            "CREATE TABLE a (x); WITH n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 6000) INSERT INTO a SELECT "
                + "randomblob(4000) FROM n;"
        );
        using var stop = new CancellationTokenSource();
        var opened = 0;
        // The second connection is the last thing that is told before pages are copied.
        var sink = new RecordingEventSink { Published = _ => CancelSecond() };
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() =>
            TestBackup.BackUpAsync(_folder.Database, Copy, session: new SessionOptions { Events = sink }, cancellationToken: stop.Token)
        );
        Assert.Equal(2, sink.Of<ConnectionAttempted>().Count);

        void CancelSecond()
        {
            if (++opened == 2)
                stop.Cancel();
        }
        Assert.InRange(File.Exists(Copy) ? new FileInfo(Copy).Length : 0, 0, 20_000_000);
    }

    [Fact]
    public async Task A_database_in_memory_is_refused()
    {
        var e = await Assert.ThrowsAsync<MigrationException>(() => TestBackup.BackUpAsync(":memory:", Copy));
        Assert.Equal(ErrorId.UsageInvalid, e.Id);
        Assert.Contains("in memory", e.Message);
    }

    [Fact]
    public async Task What_only_servers_have_is_refused()
    {
        TestSql.Run(_folder.Database, "CREATE TABLE a (x)");
        foreach (
            var job in (BackupJob[])
                [
                    new() { Path = Copy, Format = BackupFormat.Directory },
                    new() { Path = Copy, Jobs = 2 },
                    new() { Path = Copy, GlobalsPath = Copy + ".globals" },
                ]
        )
            Assert.Equal(
                ErrorId.UsageInvalid,
                (await Assert.ThrowsAsync<MigrationException>(() => new SqliteBackups().BackUpAsync(_folder.Target, job, default))).Id
            );
    }

    [Fact]
    public async Task A_full_disk_is_told_with_the_place()
    {
        using var disk = SmallDisk.Mount(Path.Combine(_folder.Path, "small"), "1m");
        TestSql.Run(
            _folder.Database,
            "CREATE TABLE a (x); WITH n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 600) INSERT INTO a SELECT "
                + "randomblob(4000) FROM n;"
        );
        foreach (var format in (BackupFormat[])[BackupFormat.Native, BackupFormat.Sql])
        {
            var e = await Assert.ThrowsAsync<MigrationException>(() =>
                TestBackup.BackUpAsync(_folder.Database, Path.Combine(disk.Path, "b" + format), format)
            );
            Assert.Equal(ErrorId.DiskFailed, e.Id);
            Assert.Contains(disk.Path, e.Message);
            File.Delete(Path.Combine(disk.Path, "b" + format));
        }
    }

    [Fact]
    public async Task The_last_migration_is_told()
    {
        await _folder.RunAsync("CREATE TABLE a (x)");
        await _folder.RunAsync("CREATE TABLE b (x)");
        var content = await TestBackup.BackUpAsync(_folder.Database, Copy);
        Assert.Equal(("002_test", "002"), (content.LastMigration, content.MigrationVersion));

        TestSql.Run(_folder.Database, "DROP TABLE migration_journal; CREATE TABLE migration_journal (mine)");
        Assert.Null((await TestBackup.BackUpAsync(_folder.Database, Copy + "2")).LastMigration);
    }

    [Fact]
    public async Task A_damaged_source_is_refused()
    {
        TestSql.Run(
            _folder.Database,
            "CREATE TABLE a (x); WITH n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 600) INSERT INTO a SELECT "
                + "randomblob(400) FROM n;"
        );
        using (var file = new FileStream(_folder.Database, FileMode.Open, FileAccess.Write))
        {
            file.Position = 8 * 4096;
            file.Write(new byte[4096]);
        }

        var e = await Assert.ThrowsAsync<MigrationException>(() => TestBackup.BackUpAsync(_folder.Database, Copy));
        Assert.Equal(ErrorId.DatabaseInvalid, e.Id);
    }

    private static byte[] ReadShared(string path)
    {
        using var file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite);
        var bytes = new byte[file.Length];
        file.ReadExactly(bytes);
        return bytes;
    }

    private long WriteWithoutPause(CancellationToken stop)
    {
        using var handle = TestSql.Open(_folder.Database);
        handle.Watch.BusyTimeout = TimeSpan.FromSeconds(30);
        var commits = 0L;
        for (var clock = Stopwatch.StartNew(); !stop.IsCancellationRequested && clock.Elapsed < TimeSpan.FromMinutes(1); commits++)
        {
            try
            {
                handle.Run(
                    $"BEGIN IMMEDIATE; INSERT INTO a VALUES ({100000 + commits}, 'y'); INSERT INTO b VALUES ({100000 + commits}, "
                        + "'y'); COMMIT;"
                );
            }
            catch (SqliteFailure e) when (e.IsBusy)
            {
                if (handle.InTransaction)
                    handle.Execute("ROLLBACK");
            }
        }

        return commits;
    }
}
