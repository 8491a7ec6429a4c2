using Migrations.Backup;
using Migrations.Databases;
using Migrations.Sqlite.Native;
using Migrations.Testing;

namespace Migrations.Sqlite.Tests;

public sealed class RestoreTests : IDisposable
{
    private readonly TestFolder _folder = new();
    private readonly string _backup;
    private readonly string _keep;

    public RestoreTests()
    {
        _backup = Path.Combine(_folder.Path, "backup.db");
        _keep = Directory.CreateDirectory(Path.Combine(_folder.Path, "keep")).FullName;
        TestSql.Run(_backup, TestBackup.Everything);
    }

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("DELETE", 4096)]
    [InlineData("WAL", 4096)]
    [InlineData("DELETE", 1024)]
    [InlineData("WAL", 8192)]
    public async Task It_is_copied_into_the_database_and_the_old_state_is_kept(string mode, int pageSize)
    {
        TestSql.Run(
            _folder.Database,
            $"PRAGMA page_size={pageSize}; PRAGMA journal_mode={mode}; CREATE TABLE old (x); WITH n(i) AS (SELECT 1 UNION ALL "
                + "SELECT i + 1 FROM n WHERE i < 3000) INSERT INTO old SELECT hex(randomblob(200)) FROM n;"
        );
        var old = await TestBackup.ContentAsync(_folder.Database);

        var outcome = await RestoreAsync();

        Assert.Equal("copied into the open file", outcome.How);
        await TestBackup.EqualAsync(_backup, _folder.Database);
        Assert.Equal(mode, TestSql.Ask(_folder.Database, "PRAGMA journal_mode"), ignoreCase: true);
        Assert.Equal(Path.Combine(_keep, "kept.db"), outcome.Kept);
        Assert.Equal(old, await TestBackup.ContentAsync(outcome.Kept!));
        Assert.Equal(new FileInfo(_backup).Length, new FileInfo(_folder.Database).Length);
        Assert.Null(SqliteLock.FindHolder(_folder.Target));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Litestream_is_warned_of_when_the_file_becomes_another_one(bool isLost)
    {
        var state = Directory.CreateDirectory(Path.Combine(_folder.Path, ".app.db-litestream")).FullName;
        if (!isLost)
            TestSql.Run(_folder.Database, "CREATE TABLE a (x);");
        await RestoreAsync();
        Assert.Equal(isLost, _folder.Events.OfType<Migrations.Events.WarningRaised>().Any(w => w.Message.Contains(state)));
    }

    [Theory]
    [InlineData("DELETE")]
    [InlineData("WAL")]
    public async Task Connections_that_are_open_go_on_with_the_new_content(string mode)
    {
        using var open = TestSql.Open(_folder.Database);
        open.Run($"PRAGMA journal_mode={mode}; CREATE TABLE users (old); INSERT INTO users VALUES (1);");
        Assert.Equal(1, open.QueryInt64("SELECT count(*) FROM users"));
        using var reader = TestSql.Open(_folder.Database);
        Assert.Equal(1, reader.QueryInt64("SELECT count(old) FROM users"));

        await RestoreAsync();

        Assert.Equal(2, reader.QueryInt64("SELECT count(name) FROM users"));
        open.Run("INSERT INTO users (name) VALUES ('after'); PRAGMA wal_checkpoint(TRUNCATE);");
        Assert.Equal(3, reader.QueryInt64("SELECT count(name) FROM users"));
        Assert.Equal("ok", open.QueryText("PRAGMA integrity_check"));
    }

    [Fact]
    public async Task Another_page_size_cannot_go_into_a_log_that_others_use()
    {
        using var open = TestSql.Open(_folder.Database);
        open.Run("PRAGMA page_size=8192; PRAGMA journal_mode=WAL; CREATE TABLE old (x);");
        var e = await Assert.ThrowsAsync<MigrationException>(() => RestoreAsync());
        Assert.Equal(ErrorId.TableLockTimedOut, e.Id);
        Assert.Contains("Nothing was changed", e.Message);
        Assert.Equal(0, open.QueryInt64("SELECT count(*) FROM old"));
    }

    [Fact]
    public async Task What_is_no_database_is_replaced_with_all_that_lies_beside_it()
    {
        var (main, log) = ("this is no database at all, but long enough to be taken for one"u8.ToArray(), "old log"u8.ToArray());
        File.WriteAllBytes(_folder.Database, main);
        foreach (var companion in (string[])["-wal", "-shm", "-journal"])
            File.WriteAllBytes(_folder.Database + companion, log);

        var outcome = await RestoreAsync();

        Assert.Equal("replaced the file, which was no database", outcome.How);
        await TestBackup.EqualAsync(_backup, _folder.Database);
        Assert.Equal(main, File.ReadAllBytes(outcome.Kept!));
        foreach (var companion in (string[])["-wal", "-shm", "-journal"])
            Assert.Equal(log, File.ReadAllBytes(outcome.Kept + companion));
        Assert.DoesNotContain(
            Directory.GetFiles(_folder.Path),
            f => f.EndsWith("-wal") || f.EndsWith("-journal") || f.EndsWith(".restoring")
        );
    }

    [Fact]
    public async Task A_database_that_is_not_there_is_made()
    {
        File.WriteAllText(_folder.Database + "-wal", "a log of nothing");
        var outcome = await RestoreAsync();
        Assert.Equal(new RestoreOutcome(Kept: null, "written as a new file"), outcome);
        await TestBackup.EqualAsync(_backup, _folder.Database);
    }

    [Theory]
    [InlineData(BackupFormat.Native)]
    [InlineData(BackupFormat.Sql)]
    public async Task What_the_file_says_of_itself_survives_its_loss(BackupFormat format)
    {
        var (source, copy) = (Path.Combine(_folder.Path, "source.db"), Path.Combine(_folder.Path, "copy"));
        TestSql.Run(
            source,
            "PRAGMA page_size=8192; PRAGMA auto_vacuum=FULL; PRAGMA journal_mode=WAL; CREATE TABLE a (x); PRAGMA "
                + "user_version=7; PRAGMA application_id=9;"
        );
        var content = await TestBackup.BackUpAsync(source, copy, format);
        await RestoreAsync(new BackupSource(copy, format) { Settings = content.Settings });
        Assert.Equal(
            ["wal", "8192", "1", "7", "9"],
            ((string[])["journal_mode", "page_size", "auto_vacuum", "user_version", "application_id"]).Select(name =>
                TestSql.Ask(_folder.Database, "PRAGMA " + name)
            )
        );
    }

    [Theory]
    [InlineData("UTF-16le", "WAL")]
    [InlineData("UTF-16be", "DELETE")]
    public async Task Another_encoding_is_restored(string encoding, string mode)
    {
        var source = Path.Combine(_folder.Path, "source.db");
        TestSql.Run(source, $"PRAGMA encoding='{encoding}'; CREATE TABLE a (x); INSERT INTO a VALUES ('ü');");
        TestSql.Run(_folder.Database, $"PRAGMA journal_mode={mode}; CREATE TABLE old (x); INSERT INTO old VALUES ('precious');");
        using var outcome = await RestoreAsync(new BackupSource(source, BackupFormat.Native));
        Assert.Equal("precious", TestSql.Ask(outcome.Kept!, "SELECT x FROM old"));
        await TestBackup.EqualAsync(source, _folder.Database);
    }

    [Fact]
    public async Task A_database_is_not_restored_into_itself()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "Links need a right there.");
        TestSql.Run(_folder.Database, "CREATE TABLE old (x)");
        var link = Path.Combine(_folder.Path, "link.db");
        File.CreateSymbolicLink(link, _folder.Database);
        foreach (var path in (string[])[_folder.Database, link, Path.Combine(_folder.Path, "keep/../app.db")])
        {
            var error = await Assert.ThrowsAsync<MigrationException>(() => RestoreAsync(new BackupSource(path, BackupFormat.Native)));
            Assert.Equal(ErrorId.UsageInvalid, error.Id);
        }

        Assert.Empty(Directory.GetFiles(_keep));
    }

    [Theory]
    [InlineData("DELETE")]
    [InlineData("WAL")]
    public async Task What_others_write_afterwards_is_no_fault_of_the_restore(string mode)
    {
        var backups = Directory.CreateDirectory(Path.Combine(_folder.Path, "backups")).FullName;
        TestSql.Run(_folder.Database, $"PRAGMA journal_mode={mode}; CREATE TABLE log (x); INSERT INTO log VALUES (1);");
        var backup = await new BackupManager(new SqliteDriver(), _folder.Target).BackUpAsync(new BackupRequest { Folder = backups });
        using var other = TestSql.Open(_folder.Database);
        var isWriting = true;
        var driver = new WatchedDriver(step =>
        {
            if (step == RestoreStep.Copied && isWriting)
                other.Run("INSERT INTO log VALUES (2);");
        });
        var result = await new BackupManager(driver, _folder.Target, new BackupOptions { Session = _folder.Options }).RestoreAsync(backup);
        Assert.Equal(Migrations.CheckStatus.Warn, result.Checks.Single(c => c.Name == "rows").Status);
        Assert.Contains(
            _folder.Events.OfType<Migrations.Events.WarningRaised>(),
            w => w.Message.Contains("has 2 rows, not 1", StringComparison.Ordinal)
        );

        isWriting = false;
        var path = backup.Path + ".manifest.json";
        File.WriteAllText(path, File.ReadAllText(path).Replace("\"rows\": 1", "\"rows\": 3"));
        var wrong = (await new BackupCatalogue([driver]).FindAsync(backup.Path)) with { Proven = true };
        var error = await Assert.ThrowsAsync<MigrationException>(() =>
            new BackupManager(driver, _folder.Target, new BackupOptions { Session = _folder.Options }).RestoreAsync(wrong)
        );
        Assert.Equal(ErrorId.RestoreUnproven, error.Id);
    }

    [Fact]
    public async Task A_dump_is_restored()
    {
        var dump = Path.Combine(_folder.Path, "dump.sql");
        await TestBackup.BackUpAsync(_backup, dump, BackupFormat.Sql);
        TestSql.Run(_folder.Database, "CREATE TABLE old (x)");
        await RestoreAsync(new BackupSource(dump, BackupFormat.Sql));
        await TestBackup.EqualAsync(_backup, _folder.Database);

        File.WriteAllText(dump, File.ReadAllText(dump)[..500]);
        var e = await Assert.ThrowsAsync<MigrationException>(() => RestoreAsync(new BackupSource(dump, BackupFormat.Sql)));
        Assert.Equal(ErrorId.BackupInvalid, e.Id);
        await TestBackup.EqualAsync(_backup, _folder.Database);
    }

    [Fact]
    public async Task Nothing_is_overwritten_among_the_old_states()
    {
        TestSql.Run(_folder.Database, "CREATE TABLE old (x)");
        Assert.EndsWith("kept.db", (await RestoreAsync()).Kept);
        Assert.EndsWith("kept_2.db", (await RestoreAsync()).Kept);
        Assert.Equal("old", TestSql.Ask(Path.Combine(_keep, "kept.db"), "SELECT name FROM sqlite_master"));
    }

    [Theory]
    [InlineData("truncated")]
    [InlineData("damaged")]
    [InlineData("other")]
    [InlineData("missing")]
    public async Task A_backup_that_cannot_be_used_changes_nothing(string how)
    {
        TestSql.Run(_folder.Database, "CREATE TABLE old (x)");
        var before = File.ReadAllBytes(_folder.Database);
        var bytes = File.ReadAllBytes(_backup);
        if (how == "truncated")
            bytes = bytes[..^4096];
        else if (how == "damaged")
            bytes.AsSpan(4096, 4096).Fill(0x55);
        else
            bytes = "something else"u8.ToArray();
        File.WriteAllBytes(_backup, bytes);
        if (how == "missing")
            File.Delete(_backup);

        var e = await Assert.ThrowsAsync<MigrationException>(() => RestoreAsync());

        Assert.Equal(how == "missing" ? ErrorId.BackupMissing : ErrorId.BackupInvalid, e.Id);
        Assert.Equal(before, File.ReadAllBytes(_folder.Database));
        Assert.Empty(Directory.GetFiles(_keep));
    }

    [Theory]
    [InlineData("-wal", "WAL")]
    [InlineData("-journal", "DELETE")]
    public async Task A_copied_file_of_which_a_part_lies_beside_it_is_no_backup(string companion, string mode)
    {
        TestSql.Run(_folder.Database, "CREATE TABLE old (x)");
        var source = Path.Combine(_folder.Path, "live.db");
        using (var live = TestSql.Open(source))
        {
            live.Run(
                $"PRAGMA journal_mode={mode}; PRAGMA cache_size=2; CREATE TABLE t AS WITH n(i) AS (SELECT 1 UNION ALL SELECT i + "
                    + "1 FROM n WHERE i < 1000) SELECT i, hex(randomblob(200)) AS x FROM n;"
            );
            live.Run("BEGIN; UPDATE t SET x = 'half';");
            if (mode == "WAL")
                live.Run("COMMIT");
            File.Copy(source, _backup, overwrite: true);
            File.Copy(source + companion, _backup + companion);
        }

        var e = await Assert.ThrowsAsync<MigrationException>(() => RestoreAsync());

        Assert.Equal(ErrorId.BackupInvalid, e.Id);
        Assert.Contains(companion, e.Message);
        Assert.Equal("old", TestSql.Ask(_folder.Database, "SELECT name FROM sqlite_master"));
    }

    [Fact]
    public async Task What_is_restored_is_restored_though_others_keep_the_log_from_coming_back()
    {
        TestSql.Run(_folder.Database, "PRAGMA page_size=8192; PRAGMA journal_mode=WAL; CREATE TABLE old (x)");
        SqliteHandle? reader = null;
        var backups = new SqliteBackups
        {
            Reached = step =>
            {
                if (step != RestoreStep.Copied)
                    return;
                reader = TestSql.Open(_folder.Database);
                reader.Run("BEGIN; SELECT count(*) FROM users");
            },
        };
        var outcome = await backups.RestoreAsync(new BackupSource(_backup, BackupFormat.Native), _folder.Target, Job, default);
        reader!.Dispose();
        await TestBackup.EqualAsync(_backup, _folder.Database);
        Assert.Equal("copied into the open file; it has no write-ahead log any more, because others were using it", outcome.How);
        Assert.Equal("old", TestSql.Ask(outcome.Kept!, "SELECT name FROM sqlite_master"));
    }

    [Fact]
    public async Task A_restore_that_fails_leaves_the_log_as_it_was()
    {
        TestSql.Run(_folder.Database, "PRAGMA page_size=8192; PRAGMA journal_mode=WAL; CREATE TABLE old (x)");
        using var stop = new CancellationTokenSource();
        var backups = new SqliteBackups
        {
            Reached = step =>
            {
                if (step == RestoreStep.Kept)
                    stop.Cancel();
            },
        };
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() =>
            backups.RestoreAsync(new BackupSource(_backup, BackupFormat.Native), _folder.Target, Job, stop.Token)
        );
        Assert.Equal("old", TestSql.Ask(_folder.Database, "SELECT name FROM sqlite_master"));
        Assert.Equal("wal", TestSql.Ask(_folder.Database, "PRAGMA journal_mode"));
    }

    [Fact]
    public async Task Two_restores_at_once_keep_two_old_states()
    {
        for (var round = 0; round < 10; round++)
        {
            using var together = new Barrier(2);
            var backups = new SqliteBackups
            {
                Reached = step =>
                {
                    if (step == RestoreStep.Locked)
                        together.SignalAndWait(TimeSpan.FromSeconds(10));
                },
            };
            var restores = Enumerable
                .Range(0, 2)
                .Select(i => Path.Combine(_folder.Path, $"app{round}_{i}.db"))
                .Select(path =>
                    Task.Run(async () =>
                    {
                        TestSql.Run(path, $"CREATE TABLE \"{Path.GetFileName(path)}\" (x)");
                        var outcome = await backups.RestoreAsync(
                            new BackupSource(_backup, BackupFormat.Native),
                            TestBackup.Target(path),
                            Job,
                            default
                        );
                        Assert.Equal(Path.GetFileName(path), TestSql.Ask(outcome.Kept!, "SELECT name FROM sqlite_master"));
                        return outcome.Kept;
                    })
                );
            Assert.Equal(2, (await Task.WhenAll(restores)).Distinct().Count());
        }
    }

    [Fact]
    public async Task The_migration_lock_is_waited_for()
    {
        TestSql.Run(_folder.Database, "CREATE TABLE old (x)");
        await using var held = await SqliteLock.TakeAsync(_folder.Target, _folder.Options, default);
        var e = await Assert.ThrowsAsync<LockException>(() => RestoreAsync());
        Assert.Equal(ErrorId.LockTimedOut, e.Id);
    }

    [Fact]
    public async Task A_writer_that_does_not_end_is_told_and_nothing_is_changed()
    {
        using var writer = TestSql.Open(_folder.Database);
        writer.Run("CREATE TABLE old (x); BEGIN IMMEDIATE; INSERT INTO old VALUES (1);");
        var e = await Assert.ThrowsAsync<MigrationException>(() => RestoreAsync());
        Assert.Equal(ErrorId.TableLockTimedOut, e.Id);
        writer.Run("COMMIT");
        Assert.Equal("1", TestSql.Ask(_folder.Database, "SELECT count(*) FROM old"));
    }

    [Fact]
    public async Task A_full_disk_leaves_the_database_as_it_was()
    {
        using var disk = SmallDisk.Mount(Path.Combine(_folder.Path, "small"), "400k");
        var target = Path.Combine(disk.Path, "app.db");
        TestSql.Run(target, "CREATE TABLE old (x)");
        TestSql.Run(
            _backup,
            "CREATE TABLE large (x); WITH n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 600) INSERT INTO large "
                + "SELECT randomblob(4000) FROM n;"
        );
        var e = await Assert.ThrowsAsync<MigrationException>(() => RestoreAsync(target: target));
        Assert.Equal(ErrorId.DiskFailed, e.Id);
        Assert.Equal("old", TestSql.Ask(target, "SELECT name FROM sqlite_master"));
        Assert.Equal("ok", TestSql.Ask(target, "PRAGMA integrity_check"));
    }

    [Fact]
    public async Task What_cannot_be_compared_is_restored_all_the_same_and_says_where_the_old_state_is()
    {
        TestSql.Run(_folder.Database, "CREATE TABLE old (x)");
        SqliteHandle? other = null;
        var driver = new WatchedDriver(step =>
        {
            if (step != RestoreStep.Copied)
                return;
            other = TestSql.Open(_folder.Database);
            other.Run("BEGIN EXCLUSIVE");
        });
        var backup = await new BackupCatalogue([driver]).FindAsync(_backup);
        var manager = new BackupManager(driver, _folder.Target, new BackupOptions { Session = _folder.Options });
        var e = await Assert.ThrowsAsync<MigrationException>(() => manager.RestoreAsync(backup, new RestoreRequest { KeepFolder = _keep }));
        other!.Dispose();
        Assert.Equal(ErrorId.RestoreUnproven, e.Id);
        var kept = Assert.Single(Directory.GetFiles(_keep), f => f.EndsWith(".db", StringComparison.Ordinal));
        Assert.Contains($"was restored from '{_backup}'", e.Message);
        Assert.Contains("could not be compared", e.Message);
        Assert.Contains($"kept as '{kept}'", e.Message);
        await TestBackup.EqualAsync(_backup, _folder.Database);
    }

    private Task<RestoreOutcome> RestoreAsync(BackupSource? backup = null, string? target = null) =>
        new SqliteBackups().RestoreAsync(
            backup ?? new BackupSource(_backup, BackupFormat.Native),
            target is null ? _folder.Target : TestBackup.Target(target),
            Job,
            default
        );

    private RestoreJob Job =>
        new()
        {
            KeepFolder = _keep,
            KeepName = "kept",
            Session = _folder.Options with { LockTimeout = TimeSpan.FromMilliseconds(200) },
        };
}
