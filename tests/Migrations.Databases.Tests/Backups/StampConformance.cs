using Migrations.Backup;
using Migrations.Configuration;
using Migrations.Events;
using Migrations.History;
using Migrations.Planning;

namespace Migrations.Databases.Tests.Backups;

/// <summary>A database that is stamped as that of an environment: what takes away from it must name that environment.</summary>
public abstract class StampConformance(DatabaseKind kind) : BackupSuite(kind)
{
    // Stamp of the database, environment that is named, environment that asks for confirmation: whether something may be taken away.
    public static TheoryData<string?, string?, string?, bool> Calls =>
        new()
        {
            { null, null, null, true },
            { null, "staging", "production", true },
            { "production", "production", "production", true },
            { "production", null, null, true },
            { "staging", null, "production", true },
            { "production", null, "production", false },
            { "production", "staging", null, false },
            { "staging", "production", "production", false },
            { "Production", "production", null, false },
        };

    [Theory]
    [MemberData(nameof(Calls))]
    public async Task An_undo_needs_the_environment_of_the_stamp(string? stamp, string? named, string? confirms, bool may)
    {
        await FillAsync();
        await StampAsync(stamp);
        var engine = Engine(o => o with { Stamp = Expected(named, confirms) });
        Assert.Empty(await engine.ApplyAsync());
        foreach (
            var request in new[]
            {
                new UndoRequest(),
                new UndoRequest { All = true },
            }
        )
        {
            var accepted = request with { AcceptDataLoss = true };
            if (may)
            {
                await engine.PlanUndoAsync(request);
                continue;
            }

            var before = await StateAsync();
            await RefusedAsync(stamp!, () => engine.PlanUndoAsync(request));
            await RefusedAsync(stamp!, () => engine.UndoAsync(accepted));
            Assert.Equal(before, await StateAsync());
        }

        if (may)
            Assert.Equal("003_c, 002_b, 001_a", Names(await engine.UndoAsync(new UndoRequest { All = true, AcceptDataLoss = true })));
        Assert.Equal(stamp, (await Engine().GetSummaryAsync()).Stamp);
    }

    [Theory]
    [MemberData(nameof(Calls))]
    public async Task A_restore_needs_the_environment_of_the_stamp(string? stamp, string? named, string? confirms, bool may)
    {
        await FillAsync();
        var backup = await BackUpAsync();
        await StampAsync(stamp);
        var before = await StateAsync();
        var manager = ManagerFor(named, confirms);
        if (may)
        {
            Assert.Equal(stamp ?? named, (await manager.RestoreAsync(backup)).Stamp);
            Assert.Equal(stamp ?? named, (await Engine().GetSummaryAsync()).Stamp);
            return;
        }

        await RefusedAsync(stamp!, () => manager.RestoreAsync(backup));
        Assert.Equal(before, await StateAsync());
        Assert.DoesNotContain(Listing(), name => name.Contains("before_restore", StringComparison.Ordinal));
    }

    // Stamps: of the backup, of the database that it replaces, of the environment that is named; and what the restored one has.
    [Theory]
    [InlineData(BackupFormat.Native, "production", "staging", "staging", "staging")]
    [InlineData(BackupFormat.Sql, "production", "staging", "staging", "staging")]
    [InlineData(BackupFormat.Native, "production", "staging", null, "staging")]
    [InlineData(BackupFormat.Native, "production", null, "staging", "staging")]
    [InlineData(BackupFormat.Native, "production", null, null, null)]
    [InlineData(BackupFormat.Sql, "production", null, null, null)]
    [InlineData(BackupFormat.Native, null, "staging", null, "staging")]
    [InlineData(BackupFormat.Native, "production", "production", "production", "production")]
    public async Task A_restored_database_has_the_stamp_of_the_one_that_it_replaced(
        BackupFormat format,
        string? ofBackup,
        string? had,
        string? named,
        string? expected
    )
    {
        await FillAsync();
        await StampAsync(ofBackup);
        var backup = await BackUpAsync(r => r with { Format = format, Digests = true });
        Assert.Equal(ofBackup, backup.Stamp);
        Assert.Equal(ofBackup, (await Catalogue.ReadAsync(Backups)).Single().Stamp);
        await StampAsync(had, isRemoved: had is null && ofBackup is not null);

        var result = await ManagerFor(named).RestoreAsync(backup);

        Assert.All(result.Checks, c => Assert.NotEqual(CheckStatus.Fail, c.Status));
        Assert.Equal(expected, result.Stamp);
        Assert.Equal(expected, (await Engine().GetSummaryAsync()).Stamp);
        Assert.Equal("001_a Applied, 002_b Applied, 003_c Applied", await StatesAsync());
        Assert.Equal(
            expected is null && ofBackup is not null,
            Events.Of<WarningRaised>().Any(w => w.Message.Contains("the stamp was removed", StringComparison.Ordinal))
        );
        // What was restored goes on as any other history does.
        Assert.Single(await UndoAsync());
    }

    [Fact]
    public async Task A_backup_without_a_history_gets_a_stamp()
    {
        await Database.ExecuteAsync("CREATE TABLE a (id integer PRIMARY KEY)");
        var backup = await BackUpAsync();
        Assert.Equal("staging", (await ManagerFor("staging").RestoreAsync(backup)).Stamp);
        ThreeTables();
        Assert.Equal("staging", (await Engine().GetSummaryAsync()).Stamp);
    }

    [Theory]
    [InlineData(null, null, true)]
    [InlineData("production", "production", true)]
    [InlineData("staging", null, false)]
    [InlineData(null, "production", false)]
    public async Task Backups_of_another_environment_are_not_removed(string? named, string? confirms, bool may)
    {
        await FillAsync();
        var unstamped = await BackUpAsync();
        await StampAsync("production");
        var old = await BackUpAsync() with { CreatedAt = unstamped.CreatedAt.AddSeconds(1) };
        var newest = old with { CreatedAt = unstamped.CreatedAt.AddSeconds(2) };
        var decisions = BackupRetention.Decide([unstamped, old, newest], new RetentionPolicy { KeepLast = 1 }, DateTimeOffset.UtcNow);
        var expected = Expected(named, confirms);
        if (may)
            BackupRetention.DemandStamps(decisions, expected);
        else
            await RefusedAsync("production", () => Task.Run(() => BackupRetention.DemandStamps(decisions, expected)));
        BackupRetention.DemandStamps([.. decisions.Select(d => d with { Keep = true })], expected);
    }

    private static ExpectedStamp Expected(string? named, string? confirms = null) =>
        new() { Own = named, Protected = confirms is null ? [] : [confirms] };

    private BackupManager ManagerFor(string? named, string? confirms = null) =>
        new(Kind.Driver, Target(), Options with { Stamp = Expected(named, confirms) });

    private async Task RefusedAsync(string stamp, Func<Task> call)
    {
        var error = await ThrowsAsync<MigrationException>(ErrorId.StampDiffers, call);
        Assert.Contains($"'{stamp}'", error.Message, StringComparison.Ordinal);
        Assert.Contains($"--environment {stamp}", error.NextStep.ToString(), StringComparison.Ordinal);
    }

    private async Task StampAsync(string? stamp, bool isRemoved = false)
    {
        if (stamp is not null)
            await Engine().StampAsync(stamp);
        if (!isRemoved)
            return;
        await using var session = await Kind.Driver.OpenAsync(
            Target(),
            new SessionOptions { Access = SessionAccess.Write },
            CancellationToken.None
        );
        await using var held = await session.LockAsync(CancellationToken.None);
        _ = await session.History.ReadAsync(CancellationToken.None);
        await session.History.AppendAsync(
            new JournalRecorder(Kind.Driver.Dialect, service: null).Stamped("production", isRemoved: true),
            CancellationToken.None
        );
    }
}

public sealed class SqliteStampTests() : StampConformance(DatabaseKind.Sqlite)
{
    [Fact]
    public async Task A_backup_has_its_stamp_also_where_a_newer_version_wrote_other_rows()
    {
        await FillAsync();
        await Engine().StampAsync("production");
        await Database.ExecuteAsync("UPDATE migration_journal SET event = 'of_tomorrow' WHERE name = '002_b'");
        Assert.Equal("production", (await BackUpAsync()).Stamp);
    }
}

public sealed class PostgreSqlStampTests() : StampConformance(DatabaseKind.PostgreSql);
