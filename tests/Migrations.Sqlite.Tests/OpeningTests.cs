using System.Security.Cryptography;
using Migrations.Databases;
using Migrations.Events;
using Migrations.Sqlite.Native;

namespace Migrations.Sqlite.Tests;

public sealed class OpeningTests : IDisposable
{
    private readonly TestFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData(SessionAccess.Read)]
    [InlineData(SessionAccess.Write)]
    public async Task A_missing_file_is_an_error_and_is_not_made(SessionAccess access)
    {
        var error = await Assert.ThrowsAsync<MigrationException>(() => _folder.OpenAsync(access));

        Assert.Equal(ErrorId.DatabaseMissing, error.Id);
        Assert.Empty(Directory.GetFileSystemEntries(_folder.Path));
    }

    [Theory]
    [InlineData("100%.db")]
    [InlineData("a%41.db")]
    [InlineData("a%00b.db")]
    [InlineData("a#b.db")]
    [InlineData("a?immutable=0&b.db")]
    [InlineData("a\\b.db")]
    [InlineData("ü €'\".db")]
    public void A_file_of_any_name_is_read_where_nothing_may_be_written(string name)
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "Windows does not allow such names.");
        var path = Path.Combine(_folder.Path, name);
        // What the code in the name stands for must not be read in its place.
        foreach (var (file, table) in new[] { (Path.Combine(_folder.Path, "aA.db"), "wrong"), (path, "right") })
        {
            using var made = SqliteHandle.Open(SqliteLibrary.Current.Api, file, SqliteHandle.OpenReadWrite | SqliteHandle.OpenCreate);
            made.Execute($"CREATE TABLE {table} (x)");
        }

        using var handle = SqliteOpening.OpenImmutable(path);
        Assert.Equal("right", handle.QueryText("SELECT name FROM sqlite_master"));
    }

    [Fact]
    public async Task A_missing_folder_is_an_error_that_says_so()
    {
        var driver = new SqliteDriver();
        var target = driver.Parse("no/such/app.db", _folder.Path)!;

        var error = await Assert.ThrowsAsync<MigrationException>(() =>
            driver.OpenAsync(target, new SessionOptions { Access = SessionAccess.Create }, default)
        );

        Assert.Equal(ErrorId.DatabaseFolderMissing, error.Id);
        Assert.Contains(Path.Combine(_folder.Path, "no/such"), error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(SessionAccess.Read)]
    [InlineData(SessionAccess.Create)]
    public async Task A_file_that_is_no_database_is_an_error_and_stays_as_it_is(SessionAccess access)
    {
        var text = string.Concat(Enumerable.Repeat("This is no database.\n", 100));
        File.WriteAllText(_folder.Database, text);

        var error = await Assert.ThrowsAsync<MigrationException>(() => _folder.OpenAsync(access));

        Assert.Equal(ErrorId.DatabaseInvalid, error.Id);
        Assert.Contains("SQLITE_NOTADB (26)", error.Message, StringComparison.Ordinal);
        Assert.Equal(text, File.ReadAllText(_folder.Database));
    }

    [Fact]
    public async Task A_folder_is_no_database()
    {
        Directory.CreateDirectory(_folder.Database);

        var error = await Assert.ThrowsAsync<MigrationException>(() => _folder.OpenAsync());

        Assert.Equal(ErrorId.DatabaseInvalid, error.Id);
    }

    [Fact]
    public async Task An_empty_file_is_an_empty_database()
    {
        File.WriteAllText(_folder.Database, "");
        await using var session = await _folder.OpenAsync(SessionAccess.Read);

        Assert.Empty(await session.History.ReadAsync(default));
        Assert.Single(Directory.GetFiles(_folder.Path));
    }

    [Theory]
    [InlineData("DELETE", false)]
    [InlineData("WAL", false)]
    [InlineData("WAL", true)]
    public async Task Reading_leaves_everything_as_it_was(string mode, bool withLog)
    {
        await MakeDatabaseAsync(mode, withLog);
        var before = Contents();

        await using (var session = await _folder.OpenAsync(SessionAccess.Read))
            Assert.Equal(withLog ? 2 : 1, (await session.History.ReadAsync(default)).Count);

        Assert.Equal(before, Contents());
    }

    [Fact]
    public async Task What_a_killed_process_left_is_undone_by_who_looks_first()
    {
        await MakeDatabaseAsync("DELETE", withLog: false);
        using (var handle = SqliteHandle.Open(SqliteLibrary.Current.Api, _folder.Database, SqliteHandle.OpenReadWrite))
        {
            handle.Execute("PRAGMA cache_size=1");
            handle.Execute("BEGIN");
            handle.Execute("DELETE FROM migration_journal");
            handle.Execute(
                "INSERT INTO a WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n LIMIT 20000) SELECT randomblob(100) FROM n"
            );
            // As it lies there when the process is killed now.
            File.Copy(_folder.Database, _folder.Database + "2");
            File.Copy(_folder.Database + "-journal", _folder.Database + "2-journal");
        }

        var driver = new SqliteDriver();
        await using var session = await driver.OpenAsync(driver.Parse(_folder.Database + "2", "/")!, new SessionOptions(), default);

        Assert.Single(await session.History.ReadAsync(default));
    }

    [Fact]
    public async Task A_reading_session_cannot_write()
    {
        await MakeDatabaseAsync("DELETE", withLog: false);
        await using var session = await _folder.OpenAsync(SessionAccess.Read);

        var error = await Assert.ThrowsAsync<MigrationException>(() => session.History.AppendAsync(TestFolder.Entry("9"), default));

        Assert.Equal(ErrorId.DatabaseReadOnly, error.Id);
    }

    [Fact]
    public async Task Names_with_every_kind_of_character_work()
    {
        var driver = new SqliteDriver();
        var target = driver.Parse(Path.Combine(_folder.Path, "a b'c#d?e%41ü.db"), "/")!;

        await using (var session = await driver.OpenAsync(target, new SessionOptions { Access = SessionAccess.Create }, default))
            await session.History.EnsureAsync(default);

        Assert.Equal("a b'c#d?e%41ü.db", Path.GetFileName(Directory.GetFiles(_folder.Path).Single()));
    }

    [Fact]
    public async Task A_busy_database_is_tried_again_and_each_attempt_is_told()
    {
        await MakeDatabaseAsync("DELETE", withLog: false);
        using var other = SqliteHandle.Open(SqliteLibrary.Current.Api, _folder.Database, SqliteHandle.OpenReadWrite);
        other.Execute("BEGIN EXCLUSIVE");
        _folder.Events.Clear();
        var options = _folder.Options with
        {
            ConnectAttempts = 3,
            ConnectDelay = TimeSpan.FromMilliseconds(10),
            TableLockTimeout = TimeSpan.FromMilliseconds(10),
        };

        var error = await Assert.ThrowsAsync<MigrationException>(() => _folder.OpenAsync(SessionAccess.Read, options));

        Assert.Equal(ErrorId.TableLockTimedOut, error.Id);
        Assert.Equal(3, _folder.Events.OfType<ConnectionAttempted>().Count());
        Assert.Equal(2, _folder.Events.OfType<ConnectionRetried>().Count());
    }

    private async Task MakeDatabaseAsync(string mode, bool withLog)
    {
        await using (var session = await _folder.OpenReadyAsync())
        {
            await session.RunAsync(_folder.Step("CREATE TABLE a (x);"), default);
            ((SqliteSession)session).Connection.Handle.Execute("PRAGMA journal_mode=" + mode);
        }

        if (!withLog)
            return;
        using var handle = SqliteHandle.Open(SqliteLibrary.Current.Api, _folder.Database, SqliteHandle.OpenReadWrite);
        handle.Api.Configure(handle.Pointer, 1006, on: true);
        handle.Execute(
            "INSERT INTO migration_journal SELECT NULL, run_id, service, '2', name, description, semantic_version, "
                + "direction, event, checksum, applied_at, applied_by, host, execution_time_ms, rows_affected, success, "
                + "error_message, statement_index, schema_fingerprint, tool_version, script FROM migration_journal"
        );
    }

    private string Contents() =>
        string.Join(
            '\n',
            Directory
                .GetFiles(_folder.Path)
                .Order(StringComparer.Ordinal)
                .Where(f => !f.EndsWith("-shm", StringComparison.Ordinal) || new FileInfo(f).Length == 0)
                .Select(f => f + " " + Convert.ToHexString(SHA256.HashData(File.ReadAllBytes(f))))
        );
}
