using System.Runtime.InteropServices;
using System.Runtime.Versioning;
using Migrations.Databases;
using Migrations.Sqlite.Native;
using Migrations.Testing;

namespace Migrations.Sqlite.Tests;

/// <summary>A database that another user writes, and that may be read only: what is read of it is one state, or nothing.</summary>
[UnsupportedOSPlatform("windows")]
public sealed partial class OtherUserTests : IDisposable
{
    private const int Nobody = 65534;

    private readonly TestFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task A_backup_beside_a_writer_is_one_state_or_refused()
    {
        RequireRoot();
        foreach (var mode in (string[])["delete", "truncate", "persist", "wal"])
        {
            var path = Make(mode);
            using var writer = await Program.StartWriterAsync(path);
            string[] results;
            try
            {
                results = await NobodysBackups.RunAsync(path, 25);
            }
            finally
            {
                writer.Kill();
            }

            Assert.Equal(25, results.Length);
            Assert.All(results, r => Assert.True(r is "one state" or nameof(ErrorId.PermissionDenied), mode + ": " + r));
            if (mode is not "wal")
                Assert.Contains("one state", results);
        }
    }

    [Theory]
    [InlineData(SessionAccess.Read)]
    [InlineData(SessionAccess.Write)]
    public void Without_the_right_to_write_beside_it_a_log_is_not_read_and_the_right_is_named(SessionAccess access)
    {
        RequireRoot();
        var path = Make("wal");
        MigrationException? error = null;
        AsNobody(() => error = Refused(() => Open(path, access)));
        Assert.Equal(access == SessionAccess.Read ? ErrorId.PermissionDenied : ErrorId.DatabaseReadOnly, error!.Id);
        Assert.Contains(path, error.Message, StringComparison.Ordinal);
        if (access == SessionAccess.Read)
            Assert.Contains(Path.GetDirectoryName(path)!, error.NextStep.ToString(), StringComparison.Ordinal);
        Assert.Equal([path], Directory.GetFiles(_folder.Path));
    }

    [Fact]
    public void A_copy_in_use_is_not_restored_from_and_one_with_a_manifest_is()
    {
        RequireRoot();
        var path = Make("wal");
        var target = TestBackup.Target(Path.Combine(Directory.CreateDirectory(Path.Combine(_folder.Path, "new")).FullName, "new.db"));
        OpenTo(Path.GetDirectoryName(target.Display)!);
        AsNobody(() =>
        {
            var loader = TestBackup.Driver.Backups;
            var error = Refused(() =>
                loader
                    .LoadAsync(new BackupSource(path, BackupFormat.Native), target, new SessionOptions(), default)
                    .GetAwaiter()
                    .GetResult()
            );
            Assert.Equal(ErrorId.PermissionDenied, error.Id);
            loader
                .LoadAsync(new BackupSource(path, BackupFormat.Native) { IsSealed = true }, target, new SessionOptions(), default)
                .GetAwaiter()
                .GetResult();
        });
        Assert.Equal("4000", TestSql.Ask(target.Display, "SELECT count(*) FROM a"));
    }

    [Fact]
    public void A_half_transaction_that_may_not_be_put_back_is_not_read()
    {
        RequireRoot();
        var path = Make("delete");
        using (var handle = TestSql.Open(path))
        {
            handle.Run("PRAGMA cache_size=1; BEGIN; UPDATE a SET v = 7;");
            File.Copy(path, path + ".killed.db");
            File.Copy(path + "-journal", path + ".killed.db-journal");
        }

        MigrationException? error = null;
        AsNobody(() => error = Refused(() => Open(path + ".killed.db", SessionAccess.Read)));
        Assert.Equal(ErrorId.PermissionDenied, error!.Id);
        Assert.Contains("-journal", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_log_is_not_needed_on_a_disk_that_nobody_writes()
    {
        using var disk = SmallDisk.Mount(Path.Combine(_folder.Path, "disk"), "4m");
        var path = Path.Combine(disk.Path, "app.db");
        TestSql.Run(path, "PRAGMA journal_mode=wal; CREATE TABLE a (x); INSERT INTO a VALUES (1);");
        disk.MakeReadOnly();
        using var handle = Open(path, SessionAccess.Read);
        Assert.Equal(1, handle.QueryInt64("SELECT count(*) FROM a"));
    }

    [Theory]
    [InlineData("1 0 8:1 / / rw - ext4 /dev/sda1 rw", false)]
    [InlineData("1 0 8:1 / / ro - ext4 /dev/sda1 ro,errors=remount-ro", true)]
    // A bind mount, a container's volume, ProtectSystem=: read-only here only.
    [InlineData("1 0 8:1 / / ro - ext4 /dev/sda1 ro\n2 1 8:1 /srv /srv ro,nosuid - ext4 /dev/sda1 rw", false)]
    [InlineData("1 0 8:1 / / rw - ext4 /dev/sda1 rw\n2 1 8:1 /srv /srv\\040data ro - ext4 /dev/sda1 ro", false)]
    [InlineData("1 0 8:1 / / rw - ext4 /dev/sda1 rw\n2 1 7:0 / /srv/data ro,relatime shared:1 master:2 - squashfs /dev/loop0 ro", true)]
    [InlineData("1 0 8:1 / / ro - ext4 /dev/sda1 ro\n2 1 0:9 / /srv/data ro - nfs4 server:/export ro", false)]
    [InlineData(
        "1 0 8:1 / / ro - ext4 /dev/sda1 ro\n2 1 8:2 / /srv/data ro - ext4 /dev/sdb ro\n3 2 8:3 / /srv/data rw - ext4 /dev/sdc rw",
        false
    )]
    [InlineData("nonsense", false)]
    public void Only_a_file_system_that_is_read_only_itself_counts(string mounts, bool expected) =>
        Assert.Equal(expected, ReadOnlyDisk.IsReadOnly("/srv/data/app.db", mounts.Split('\n')));

    private string Make(string mode)
    {
        var path = Path.Combine(_folder.Path, mode + ".db");
        TestSql.Run(
            path,
            $"PRAGMA journal_mode={mode}; CREATE TABLE a (id integer PRIMARY KEY, v int, pad text); CREATE TABLE log (v int);"
                + "WITH n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 4000) INSERT INTO a SELECT i, 0, "
                + "hex(randomblob(100)) FROM n;"
        );
        File.SetUnixFileMode(
            _folder.Path,
            UnixFileMode.UserRead
                | UnixFileMode.UserWrite
                | UnixFileMode.UserExecute
                | UnixFileMode.GroupRead
                | UnixFileMode.GroupExecute
                | UnixFileMode.OtherRead
                | UnixFileMode.OtherExecute
        );
        File.SetUnixFileMode(path, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.GroupRead | UnixFileMode.OtherRead);
        return path;
    }

    private static SqliteHandle Open(string path, SessionAccess access) =>
        SqliteOpening
            .OpenAsync(TestBackup.Target(path), new SessionOptions { Access = access, ConnectAttempts = 1 }, default)
            .GetAwaiter()
            .GetResult();

    private static MigrationException Refused(Action action) => Assert.Throws<MigrationException>(action);

    private static void RequireRoot()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux() && Environment.IsPrivilegedProcess, "Only root can be another user.");
        for (var folder = new DirectoryInfo(Path.GetTempPath()); folder is not null; folder = folder.Parent)
            Assert.SkipUnless(
                folder.UnixFileMode.HasFlag(UnixFileMode.OtherExecute),
                $"Other users may not enter '{folder.FullName}': set TMPDIR to a folder that they may enter."
            );
    }

    /// <summary>Lets everybody write in a folder.</summary>
    private static void OpenTo(string folder) => File.SetUnixFileMode(folder, (UnixFileMode)0b111_111_111);

    /// <summary>
    /// Does something on a thread that has nobody's rights to files (<see href="https://man7.org/linux/man-pages/man2/setfsuid.2.html"/>).
    /// It must stay on that thread: what it continues on another one has root's rights.
    /// </summary>
    private static void AsNobody(Action action)
    {
        Exception? thrown = null;
        var thread = new Thread(() =>
        {
            try
            {
                _ = SetGroup(Nobody);
                _ = SetUser(Nobody);
                action();
            }
            catch (Exception e)
            {
                thrown = e;
            }
        });
        thread.Start();
        thread.Join();
        if (thrown is not null)
            throw new InvalidOperationException("As nobody: " + thrown.Message, thrown);
    }

    [LibraryImport("libc", EntryPoint = "setfsuid")]
    private static partial int SetUser(int id);

    [LibraryImport("libc", EntryPoint = "setfsgid")]
    private static partial int SetGroup(int id);
}
