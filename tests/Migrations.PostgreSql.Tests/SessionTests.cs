using Migrations.Databases;
using Migrations.Events;
using Migrations.History;
using Xunit;

namespace Migrations.PostgreSql.Tests;

/// <summary>Connections, history and lock on a real server.</summary>
public sealed class SessionTests
{
    [Fact]
    public async Task A_wrong_password_is_told_at_once_and_not_retried()
    {
        await using var fixture = await DriverFixture.CreateAsync();
        var address = fixture.Database.Server.UrlOf(fixture.Database.Name, password: "geheim");
        var error = await Assert.ThrowsAsync<MigrationException>(() => fixture.OpenAsync(o => o with { ConnectAttempts = 5 }, address));
        Assert.Equal(ErrorId.AuthenticationFailed, error.Id);
        Assert.DoesNotContain("geheim", error.ToString(), StringComparison.Ordinal);
        Assert.Single(fixture.Events.Of<ConnectionAttempted>());
    }

    [Fact]
    public async Task A_missing_database_is_told_with_the_command_that_creates_it()
    {
        await using var fixture = await DriverFixture.CreateAsync();
        var error = await Assert.ThrowsAsync<MigrationException>(() => fixture.OpenAsync(address: fixture.Database.Server.UrlOf("nope")));
        Assert.Equal(ErrorId.DatabaseMissing, error.Id);
        Assert.Contains("createdb nope", error.NextStep.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_unreachable_server_is_tried_as_often_as_asked()
    {
        await using var fixture = await DriverFixture.CreateAsync();
        var error = await Assert.ThrowsAsync<MigrationException>(() =>
            fixture.OpenAsync(
                o => o with { ConnectAttempts = 3, ConnectDelay = TimeSpan.FromMilliseconds(10) },
                "postgres://me:geheim@127.0.0.1:1/db"
            )
        );
        Assert.Equal(ErrorId.ConnectionFailed, error.Id);
        Assert.Equal([1, 2, 3], fixture.Events.Of<ConnectionAttempted>().Select(e => e.Attempt));
        Assert.Equal(2, fixture.Events.Of<ConnectionRetried>().Count);
        Assert.DoesNotContain("geheim", error + fixture.Events.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Reading_creates_nothing()
    {
        await using var fixture = await DriverFixture.CreateAsync();
        var session = await fixture.OpenAsync();
        Assert.Empty(await session.History.ReadAsync(CancellationToken.None));
        Assert.Null(await session.Inspector.FindLockHolderAsync(CancellationToken.None));
        Assert.Empty(await fixture.Database.TablesAsync());
    }

    [Fact]
    public async Task The_history_comes_in_the_order_of_its_numbers_wherever_its_rows_stand()
    {
        await using var fixture = await DriverFixture.CreateAsync();
        var writer = await fixture.BeginAsync();
        foreach (var name in (string[])["a", "b", "c"])
            await writer.History.AppendAsync(fixture.Entry(name, JournalEvent.Baselined), CancellationToken.None);
        await fixture.Database.ExecuteAsync("UPDATE migration_journal SET host = 'h' WHERE name IN ('a', 'b')");
        var reader = await fixture.OpenAsync(o => o with { Access = SessionAccess.Read });

        // As the first thing that a connection is asked for, and later.
        foreach (var _ in (int[])[1, 2])
            Assert.Equal(["a", "b", "c"], (await reader.History.ReadAsync(CancellationToken.None)).Select(e => e.Name));
    }

    [Fact]
    public async Task A_row_comes_back_as_it_was_appended()
    {
        await using var fixture = await DriverFixture.CreateAsync();
        var session = await fixture.BeginAsync(o => o with { HistorySchema = "own schema", HistoryTable = "hi\"story" });
        foreach (var what in Enum.GetValues<JournalEvent>())
        {
            var entry = fixture.Entry("n", what) with
            {
                Service = "s",
                Version = "1.2",
                Description = "d",
                SemanticVersion = "1.0.0",
                Direction = MigrationDirection.Down,
                Checksum = "c",
                ExecutionTimeMs = 5,
                RowsAffected = 7,
                ErrorMessage = "e\\'",
                StatementIndex = 3,
                SchemaFingerprint = "f",
                Script = "SELECT 1;",
            };
            await session.History.AppendAsync(entry, CancellationToken.None);
            var read = (await session.History.ReadAsync(CancellationToken.None))[^1];
            Assert.Equal(entry with { Id = read.Id, AppliedAt = read.AppliedAt, Script = null }, read);
            Assert.Equal("SELECT 1;", await session.History.ReadScriptAsync(read.Id, CancellationToken.None));
        }
    }

    [Fact]
    public async Task A_table_of_that_name_with_other_columns_is_left_alone()
    {
        await using var fixture = await DriverFixture.CreateAsync();
        await fixture.Database.ExecuteAsync("CREATE TABLE migration_journal (id int, name text)");
        var session = await fixture.OpenAsync();
        foreach (
            var act in (Func<Task>[])
                [() => session.History.ReadAsync(CancellationToken.None), () => session.History.EnsureAsync(CancellationToken.None)]
        )
            Assert.Equal(ErrorId.HistoryTableConflict, (await Assert.ThrowsAsync<MigrationException>(act)).Id);
    }

    [Fact]
    public async Task Several_sessions_may_create_the_history_at_once()
    {
        await using var fixture = await DriverFixture.CreateAsync();
        var sessions = await Task.WhenAll(Enumerable.Range(0, 6).Select(_ => fixture.OpenAsync(o => o with { HistorySchema = "h" })));
        await Task.WhenAll(sessions.Select(s => s.History.EnsureAsync(CancellationToken.None)));
        Assert.Equal(["h.migration_journal"], await fixture.Database.TablesAsync());
    }

    [Fact]
    public async Task A_role_with_few_rights_can_run_once_the_history_exists()
    {
        await using var fixture = await DriverFixture.CreateAsync();
        var role = "role_" + Guid.NewGuid().ToString("N");
        var address = fixture.Database.Server.UrlOf(fixture.Database.Name, role, "geheim");
        await fixture.Database.ExecuteAsync(
            $"CREATE ROLE {role} LOGIN PASSWORD 'geheim'; REVOKE CREATE ON SCHEMA public FROM PUBLIC; CREATE SCHEMA own "
                + $"AUTHORIZATION {role}"
        );
        try
        {
            var poor = await fixture.OpenAsync(address: address);
            var error = await Assert.ThrowsAsync<MigrationException>(() => poor.History.EnsureAsync(CancellationToken.None));
            Assert.Equal(ErrorId.PermissionDenied, error.Id);
            Assert.Contains("GRANT CREATE, USAGE ON SCHEMA \"public\"", error.NextStep.ToString(), StringComparison.Ordinal);
            await (await fixture.OpenAsync()).History.EnsureAsync(CancellationToken.None);
            Assert.Contains(
                "GRANT SELECT, INSERT",
                (await Assert.ThrowsAsync<MigrationException>(() => poor.History.ReadAsync(CancellationToken.None))).NextStep.ToString(),
                StringComparison.Ordinal
            );
            await fixture.Database.ExecuteAsync(
                $"GRANT USAGE ON SCHEMA public TO {role}; GRANT SELECT, INSERT ON migration_journal TO {role}"
            );
            await poor.LockAsync(CancellationToken.None);
            await poor.History.EnsureAsync(CancellationToken.None);
            await poor.RunAsync(
                fixture.Step("CREATE TABLE own.t (a int); SET search_path = own; INSERT INTO t VALUES (1)"),
                CancellationToken.None
            );
            Assert.Equal(1, Assert.Single(await poor.History.ReadAsync(CancellationToken.None)).RowsAffected);
            await poor.DisposeAsync();
        }
        finally
        {
            await fixture.Database.ExecuteAsync($"DROP OWNED BY {role}; DROP ROLE {role}");
        }
    }

    [Fact]
    public async Task The_lock_lets_one_in_and_says_who_that_is()
    {
        await using var fixture = await DriverFixture.CreateAsync();
        var first = await fixture.OpenAsync();
        var second = await fixture.OpenAsync(o => o with { LockTimeout = TimeSpan.FromMilliseconds(300) });
        var other = await fixture.OpenAsync(o => o with { HistorySchema = "other" });
        await using (await first.LockAsync(CancellationToken.None))
        {
            await other.LockAsync(CancellationToken.None);
            var error = await Assert.ThrowsAsync<LockException>(() => second.LockAsync(CancellationToken.None));
            Assert.Equal(
                (ErrorId.LockTimedOut, Environment.ProcessId, Environment.MachineName),
                (error.Id, error.Holder!.ProcessId, error.Holder.Host)
            );
            Assert.Contains($"process {Environment.ProcessId}", error.Message, StringComparison.Ordinal);
            Assert.Equal(error.Holder, Assert.Single(fixture.Events.Of<LockAwaited>()).Holder);
            Assert.Equal(error.Holder, await second.Inspector.FindLockHolderAsync(CancellationToken.None));
        }

        Assert.Null(await second.Inspector.FindLockHolderAsync(CancellationToken.None));
        await second.LockAsync(CancellationToken.None);
    }

    [Fact]
    public async Task Who_waits_sees_which_migration_runs()
    {
        await using var fixture = await DriverFixture.CreateAsync();
        var session = await fixture.BeginAsync();
        var other = await fixture.OpenAsync();
        var running = session.RunAsync(fixture.Step("SELECT pg_sleep(1)", "007_long"), CancellationToken.None);
        LockHolder? holder;
        do holder = await other.Inspector.FindLockHolderAsync(CancellationToken.None);
        while (holder?.Migration is null && !running.IsCompleted);
        Assert.Equal("007_long", holder?.Migration);
        await running;
    }

    [Fact]
    public async Task The_lock_is_free_when_its_session_is_gone()
    {
        await using var fixture = await DriverFixture.CreateAsync();
        var first = await fixture.OpenAsync();
        await first.LockAsync(CancellationToken.None);
        var waiting = (await fixture.OpenAsync()).LockAsync(CancellationToken.None);
        await Task.Delay(200);
        Assert.False(waiting.IsCompleted);
        await first.DisposeAsync();
        await waiting;
    }
}
