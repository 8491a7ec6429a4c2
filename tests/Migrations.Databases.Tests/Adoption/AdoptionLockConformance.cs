using Migrations.Adoption;
using Migrations.Testing;

namespace Migrations.Databases.Tests.Adoption;

/// <summary>The other tool does not migrate while its history is taken over.</summary>
public abstract class AdoptionLockConformance(DatabaseKind kind) : AdoptionConformance(kind)
{
    protected HistoryImporter Hasty() =>
        new(
            Kind.Driver,
            Target(),
            Folder,
            EngineOptions() with
            {
                Session = EngineOptions().Session with { LockTimeout = TimeSpan.FromMilliseconds(300) },
            }
        );

    [Theory]
    [InlineData(
        "knex",
        "Knex",
        "UPDATE knex_migrations_lock SET is_locked = 1",
        "UPDATE knex_migrations_lock SET is_locked = 0",
        "knex migrate:unlock"
    )]
    [InlineData(
        "liquibase",
        "Liquibase",
        "UPDATE databasechangeloglock SET locked = '1', lockedby = 'host (10.0.0.1)'",
        "UPDATE databasechangeloglock SET locked = '0'",
        "liquibase release-locks"
    )]
    [InlineData(
        "efcore",
        "EF Core",
        "CREATE TABLE IF NOT EXISTS \"__EFMigrationsLock\" (\"Id\" integer, \"Timestamp\" text);"
            + "INSERT INTO \"__EFMigrationsLock\" VALUES (1, '2026-01-01')",
        "DELETE FROM \"__EFMigrationsLock\"",
        "delete the row"
    )]
    public async Task A_lock_that_is_a_row_is_waited_for(string tool, string title, string take, string release, string way)
    {
        await LoadDumpAsync("adoption-by-name", tool);
        Migration("20250101000000_tracks", "CREATE TABLE tracks (id integer PRIMARY KEY);\n");
        await Database.ExecuteAsync(take);

        var error = await ThrowsAsync<LockException>(ErrorId.LockTimedOut, () => Hasty().ImportAsync());

        Assert.Contains($"{title} is migrating", error.Message, StringComparison.Ordinal);
        Assert.Equal(tool == "liquibase", error.Message.Contains("host (10.0.0.1)", StringComparison.Ordinal));
        Assert.Contains(way, error.NextStep.ToString(), StringComparison.Ordinal);
        Assert.False(await HasJournalAsync());
        // Looking does not wait.
        await Hasty().PlanAsync(cancellationToken: TestContext.Current.CancellationToken);

        var waiting = AdoptAsync();
        await Database.ExecuteAsync(release);
        Assert.True((await waiting).IsWritten);
    }
}

public sealed class SqliteAdoptionLockTests() : AdoptionLockConformance(DatabaseKind.Sqlite);

public sealed class PostgreSqlAdoptionLockTests() : AdoptionLockConformance(DatabaseKind.PostgreSql)
{
    [Theory]
    [InlineData("flyway", 77433833903597)]
    [InlineData("evolve", 12345)]
    [InlineData("prisma", 72707369)]
    [InlineData("node-pg-migrate", 7241865325823964)]
    [InlineData("goose", 4097083626)]
    public async Task An_advisory_lock_is_waited_for_held_and_given_back(string tool, long key)
    {
        await LoadAsync(tool);
        await using (var other = await Database.ConnectAsync())
        {
            await RunAsync(other, $"SELECT pg_advisory_lock({key})");
            var error = await ThrowsAsync<LockException>(ErrorId.LockTimedOut, () => Hasty().ImportAsync());
            Assert.Contains("is migrating", error.Message, StringComparison.Ordinal);
            Assert.False(await HasJournalAsync());

            var waiting = AdoptAsync();
            await RunAsync(other, $"SELECT pg_advisory_unlock({key})");
            Assert.True((await waiting).IsWritten);
        }

        // A session that has been closed may end a little later.
        for (var attempt = 0; await HeldAsync() != "0"; attempt++)
        {
            Assert.InRange(attempt, 0, 500);
            await Task.Delay(20, TestContext.Current.CancellationToken);
        }

        Task<string?> HeldAsync() =>
            Database.ScalarAsync(
                "SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND granted "
                    + "AND database = (SELECT oid FROM pg_database WHERE datname = current_database())"
            );
    }

    [Fact]
    public async Task A_history_that_changes_while_it_is_proven_is_not_taken_over()
    {
        await LoadAsync("dbmate");
        await using var other = await Database.ConnectAsync();
        await RunAsync(other, "BEGIN; INSERT INTO schema_migrations VALUES ('20240115103024')");

        var waiting = ThrowsAsync<MigrationException>(ErrorId.AdoptionUnproven, () => AdoptAsync());
        while (await Database.ScalarAsync("SELECT count(*) FROM pg_locks WHERE NOT granted AND mode = 'ShareRowExclusiveLock'") == "0")
            await Task.Delay(20, TestContext.Current.CancellationToken);
        await RunAsync(other, "COMMIT");

        Assert.Contains("dbmate is in use", (await waiting).Message, StringComparison.Ordinal);
        Assert.Equal("0", await Database.ScalarAsync("SELECT count(*) FROM migration_journal"));
    }

    [Fact]
    public async Task Who_may_only_read_the_table_takes_it_over_all_the_same()
    {
        await LoadAsync("dbmate");
        await using var role = await PostgreSqlRole.OwnerOfAsync((PostgreSqlTestDatabase)Database);
        await Database.ExecuteAsync($"GRANT SELECT ON schema_migrations TO {role.Name}");
        var importer = new HistoryImporter(Kind.Driver, Kind.Driver.Parse(role.Address, Folder)!, Folder, EngineOptions());
        var adopted = await importer.ImportAsync(new AdoptionRequest { SkipProof = true }, TestContext.Current.CancellationToken);
        Assert.Equal(2, adopted.Migrations.Count);
    }

    private static async Task RunAsync(System.Data.Common.DbConnection connection, string sql)
    {
        await using var command = connection.CreateCommand();
        command.CommandText = sql;
        await command.ExecuteNonQueryAsync(TestContext.Current.CancellationToken);
    }
}
