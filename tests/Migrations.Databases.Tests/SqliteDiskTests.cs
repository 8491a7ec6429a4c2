using System.Diagnostics;
using Migrations.Sqlite;
using Migrations.Sqlite.Native;
using Migrations.Testing;

namespace Migrations.Databases.Tests;

/// <summary>The database on a disk that is full, and on one that can only be read. Needs the right to mount.</summary>
public sealed class SqliteDiskTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly string _mount;
    private bool _isMounted;

    public SqliteDiskTests()
    {
        _mount = Directory.CreateDirectory(_folder["disk"]).FullName;
        Directory.CreateDirectory(_folder["migrations"]);
    }

    private string Database => Path.Combine(_mount, "app.db");

    public void Dispose()
    {
        if (_isMounted)
            Run("umount", "-l", _mount);
        _folder.Dispose();
    }

    [Theory]
    [InlineData("DELETE", "each")]
    [InlineData("WAL", "each")]
    [InlineData("DELETE", "all")]
    [InlineData("DELETE", "none")]
    public async Task A_full_disk_is_told_and_the_file_is_as_before(string journal, string mode)
    {
        Mount();
        _folder.Write(
            "migrations/001_a.sql",
            $"PRAGMA journal_mode = {journal};\nCREATE TABLE a (t text);\nINSERT INTO a VALUES ('one');\n"
        );
        await Engine().ApplyAsync();
        var script = _folder.Write("migrations/002_big.sql", "CREATE TABLE b (t text);\nINSERT INTO b SELECT hex(zeroblob(3000000));\n");

        var request = new Planning.ApplyRequest { TransactionMode = Enum.Parse<TransactionMode>(mode, ignoreCase: true) };
        var error = await Assert.ThrowsAnyAsync<MigrationException>(() => Engine().ApplyAsync(request));
        Assert.Equal(ErrorId.DiskFailed, error.Id);
        Assert.Contains("disk", error.NextStep.ToString(), StringComparison.OrdinalIgnoreCase);
        Assert.DoesNotContain("   at ", error.Message, StringComparison.Ordinal);
        Assert.Equal("ok", Ask("PRAGMA integrity_check"));
        Assert.Equal("one", Ask("SELECT t FROM a"));
        Assert.Equal(mode == "none" ? "1" : "0", Ask("SELECT count(*) FROM sqlite_master WHERE name = 'b'"));

        File.WriteAllText(script, "CREATE TABLE b (t text);\nINSERT INTO b VALUES ('small');\n");
        Assert.Single(await Engine().ApplyAsync(request));
        Assert.Equal("small", Ask("SELECT t FROM b"));
    }

    [Fact]
    public async Task A_disk_without_room_for_the_first_page_is_told()
    {
        Mount();
        _folder.Write("migrations/001_a.sql", "CREATE TABLE a (t text);\n");
        await File.WriteAllBytesAsync(Path.Combine(_mount, "ballast"), new byte[(2 * 1024 * 1024) - 8192]);
        var error = await Assert.ThrowsAnyAsync<MigrationException>(() => Engine().ApplyAsync());
        Assert.Equal(ErrorId.DiskFailed, error.Id);
        File.Delete(Path.Combine(_mount, "ballast"));
        Assert.Single(await Engine().ApplyAsync());
    }

    [Theory]
    [InlineData("DELETE")]
    [InlineData("WAL")]
    public async Task A_read_only_mount_is_told_and_can_be_looked_at(string journal)
    {
        Mount();
        _folder.Write("migrations/001_a.sql", $"PRAGMA journal_mode = {journal};\nCREATE TABLE a (t text);\n");
        await Engine().ApplyAsync();
        _folder.Write("migrations/002_b.sql", "CREATE TABLE b (t text);\n");
        Run("mount", "-o", "remount,ro", _mount);

        var error = await Assert.ThrowsAnyAsync<MigrationException>(() => Engine().ApplyAsync());
        Assert.Equal(ErrorId.DatabaseReadOnly, error.Id);
        Assert.Equal("Applied, Pending", string.Join(", ", (await Engine().GetStatusAsync()).Select(s => s.State)));

        Run("mount", "-o", "remount,rw", _mount);
        Assert.Single(await Engine().ApplyAsync());
        Assert.Equal("ok", Ask("PRAGMA integrity_check"));
    }

    private Migrator Engine()
    {
        var driver = new SqliteDriver();
        return new Migrator(driver, driver.Parse(Database, _folder.Path)!, _folder["migrations"]);
    }

    private string? Ask(string sql)
    {
        using var handle = SqliteHandle.Open(SqliteLibrary.Current.Api, Database, SqliteHandle.OpenReadWrite);
        return handle.QueryText(sql);
    }

    private void Mount()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux() && Environment.UserName == "root", "Only root may mount a small disk.");
        _isMounted = Run("mount", "-t", "tmpfs", "-o", "size=2m", "tmpfs", _mount);
        Assert.SkipUnless(_isMounted, "This machine does not allow to mount.");
    }

    private static bool Run(string program, params string[] arguments)
    {
        using var process = Process.Start(
            new ProcessStartInfo(program, arguments) { UseShellExecute = false, RedirectStandardError = true }
        )!;
        process.WaitForExit();
        return process.ExitCode == 0;
    }
}
