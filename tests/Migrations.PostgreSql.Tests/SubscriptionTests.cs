using Migrations.Databases;
using Migrations.Events;
using Migrations.Testing;
using Xunit;

namespace Migrations.PostgreSql.Tests;

/// <summary>Databases with subscriptions: a copy has them too, and the server drops none that has any.</summary>
public sealed class SubscriptionTests
{
    private static readonly PostgreSqlDriver Driver = new();

    public SubscriptionTests() => Prerequisite.PgDump();

    [Fact]
    public async Task A_copy_with_a_subscription_is_dropped_and_its_slot_left_alone()
    {
        await using var fixture = await DriverFixture.CreateAsync();
        // A name of a slot that is not there: dropping it would fail.
        await fixture.Database.ExecuteAsync(
            "CREATE TABLE t (a int); CREATE SUBSCRIPTION \"s 1\" CONNECTION 'dbname=nowhere' PUBLICATION p WITH (connect = "
                + "false, slot_name = 'somebodys')"
        );
        try
        {
            string name;
            var events = new RecordingEventSink();
            await using (
                var scratch = await Driver.Scratch.CreateAsync(
                    new ScratchRequest
                    {
                        Origin = Target(fixture),
                        Content = ScratchContent.Data,
                        Session = new SessionOptions { Events = events },
                    },
                    CancellationToken.None
                )
            )
                name = scratch.Target.Database;
            Assert.Equal("0", await fixture.Database.ScalarAsync($"SELECT count(*) FROM pg_database WHERE datname = '{name}'"));
            Assert.Empty(events.Of<WarningRaised>());
            Assert.Equal("1", await fixture.Database.ScalarAsync("SELECT count(*) FROM pg_subscription WHERE subslotname = 'somebodys'"));
        }
        finally
        {
            await DropAsync(fixture.Database);
        }
    }

    [Fact]
    public async Task A_copy_that_cannot_be_dropped_is_reported()
    {
        await using var fixture = await DriverFixture.CreateAsync();
        var events = new RecordingEventSink();
        var scratch = await Driver.Scratch.CreateAsync(
            new ScratchRequest
            {
                Origin = Target(fixture),
                Session = new SessionOptions { Events = events },
            },
            CancellationToken.None
        );
        var name = scratch.Target.Database;
        await fixture.Database.Server.ExecuteAsync($"ALTER DATABASE {name} IS_TEMPLATE true");
        await scratch.DisposeAsync();
        Assert.Contains(name, Assert.Single(events.Of<WarningRaised>()).Message, StringComparison.Ordinal);
        await fixture.Database.Server.ExecuteAsync($"ALTER DATABASE {name} IS_TEMPLATE false");
        await fixture.Database.Server.ExecuteAsync($"DROP DATABASE {name}");
    }

    [Fact]
    public async Task A_restored_subscription_is_disabled_and_reported()
    {
        await using var fixture = await DriverFixture.CreateAsync();
        using var folder = new TemporaryFolder();
        await fixture.Database.ExecuteAsync(
            "CREATE TABLE t (a int); CREATE SUBSCRIPTION s CONNECTION 'dbname=nowhere' PUBLICATION p WITH (connect = false, "
                + "slot_name = NONE)"
        );
        var path = Path.Combine(folder.Path, "x.dump");
        var kept = "kept_" + Guid.NewGuid().ToString("N");
        await Driver.Backups.BackUpAsync(Target(fixture), new BackupJob { Path = path }, CancellationToken.None);
        try
        {
            var outcome = await Driver.Backups.RestoreAsync(
                new BackupSource(path, BackupFormat.Native),
                Target(fixture),
                new RestoreJob { KeepFolder = folder.Path, KeepName = kept },
                CancellationToken.None
            );
            Assert.Contains("subscriptions are disabled", outcome.How, StringComparison.Ordinal);
            Assert.Equal(
                "False",
                await fixture.Database.ScalarAsync(
                    "SELECT subenabled FROM pg_subscription WHERE subdbid = (SELECT oid FROM pg_database WHERE datname = "
                        + "current_database())"
                )
            );
        }
        finally
        {
            await DropAsync(fixture.Database);
            await using var old = PostgreSqlTestDatabase.Of(fixture.Database.Server, kept);
            await DropAsync(old);
        }
    }

    private static async Task DropAsync(PostgreSqlTestDatabase database)
    {
        foreach (
            var name in await database.RowsAsync(
                "SELECT quote_ident(subname) FROM pg_subscription WHERE subdbid = (SELECT oid FROM pg_database WHERE datname = "
                    + "current_database())"
            )
        )
            await database.ExecuteAsync($"ALTER SUBSCRIPTION {name} SET (slot_name = NONE); DROP SUBSCRIPTION {name}");
    }

    private static DatabaseTarget Target(DriverFixture fixture) => Driver.Parse(fixture.Database.Address, "/")!;
}
