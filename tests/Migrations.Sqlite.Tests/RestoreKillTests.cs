using Migrations.Databases;
using Migrations.Testing;

namespace Migrations.Sqlite.Tests;

/// <summary>Restores whose process is killed between two steps, or in the middle of one.</summary>
public sealed class RestoreKillTests : IDisposable
{
    private readonly TestFolder _folder = new();
    private readonly string _backup;
    private readonly string _keep;

    public RestoreKillTests()
    {
        _backup = Path.Combine(_folder.Path, "backup.db");
        _keep = Directory.CreateDirectory(Path.Combine(_folder.Path, "keep")).FullName;
        TestSql.Run(
            _backup,
            "CREATE TABLE fresh (x); WITH n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 2000) INSERT INTO fresh "
                + "SELECT hex(randomblob(200)) FROM n;"
        );
    }

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task A_database_is_as_before_or_as_after_each_step()
    {
        MakeOld();
        var (before, after) = (await TestBackup.ContentAsync(_folder.Database), await TestBackup.ContentAsync(_backup));
        for (var step = 0; ; step++)
        {
            MakeOld();
            var ended = await RunAsync(step);
            var now = await TestBackup.ContentAsync(_folder.Database);
            Assert.Equal("ok", TestSql.Ask(_folder.Database, "PRAGMA integrity_check"));
            if (ended)
            {
                Assert.Equal(after, now);
                Assert.Equal(3, step);
                return;
            }

            Assert.Equal(step < 2 ? before : after, now);
        }
    }

    [Fact]
    public async Task What_was_no_database_is_kept_or_replaced_after_each_step_and_the_next_restore_ends_it()
    {
        for (var step = 0; ; step++)
        {
            foreach (var file in Directory.GetFiles(_keep))
                File.Delete(file);
            File.WriteAllText(_folder.Database, "this is no database at all, but long enough to be taken for one");
            File.WriteAllText(_folder.Database + "-wal", "old log");
            File.WriteAllText(_folder.Database + "-journal", "old journal");
            var ended = await RunAsync(step);
            if (ended)
            {
                Assert.Equal(6, step);
                await TestBackup.EqualAsync(_backup, _folder.Database);
                return;
            }

            AssertNothingIsLost();
            await new SqliteBackups().RestoreAsync(
                new BackupSource(_backup, BackupFormat.Native),
                _folder.Target,
                new RestoreJob
                {
                    KeepFolder = _keep,
                    KeepName = "second",
                    Session = _folder.Options,
                },
                default
            );
            await TestBackup.EqualAsync(_backup, _folder.Database);
            Assert.False(File.Exists(_folder.Database + ".restoring"));
        }
    }

    [Theory]
    [InlineData(3)]
    [InlineData(40)]
    [InlineData(100)]
    [InlineData(130)]
    [InlineData(200)]
    public async Task A_copy_that_is_killed_while_it_writes_is_undone(int write)
    {
        Assert.SkipWhen(Executable.OnPath("strace") is null, "strace is not installed on this machine.");
        MakeOld();
        var before = await TestBackup.ContentAsync(_folder.Database);
        using var process = Program.Start(
            _backup,
            _folder.Database,
            _keep,
            100,
            "strace",
            "-f",
            "-qq",
            "-o",
            "/dev/null",
            "-P",
            _folder.Database,
            "-e",
            $"inject=pwrite64:signal=KILL:when={write}+"
        );
        await process.WaitForExitAsync();
        Assert.SkipWhen(process.ExitCode == 0, "The restore writes less often than that.");
        Assert.Equal("ok", TestSql.Ask(_folder.Database, "PRAGMA integrity_check"));
        Assert.Equal(before, await TestBackup.ContentAsync(_folder.Database));
    }

    private void MakeOld()
    {
        foreach (var file in Directory.GetFiles(_folder.Path, "app.db*").Concat(Directory.GetFiles(_keep)))
            File.Delete(file);
        TestSql.Run(
            _folder.Database,
            "CREATE TABLE old (x); WITH n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 1000) INSERT INTO old "
                + "SELECT 'row ' || i FROM n;"
        );
    }

    private void AssertNothingIsLost()
    {
        // Either everything is where it was, or the old state is kept; and no old journal lies beside a new file.
        var isNew = File.ReadAllBytes(_folder.Database).AsSpan().StartsWith("SQLite format 3"u8);
        var names = Directory.GetFiles(_folder.Path, "app.db*").Concat(Directory.GetFiles(_keep)).ToList();
        Assert.Contains(names, n => File.ReadAllText(n).StartsWith("this is no database"));
        Assert.Contains(names, n => n.EndsWith("-wal") && File.ReadAllText(n) == "old log");
        Assert.Contains(names, n => n.EndsWith("-journal") && File.ReadAllText(n) == "old journal");
        if (isNew)
            Assert.False(File.Exists(_folder.Database + "-wal") || File.Exists(_folder.Database + "-journal"));
    }

    private async Task<bool> RunAsync(int step)
    {
        using var process = Program.Start(_backup, _folder.Database, _keep, step);
        var error = await process.StandardError.ReadToEndAsync();
        await process.WaitForExitAsync();
        Assert.Equal("", error);
        return process.ExitCode == 0;
    }
}
