using System.Diagnostics;
using Migrations.Databases;
using Migrations.Events;

namespace Migrations.Sqlite.Tests;

public sealed class LockTests : IDisposable
{
    private readonly TestFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task A_second_session_waits_names_the_holder_and_gives_up()
    {
        await using var first = await _folder.OpenReadyAsync();
        await using var taken = await first.LockAsync(default);
        await first.RunAsync(_folder.Step("CREATE TABLE a (x);"), default);
        await using var second = await _folder.OpenAsync(options: _folder.Options with { LockTimeout = TimeSpan.FromMilliseconds(300) });

        var clock = Stopwatch.StartNew();
        var error = await Assert.ThrowsAsync<LockException>(() => second.LockAsync(default));

        Assert.Equal(ErrorId.LockTimedOut, error.Id);
        Assert.InRange(clock.ElapsedMilliseconds, 290, 5000);
        Assert.Equal((Environment.ProcessId, "001_test"), (error.Holder!.ProcessId, error.Holder.Migration));
        Assert.Contains("001_test", error.Message, StringComparison.Ordinal);
        Assert.Equal(Environment.ProcessId, Assert.Single(_folder.Events.OfType<LockAwaited>()).Holder!.ProcessId);
        Assert.Equal(Environment.UserName, (await second.Inspector.FindLockHolderAsync(default))!.User);
    }

    [Fact]
    public async Task A_lock_that_is_let_go_is_taken_by_who_waits()
    {
        await using var first = await _folder.OpenAsync();
        await using var second = await _folder.OpenAsync();
        var taken = await first.LockAsync(default);

        var waiting = second.LockAsync(default);
        await Task.Delay(100);
        Assert.False(waiting.IsCompleted);
        await taken.DisposeAsync();

        await using var other = await waiting;
        Assert.NotNull(await first.Inspector.FindLockHolderAsync(default));
    }

    [Fact]
    public async Task Nobody_holds_a_lock_whose_file_only_lies_there()
    {
        await using (var session = await _folder.OpenAsync())
        {
            await using (await session.LockAsync(default))
                Assert.True(File.Exists(_folder.Database + ".migrate-lock.owner"));
            File.WriteAllText(_folder.Database + ".migrate-lock.owner", "process 1\n");

            Assert.True(File.Exists(_folder.Database + ".migrate-lock"));
            Assert.Null(await session.Inspector.FindLockHolderAsync(default));
        }
    }

    [Fact]
    public async Task Looking_for_a_holder_creates_nothing()
    {
        await using var session = await _folder.OpenAsync();
        Assert.Null(await session.Inspector.FindLockHolderAsync(default));
        Assert.False(File.Exists(_folder.Database + ".migrate-lock"));
    }

    [Fact]
    public async Task Disposing_the_session_frees_the_lock()
    {
        var first = await _folder.OpenAsync();
        _ = await first.LockAsync(default);
        await first.DisposeAsync();

        await using var second = await _folder.OpenAsync(options: _folder.Options with { LockTimeout = TimeSpan.Zero });
        await using var taken = await second.LockAsync(default);
    }

    [Fact]
    public async Task Two_names_of_one_file_are_one_lock()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "Making links needs a privilege there.");
        var links = Directory.CreateTempSubdirectory("links-").FullName;
        try
        {
            await using var first = await _folder.OpenAsync();
            await using var taken = await first.LockAsync(default);
            File.CreateSymbolicLink(Path.Combine(links, "file.db"), _folder.Database);
            Directory.CreateSymbolicLink(Path.Combine(links, "folder"), _folder.Path);
            var driver = new SqliteDriver();

            foreach (var name in new[] { "file.db", "folder/app.db" })
            {
                var target = driver.Parse(name, links)!;
                await using var second = await driver.OpenAsync(
                    target,
                    _folder.Options with
                    {
                        Access = SessionAccess.Write,
                        LockTimeout = TimeSpan.Zero,
                    },
                    default
                );
                await Assert.ThrowsAsync<LockException>(() => second.LockAsync(default));
            }
        }
        finally
        {
            Directory.Delete(links, recursive: true);
        }
    }

    [Fact]
    public async Task Another_process_holds_the_lock_until_it_dies()
    {
        Assert.SkipUnless(File.Exists("/usr/bin/flock"), "The command flock serves as the other process.");
        using var holder = Process.Start(
            new ProcessStartInfo(
                "/usr/bin/flock",
                ["--exclusive", _folder.Database + ".migrate-lock", "sh", "-c", "echo held; exec sleep 60"]
            )
            {
                RedirectStandardOutput = true,
                UseShellExecute = false,
            }
        )!;
        try
        {
            Assert.Equal("held", await holder.StandardOutput.ReadLineAsync());
            await using var session = await _folder.OpenAsync(
                options: _folder.Options with
                {
                    LockTimeout = TimeSpan.FromMilliseconds(100),
                }
            );

            Assert.NotNull(await session.Inspector.FindLockHolderAsync(default));
            await Assert.ThrowsAsync<LockException>(() => session.LockAsync(default));

            holder.Kill(entireProcessTree: true);
            await holder.WaitForExitAsync();
            await using var taken = await session.LockAsync(default);
        }
        finally
        {
            if (!holder.HasExited)
                holder.Kill(entireProcessTree: true);
        }
    }

    [Fact]
    public async Task A_database_in_memory_needs_no_lock()
    {
        var driver = new SqliteDriver();
        await using var session = await driver.OpenAsync(
            driver.Parse(":memory:", "/")!,
            new SessionOptions { Access = SessionAccess.Create },
            default
        );
        await using var taken = await session.LockAsync(default);

        await session.History.EnsureAsync(default);
        await session.RunAsync(_folder.Step("CREATE TABLE a (x);"), default);
        Assert.Single(await session.History.ReadAsync(default));
        Assert.Null(await session.Inspector.FindLockHolderAsync(default));
    }
}
