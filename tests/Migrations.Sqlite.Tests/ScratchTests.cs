using System.Diagnostics;
using Migrations.Databases;
using Migrations.Events;
using Migrations.Testing;

namespace Migrations.Sqlite.Tests;

public sealed class ScratchTests : IDisposable
{
    private readonly TestFolder _folder = new();
    private readonly SqliteScratch _scratch = new();
    private readonly SqliteDriver _driver = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task An_empty_one_is_made_on_first_use_and_goes_when_it_is_disposed()
    {
        string path;
        await using (var scratch = await _scratch.CreateAsync(new ScratchRequest(), default))
        {
            path = SqliteTarget.PathOf(scratch.Target);
            await using var session = await OpenAsync(scratch);
            await session.History.EnsureAsync(default);
            await session.RunAsync(_folder.Step("CREATE TABLE a (x)"), default);
            Assert.True(File.Exists(path));
            if (!OperatingSystem.IsWindows())
                Assert.Equal(
                    UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute,
                    File.GetUnixFileMode(Path.GetDirectoryName(path)!)
                );
            await using var held = await session.LockAsync(default);
            Assert.Equal(
                [".lock", Path.GetFileName(path)],
                Directory.GetFiles(Path.GetDirectoryName(path)!).Select(Path.GetFileName).Order(StringComparer.Ordinal)
            );
            Assert.Equal("0", ((SqliteSession)session).Connection.Handle.QueryText("PRAGMA synchronous"));
            Assert.Equal("memory", ((SqliteSession)session).Connection.Handle.QueryText("PRAGMA journal_mode"));
        }

        Assert.False(Directory.Exists(Path.GetDirectoryName(path)));
    }

    [Theory]
    [InlineData(ScratchContent.Schema)]
    [InlineData(ScratchContent.Data)]
    public async Task A_copy_has_the_schema_and_the_history(ScratchContent content)
    {
        await _folder.RunAsync("CREATE TABLE first (x)");
        TestSql.Run(_folder.Database, TestBackup.Everything);
        TestSql.Run(_folder.Database, "PRAGMA journal_mode=WAL");
        var before = File.ReadAllBytes(_folder.Database);
        await using var scratch = await _scratch.CreateAsync(new ScratchRequest { Origin = _folder.Target, Content = content }, default);
        await using var session = await OpenAsync(scratch);

        Assert.Equal(await TestBackup.FingerprintAsync(_folder.Database), (await session.Inspector.ReadSchemaAsync(default)).Fingerprint);
        Assert.Equal("001_test", Assert.Single(await session.History.ReadAsync(default)).Name);
        var expected = await TestBackup.ContentAsync(_folder.Database);
        var actual = await session.Inspector.ReadContentAsync(digests: true, default);
        if (content == ScratchContent.Data)
            Assert.Equal(expected, actual);
        else
            Assert.Equal(
                expected.Select(t => (t.Table, t.Table == "migration_journal" ? 1L : 0L)),
                actual.Select(t => (t.Table, t.Rows!.Value))
            );
        Assert.Equal("42", ((SqliteSession)session).Connection.Handle.QueryText("PRAGMA user_version"));
        Assert.Equal("memory", ((SqliteSession)session).Connection.Handle.QueryText("PRAGMA journal_mode"));
        Assert.Equal(before, File.ReadAllBytes(_folder.Database));
    }

    [Fact]
    public async Task A_missing_origin_leaves_nothing_behind()
    {
        var before = Directory.GetDirectories(Path.GetTempPath(), "migrations-scratch-*").ToHashSet();
        var e = await Assert.ThrowsAsync<MigrationException>(() =>
            _scratch.CreateAsync(new ScratchRequest { Origin = _folder.Target, Content = ScratchContent.Data }, default)
        );
        Assert.Equal(ErrorId.DatabaseMissing, e.Id);
        Assert.DoesNotContain(
            Directory.GetDirectories(Path.GetTempPath(), "migrations-scratch-*"),
            d => !before.Contains(d) && File.Exists(Path.Combine(d, "app.db"))
        );
    }

    [Fact]
    public async Task A_leftover_of_which_nothing_is_known_is_named_after_a_day_and_not_removed()
    {
        var time = DateTime.UtcNow.AddHours(-25);
        var old = Directory.CreateDirectory(
            Path.Combine(Path.GetTempPath(), $"migrations-scratch-{time:yyyyMMddHHmmss}-{Guid.NewGuid():N}")
        );
        var young = Directory.CreateDirectory(
            Path.Combine(Path.GetTempPath(), $"migrations-scratch-{DateTime.UtcNow:yyyyMMddHHmmss}-{Guid.NewGuid():N}")
        );
        await using var scratch = await _scratch.CreateAsync(new ScratchRequest(), default);
        try
        {
            var found = await _scratch.FindLeftoversAsync(_folder.Target, _folder.Options, default);
            Assert.Contains(old.FullName, found);
            Assert.DoesNotContain(young.FullName, found);
            Assert.DoesNotContain(Path.GetDirectoryName(SqliteTarget.PathOf(scratch.Target)), found);
            Assert.True(Directory.Exists(young.FullName));
        }
        finally
        {
            old.Delete();
            young.Delete();
        }
    }

    [Fact]
    public async Task One_in_use_is_not_removed_by_the_next()
    {
        await using var first = await _scratch.CreateAsync(new ScratchRequest(), default);
        await using (var second = await _scratch.CreateAsync(new ScratchRequest(), default))
            Assert.True(Directory.Exists(Path.GetDirectoryName(SqliteTarget.PathOf(first.Target))));
        Assert.DoesNotContain(
            Path.GetDirectoryName(SqliteTarget.PathOf(first.Target)),
            await _scratch.FindLeftoversAsync(_folder.Target, _folder.Options, default)
        );
    }

    [Fact]
    public async Task Many_at_once_leave_each_other_alone()
    {
        // Each looks for leftovers just when the others make their folders and lock them.
        await Task.WhenAll(
            Enumerable
                .Range(0, 8)
                .Select(_ =>
                    Task.Run(async () =>
                    {
                        for (var i = 0; i < 100; i++)
                        {
                            await using var scratch = await _scratch.CreateAsync(new ScratchRequest(), default);
                            Assert.True(File.Exists(Path.Combine(Path.GetDirectoryName(SqliteTarget.PathOf(scratch.Target))!, ".lock")));
                            await using var session = await OpenAsync(scratch);
                        }
                    })
                )
        );
    }

    [Fact]
    public async Task One_that_cannot_be_removed_is_reported()
    {
        var events = new RecordingEventSink();
        var scratch = await _scratch.CreateAsync(new ScratchRequest { Session = new SessionOptions { Events = events } }, default);
        var folder = Path.GetDirectoryName(SqliteTarget.PathOf(scratch.Target))!;
        var inTheWay = Directory.CreateDirectory(Path.Combine(folder, "in-the-way"));
        await scratch.DisposeAsync();
        Assert.Contains(folder, Assert.Single(events.Of<WarningRaised>()).Message, StringComparison.Ordinal);
        inTheWay.Delete();
        Directory.Delete(folder);
    }

    [Fact]
    public async Task Many_small_migrations_are_replayed_without_waiting_for_the_disk()
    {
        var steps = Enumerable
            .Range(0, 200)
            .Select(i => _folder.Step($"CREATE TABLE t{i} (id INTEGER PRIMARY KEY, a TEXT); CREATE INDEX i{i} ON t{i} (a);"))
            .ToList();
        await using var scratch = await _scratch.CreateAsync(new ScratchRequest(), default);
        await using var session = await OpenAsync(scratch);
        await session.History.EnsureAsync(default);
        var clock = Stopwatch.StartNew();
        foreach (var step in steps)
            await session.RunAsync(step, default);
        Assert.InRange(clock.ElapsedMilliseconds, 0, 3000);
    }

    private Task<IDatabaseSession> OpenAsync(IScratchDatabase scratch) =>
        _driver.OpenAsync(scratch.Target, _folder.Options with { Access = SessionAccess.Create }, default);
}
