using Migrations.Backup;
using Migrations.Databases;
using Migrations.Testing;
using Xunit;

namespace Migrations.PostgreSql.Tests;

/// <summary>What a database has beside its content, when it is gone and its backup is restored.</summary>
public sealed class LostDatabaseTests
{
    private static readonly PostgreSqlDriver Driver = new();

    public LostDatabaseTests() => Prerequisite.PgDump();

    [Fact]
    public async Task A_database_that_is_gone_gets_the_settings_that_its_backup_recorded()
    {
        await using var database = await PostgreSqlTestDatabase.CreateAsync();
        using var folder = new TemporaryFolder();
        foreach (
            var setting in (string[])
                [
                    "SET search_path = \"My s, 1\", public, \"$user\"",
                    "SET work_mem = '5MB'",
                    "SET app.mode = 'it''s'",
                    "SET app.secret = 'hunter2'",
                    "CONNECTION LIMIT 7",
                ]
        )
            await database.ExecuteAsync($"ALTER DATABASE {database.Name} {setting}");
        await database.ExecuteAsync($"COMMENT ON DATABASE {database.Name} IS 'the shop''s'");
        var path = Path.Combine(folder.Path, "backup");
        var content = await Driver.Backups.BackUpAsync(Target(database), new BackupJob { Path = path }, CancellationToken.None);
        Assert.DoesNotContain("hunter2", string.Join(' ', content.Settings!.Values), StringComparison.Ordinal);
        await database.Server.ExecuteAsync($"DROP DATABASE {database.Name} WITH (FORCE)");

        // What a manifest says is a value, whatever it says.
        var recorded = new Dictionary<string, string>(content.Settings!, StringComparer.Ordinal)
        {
            ["set:app.other"] = "x'; CREATE ROLE intruder; --",
            ["owner"] = "nobody_of_this_server",
        };
        var outcome = await Driver.Backups.RestoreAsync(
            new BackupSource(path, BackupFormat.Native) { Settings = recorded },
            Target(database),
            Job(folder, database),
            CancellationToken.None
        );
        Assert.Contains("nobody_of_this_server", outcome.How, StringComparison.Ordinal);
        Assert.Equal(
            "app.mode=it's | app.other=x'; CREATE ROLE intruder; -- | search_path=\"My s, 1\", public, \"$user\" | "
                + "work_mem=5MB 7 the shop's",
            await database.ScalarAsync(
                "SELECT (SELECT string_agg(c, ' | ' ORDER BY c) FROM pg_db_role_setting, unnest(setconfig) c WHERE setdatabase = "
                    + "d.oid) || ' ' || datconnlimit || ' ' || shobj_description(d.oid, 'pg_database') FROM pg_database d WHERE "
                    + "datname = current_database()"
            )
        );
        Assert.Null(await database.ScalarAsync("SELECT 1 FROM pg_roles WHERE rolname = 'intruder'"));
    }

    [Fact]
    public async Task Rights_and_settings_of_roles_come_back_with_a_database_that_is_gone()
    {
        await using var database = await PostgreSqlTestDatabase.CreateAsync();
        using var folder = new TemporaryFolder();
        var (here, gone) = ("here:" + Guid.NewGuid().ToString("N"), "gone_" + Guid.NewGuid().ToString("N"));
        await database.ExecuteAsync($"CREATE ROLE \"{here}\"; CREATE ROLE {gone}");
        try
        {
            foreach (
                var statement in (string[])
                    [
                        $"REVOKE ALL ON DATABASE {database.Name} FROM PUBLIC",
                        $"GRANT TEMPORARY ON DATABASE {database.Name} TO PUBLIC",
                        $"GRANT CONNECT ON DATABASE {database.Name} TO \"{here}\" WITH GRANT OPTION",
                        $"GRANT CREATE ON DATABASE {database.Name} TO {gone}",
                        $"ALTER ROLE \"{here}\" IN DATABASE {database.Name} SET work_mem = '7MB'",
                        $"ALTER ROLE \"{here}\" IN DATABASE {database.Name} SET search_path = \"A b\", public",
                        $"ALTER ROLE \"{here}\" IN DATABASE {database.Name} SET app.token = 'hunter2'",
                        $"ALTER ROLE {gone} IN DATABASE {database.Name} SET work_mem = '8MB'",
                    ]
            )
                await database.ExecuteAsync(statement);
            var events = new RecordingEventSink();
            var manager = new BackupManager(
                Driver,
                Target(database),
                new BackupOptions { Session = new SessionOptions { Events = events } }
            );
            var backup = await manager.BackUpAsync(new BackupRequest { Folder = folder.Path });
            Assert.DoesNotContain("hunter2", await File.ReadAllTextAsync(backup.Path + ".manifest.json"), StringComparison.Ordinal);
            await database.Server.ExecuteAsync($"DROP DATABASE {database.Name} WITH (FORCE)");
            await database.Server.ExecuteAsync($"DROP ROLE {gone}");

            var result = await manager.RestoreAsync(backup);

            Assert.Equal(
                ["|TEMPORARY|False", $"{here}|CONNECT|True"],
                await database.RowsAsync(
                    "SELECT COALESCE(r.rolname, ''), a.privilege_type, a.is_grantable FROM pg_database d, aclexplode(d.datacl) a LEFT JOIN "
                        + "pg_roles r ON r.oid = a.grantee WHERE datname = current_database() AND a.grantee <> d.datdba ORDER BY 1"
                )
            );
            Assert.Equal(
                "search_path=\"A b\", public | work_mem=7MB",
                await database.ScalarAsync(
                    "SELECT string_agg(c, ' | ' ORDER BY c) FROM pg_db_role_setting s JOIN pg_database d ON d.oid = s.setdatabase, "
                        + "unnest(setconfig) c WHERE datname = current_database()"
                )
            );
            var warning = Assert.Single(
                events.Of<Migrations.Events.WarningRaised>(),
                w => w.Message.Contains("Not set again", StringComparison.Ordinal)
            );
            foreach (
                var missing in (string[])
                    [
                        $"GRANT CREATE ON DATABASE the database TO \"{gone}\"",
                        $"ALTER ROLE \"{gone}\" IN DATABASE the database SET \"work_mem\" TO '8MB'",
                        $"ALTER ROLE \"{here}\" IN DATABASE the database SET app.token (it may be a secret and is not recorded)",
                    ]
            )
            {
                Assert.Contains(missing, warning.Message, StringComparison.Ordinal);
                Assert.Contains(missing, result.How, StringComparison.Ordinal);
            }
        }
        finally
        {
            await database.ExecuteAsync($"DROP OWNED BY \"{here}\"");
            await database.Server.ExecuteAsync($"DROP ROLE \"{here}\"");
        }
    }

    private static RestoreJob Job(TemporaryFolder folder, PostgreSqlTestDatabase database) =>
        new() { KeepFolder = folder.Path, KeepName = database.Name + "_kept" };

    private static DatabaseTarget Target(PostgreSqlTestDatabase database) => Driver.Parse(database.Address, "/")!;
}
