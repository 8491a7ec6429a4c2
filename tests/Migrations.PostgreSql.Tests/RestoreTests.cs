using Migrations.Backup;
using Migrations.Databases;
using Migrations.Testing;
using Xunit;

namespace Migrations.PostgreSql.Tests;

/// <summary>Putting a backup in the place of a database.</summary>
public sealed class RestoreTests
{
    private static readonly PostgreSqlDriver Driver = new();

    public RestoreTests() => Prerequisite.PgDump();

    [Theory]
    [InlineData(BackupFormat.Native)]
    [InlineData(BackupFormat.Sql)]
    public async Task The_old_database_is_kept_and_the_new_one_has_its_settings(BackupFormat format)
    {
        await using var database = await PostgreSqlTestDatabase.CreateAsync();
        using var folder = new TemporaryFolder();
        await database.ExecuteAsync(
            $"CREATE TABLE t (a int); INSERT INTO t VALUES (1); ALTER DATABASE {database.Name} SET search_path = \"My s\", "
                + $"public; ALTER DATABASE {database.Name} SET work_mem = '5MB'"
        );
        await database.ExecuteAsync(
            $"COMMENT ON DATABASE {database.Name} IS 'it''s'; REVOKE CONNECT ON DATABASE {database.Name} FROM PUBLIC; ALTER "
                + $"DATABASE {database.Name} WITH IS_TEMPLATE true CONNECTION LIMIT 3"
        );
        var backup = await BackUpAsync(database, folder, format);
        await database.ExecuteAsync("DROP TABLE t; CREATE TABLE broken (a int)");
        var outcome = await Driver.Backups.RestoreAsync(backup, Target(database), Job(folder, database), CancellationToken.None);
        try
        {
            Assert.Equal(database.Name + "_kept", outcome.Kept);
            Assert.Equal(["t"], await database.TablesAsync());
            Assert.Equal("1", await database.ScalarAsync("SELECT a FROM public.t"));
            Assert.Equal(
                "\"My s\", public 5MB it's",
                await database.ScalarAsync(
                    "SELECT current_setting('search_path') || ' ' || current_setting('work_mem') || ' ' || "
                        + "shobj_description(oid, 'pg_database') FROM pg_database WHERE datname = current_database()"
                )
            );
            Assert.Equal(
                "False",
                await database.ScalarAsync(
                    "SELECT count(*) > 0 FROM pg_database, aclexplode(datacl) a WHERE datname = current_database() AND a.grantee "
                        + "= 0 AND a.privilege_type = 'CONNECT'"
                )
            );
            Assert.Equal(
                "True|3",
                Assert.Single(
                    await database.RowsAsync("SELECT datistemplate, datconnlimit FROM pg_database WHERE datname = current_database()")
                )
            );
            Assert.Equal(
                "0",
                await database.ScalarAsync(
                    "SELECT count(*) FROM pg_database WHERE datname LIKE '%_restoring_%' AND datname LIKE "
                        + "left(current_database(), 20) || '%'"
                )
            );
        }
        finally
        {
            await database.Server.ExecuteAsync($"ALTER DATABASE {outcome.Kept} IS_TEMPLATE false");
            await database.Server.ExecuteAsync($"ALTER DATABASE {database.Name} IS_TEMPLATE false");
            await database.Server.ExecuteAsync($"DROP DATABASE {outcome.Kept}");
        }
    }

    [Fact]
    public async Task A_second_restore_keeps_what_it_replaces_under_another_name()
    {
        await using var database = await PostgreSqlTestDatabase.CreateAsync();
        using var folder = new TemporaryFolder();
        var backup = await BackUpAsync(database, folder, BackupFormat.Native);
        var first = await Driver.Backups.RestoreAsync(backup, Target(database), Job(folder, database), CancellationToken.None);
        var second = await Driver.Backups.RestoreAsync(backup, Target(database), Job(folder, database), CancellationToken.None);
        await database.Server.ExecuteAsync($"DROP DATABASE {first.Kept}");
        await database.Server.ExecuteAsync($"DROP DATABASE {second.Kept}");
        Assert.Equal((database.Name + "_kept", database.Name + "_kept_2"), (first.Kept, second.Kept));
    }

    [Fact]
    public async Task Who_is_connected_is_named_and_nothing_changes()
    {
        await using var database = await PostgreSqlTestDatabase.CreateAsync();
        using var folder = new TemporaryFolder();
        await database.ExecuteAsync("CREATE TABLE t (a int)");
        var backup = await BackUpAsync(database, folder, BackupFormat.Native);
        await database.ExecuteAsync("CREATE TABLE later (a int)");
        await using var other = await database.ConnectAsync();
        var error = await Assert.ThrowsAsync<MigrationException>(() =>
            Driver.Backups.RestoreAsync(backup, Target(database), Job(folder, database), CancellationToken.None)
        );
        Assert.Equal(ErrorId.DatabaseInUse, error.Id);
        Assert.Contains("of user postgres", error.Message, StringComparison.Ordinal);
        Assert.Equal(["later", "t"], await database.TablesAsync());
        Assert.Null(await database.ScalarAsync($"SELECT 1 FROM pg_database WHERE datname = '{database.Name}_kept'"));
    }

    [Fact]
    public async Task What_is_restored_is_judged_before_others_can_write_to_it_and_takes_no_place_when_it_is_refused()
    {
        await using var database = await PostgreSqlTestDatabase.CreateAsync();
        using var folder = new TemporaryFolder();
        await database.ExecuteAsync("CREATE TABLE t (a int)");
        var backup = await BackUpAsync(database, folder, BackupFormat.Native);
        await database.ExecuteAsync("INSERT INTO t VALUES (7)");
        string? judged = null;
        Task RefuseAsync(DatabaseTarget restored, CancellationToken cancellationToken)
        {
            judged = restored.Database;
            throw new MigrationException(ErrorId.RestoreUnproven, "no", "no");
        }

        await Assert.ThrowsAsync<MigrationException>(() =>
            Driver.Backups.RestoreAsync(
                backup,
                Target(database),
                Job(folder, database) with
                {
                    DemandAsync = RefuseAsync,
                },
                CancellationToken.None
            )
        );

        Assert.Contains("_restoring_", judged, StringComparison.Ordinal);
        Assert.Equal("7", await database.ScalarAsync("SELECT a FROM t"));
        Assert.Equal(
            "0",
            await database.ScalarAsync($"SELECT count(*) FROM pg_database WHERE datname IN ('{judged}', '{database.Name}_kept')")
        );
    }

    [Fact]
    public async Task A_session_that_a_pooler_keeps_of_a_run_that_has_ended_is_no_obstacle()
    {
        await using var database = await PostgreSqlTestDatabase.CreateAsync();
        using var folder = new TemporaryFolder();
        await database.ExecuteAsync("CREATE TABLE t (a int)");
        var backup = await BackUpAsync(database, folder, BackupFormat.Native);
        int ended;
        using (var process = System.Diagnostics.Process.Start("true"))
        {
            await process.WaitForExitAsync();
            ended = process.Id;
        }

        await using var left = await ConnectAsync(database, $"migrations {Environment.MachineName}/{ended}");
        var outcome = await Driver.Backups.RestoreAsync(backup, Target(database), Job(folder, database), CancellationToken.None);
        await database.Server.ExecuteAsync($"DROP DATABASE {outcome.Kept}");

        // That of a run that lives is not ended, but named.
        await using var living = await ConnectAsync(database, $"migrations {Environment.MachineName}/{Environment.ProcessId}");
        var error = await Assert.ThrowsAsync<MigrationException>(() =>
            Driver.Backups.RestoreAsync(backup, Target(database), Job(folder, database), CancellationToken.None)
        );
        Assert.Equal(ErrorId.DatabaseInUse, error.Id);
        Assert.Contains("PAUSE", error.NextStep.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_prepared_transaction_is_named_with_its_end_where_it_stops_a_backup_a_step_or_a_restore()
    {
        using var server = PostgreSqlServer.Start(
            new PostgreSqlSetup { Settings = new Dictionary<string, string> { ["max_prepared_transactions"] = "5" } }
        );
        await using var database = await PostgreSqlTestDatabase.CreateAsync(server);
        using var folder = new TemporaryFolder();
        await database.ExecuteAsync("CREATE TABLE t (a int)");
        var backup = await BackUpAsync(database, folder, BackupFormat.Native);
        await database.ExecuteAsync("BEGIN; LOCK TABLE t IN ACCESS EXCLUSIVE MODE; PREPARE TRANSACTION 'it''s 7'");

        var restore = await Assert.ThrowsAsync<MigrationException>(() =>
            Driver.Backups.RestoreAsync(backup, Target(database), Job(folder, database), CancellationToken.None)
        );
        var events = new RecordingEventSink();
        var impatient = new SessionOptions
        {
            Events = events,
            LockTimeout = TimeSpan.FromSeconds(1),
            TableLockTimeout = TimeSpan.FromMilliseconds(300),
            TableLockRetries = 0,
        };
        var dump = await Assert.ThrowsAsync<MigrationException>(() =>
            new BackupManager(Driver, Target(database), new BackupOptions { Session = impatient }).BackUpAsync(
                new BackupRequest { Folder = folder.Path }
            )
        );
        folder.Write("m/001_b.sql", "ALTER TABLE t ADD b int;\n");
        var step = await Assert.ThrowsAnyAsync<MigrationException>(() =>
            new Migrator(Driver, Target(database), folder["m"], new MigratorOptions { Session = impatient }).ApplyAsync()
        );
        await database.ExecuteAsync("ROLLBACK PREPARED 'it''s 7'");

        Assert.Equal((ErrorId.DatabaseInUse, ErrorId.TableLockTimedOut, ErrorId.TableLockTimedOut), (restore.Id, dump.Id, step.Id));
        foreach (var error in (MigrationException[])[restore, dump, step])
        {
            Assert.Contains("the prepared transaction 'it''s 7' of user postgres", error.Message, StringComparison.Ordinal);
            Assert.Contains("ROLLBACK PREPARED 'it''s 7';", error.NextStep.ToString(), StringComparison.Ordinal);
        }

        Assert.Contains(events.Of<Events.WarningRaised>(), w => w.Message.StartsWith("The backup waits for ", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_backup_that_cannot_get_a_table_names_the_session_that_has_it()
    {
        await using var database = await PostgreSqlTestDatabase.CreateAsync();
        using var folder = new TemporaryFolder();
        await database.ExecuteAsync("CREATE TABLE t (a int)");
        await using var holder = (Npgsql.NpgsqlConnection)await database.ConnectAsync();
        await using var transaction = await holder.BeginTransactionAsync();
        await using (var command = new Npgsql.NpgsqlCommand("LOCK TABLE t IN ACCESS EXCLUSIVE MODE", holder, transaction))
            await command.ExecuteNonQueryAsync();

        var options = new BackupOptions { Session = new SessionOptions { LockTimeout = TimeSpan.FromSeconds(1) } };
        var error = await Assert.ThrowsAsync<MigrationException>(() =>
            new BackupManager(Driver, Target(database), options).BackUpAsync(new BackupRequest { Folder = folder.Path })
        );

        Assert.Equal(ErrorId.TableLockTimedOut, error.Id);
        Assert.Contains($"backend {holder.ProcessID} of user postgres", error.Message, StringComparison.Ordinal);
        Assert.Empty(Directory.GetFiles(folder.Path));
    }

    private static async Task<Npgsql.NpgsqlConnection> ConnectAsync(PostgreSqlTestDatabase database, string application)
    {
        var connection = new Npgsql.NpgsqlConnection(
            new Npgsql.NpgsqlConnectionStringBuilder(database.Server.ConnectionStringOf(database.Name))
            {
                ApplicationName = application,
            }.ConnectionString
        );
        await connection.OpenAsync();
        return connection;
    }

    [Fact]
    public async Task A_backup_that_is_cut_off_changes_nothing()
    {
        await using var database = await PostgreSqlTestDatabase.CreateAsync();
        using var folder = new TemporaryFolder();
        await database.ExecuteAsync("CREATE TABLE t AS SELECT md5(i::text) FROM generate_series(1, 1000) i");
        var backup = await BackUpAsync(database, folder, BackupFormat.Native);
        await using (var file = new FileStream(backup.Path, FileMode.Open))
            file.SetLength(file.Length - 2000);
        await database.ExecuteAsync("CREATE TABLE later (a int)");
        var error = await Assert.ThrowsAsync<MigrationException>(() =>
            Driver.Backups.RestoreAsync(backup, Target(database), Job(folder, database), CancellationToken.None)
        );
        Assert.Equal(ErrorId.BackupInvalid, error.Id);
        Assert.Equal(["later", "t"], await database.TablesAsync());
        Assert.Equal(
            "0",
            await database.ScalarAsync(
                "SELECT count(*) FROM pg_database WHERE datname LIKE left(current_database(), 20) || '%_restoring_%'"
            )
        );
    }

    [Fact]
    public async Task A_database_that_is_not_there_is_made()
    {
        await using var database = await PostgreSqlTestDatabase.CreateAsync();
        using var folder = new TemporaryFolder();
        await database.ExecuteAsync("CREATE TABLE t (a int)");
        var backup = await BackUpAsync(database, folder, BackupFormat.Native);
        await database.Server.ExecuteAsync($"DROP DATABASE {database.Name}");
        var outcome = await Driver.Backups.RestoreAsync(backup, Target(database), Job(folder, database), CancellationToken.None);
        Assert.Null(outcome.Kept);
        Assert.Equal(["t"], await database.TablesAsync());
    }

    [Fact]
    public async Task An_unproven_backup_is_restored_though_the_database_is_gone()
    {
        await using var database = await PostgreSqlTestDatabase.CreateAsync();
        using var folder = new TemporaryFolder();
        await database.ExecuteAsync("CREATE TABLE t (a int)");
        var manager = new BackupManager(Driver, Target(database));
        var backup = await manager.BackUpAsync(new BackupRequest { Folder = folder.Path });
        await database.Server.ExecuteAsync($"DROP DATABASE {database.Name}");
        var result = await manager.RestoreAsync(backup);
        Assert.Null(result.Kept);
        Assert.Equal(["t"], await database.TablesAsync());
        Assert.True((await new BackupCatalogue([Driver]).FindAsync(backup.Path)).Proven);
    }

    [Fact]
    public async Task Who_is_connected_is_named_to_a_role_that_sees_little_of_others()
    {
        await using var role = await PostgreSqlRole.CreateAsync("CREATEDB");
        using var folder = new TemporaryFolder();
        await role.Database.Server.ExecuteAsync($"ALTER DATABASE {role.Database.Name} OWNER TO {role.Name}");
        var backup = await BackUpAsync(role.Database, folder, BackupFormat.Native);
        await using var other = await role.Database.ConnectAsync();
        var error = await Assert.ThrowsAsync<MigrationException>(() =>
            Driver.Backups.RestoreAsync(backup, Driver.Parse(role.Address, "/")!, Job(folder, role.Database), CancellationToken.None)
        );
        Assert.Equal(ErrorId.DatabaseInUse, error.Id);
        Assert.Contains("of user postgres", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Without_the_right_to_create_databases_only_an_empty_one_is_filled()
    {
        await using var role = await PostgreSqlRole.CreateAsync();
        using var folder = new TemporaryFolder();
        await role.Database.ExecuteAsync($"CREATE TABLE t (a int); GRANT SELECT ON t TO {role.Name}");
        var backup = await BackUpAsync(role.Database, folder, BackupFormat.Native);
        var error = await Assert.ThrowsAsync<MigrationException>(() =>
            Driver.Backups.RestoreAsync(backup, Driver.Parse(role.Address, "/")!, Job(folder, role.Database), CancellationToken.None)
        );
        Assert.Equal(ErrorId.PermissionDenied, error.Id);
        Assert.Contains("CREATEDB", error.NextStep.ToString(), StringComparison.Ordinal);
        await role.Database.ExecuteAsync("DROP TABLE t");
        var outcome = await Driver.Backups.RestoreAsync(
            backup,
            Driver.Parse(role.Address, "/")!,
            Job(folder, role.Database),
            CancellationToken.None
        );
        Assert.Null(outcome.Kept);
        Assert.Equal(role.Name, await role.Database.ScalarAsync("SELECT tableowner FROM pg_tables WHERE tablename = 't'"));
    }

    [Fact]
    public async Task A_role_that_the_server_lacks_is_left_out_and_said()
    {
        await using var database = await PostgreSqlTestDatabase.CreateAsync();
        using var folder = new TemporaryFolder();
        var role = "gone_" + Guid.NewGuid().ToString("N");
        await database.ExecuteAsync($"CREATE ROLE {role}; CREATE TABLE t (a int); ALTER TABLE t OWNER TO {role}");
        var backup = await BackUpAsync(database, folder, BackupFormat.Native);
        await database.ExecuteAsync($"DROP TABLE t; DROP ROLE {role}");
        var outcome = await Driver.Backups.RestoreAsync(backup, Target(database), Job(folder, database), CancellationToken.None);
        await database.Server.ExecuteAsync($"DROP DATABASE {outcome.Kept}");
        Assert.Contains("owners and grants were left out", outcome.How, StringComparison.Ordinal);
        Assert.Equal(["t"], await database.TablesAsync());
    }

    [Fact]
    public async Task A_role_without_superuser_restores_its_own_database()
    {
        await using var role = await PostgreSqlRole.CreateAsync("CREATEDB");
        using var folder = new TemporaryFolder();
        await role.Database.Server.ExecuteAsync($"ALTER DATABASE {role.Database.Name} OWNER TO {role.Name}");
        var target = Driver.Parse(role.Address, "/")!;
        await using (
            var session = await Driver.OpenAsync(target, new SessionOptions { Access = SessionAccess.Write }, CancellationToken.None)
        )
            await session.History.EnsureAsync(CancellationToken.None);
        var path = Path.Combine(folder.Path, "backup");
        var content = await Driver.Backups.BackUpAsync(target, new BackupJob { Path = path }, CancellationToken.None);
        Assert.Equal("public.migration_journal 0", Assert.Single(content.Tables.Select(t => $"{t.Table} {t.Rows}")));
        var outcome = await Driver.Backups.RestoreAsync(
            new BackupSource(path, BackupFormat.Native),
            target,
            Job(folder, role.Database),
            CancellationToken.None
        );
        await role.Database.Server.ExecuteAsync($"DROP DATABASE {outcome.Kept}");
        Assert.Equal(
            role.Name,
            await role.Database.ScalarAsync("SELECT pg_get_userbyid(datdba) || '' FROM pg_database WHERE datname = current_database()")
        );
        Assert.Equal(role.Name, await role.Database.ScalarAsync("SELECT tableowner FROM pg_tables WHERE tablename = 'migration_journal'"));
    }

    [Fact]
    public async Task A_run_that_holds_the_lock_is_waited_for()
    {
        await using var fixture = await DriverFixture.CreateAsync();
        using var folder = new TemporaryFolder();
        var backup = await BackUpAsync(fixture.Database, folder, BackupFormat.Native);
        await fixture.BeginAsync();
        var job = Job(folder, fixture.Database) with { Session = new SessionOptions { LockTimeout = TimeSpan.FromMilliseconds(200) } };
        var error = await Assert.ThrowsAsync<LockException>(() =>
            Driver.Backups.RestoreAsync(backup, Target(fixture.Database), job, CancellationToken.None)
        );
        Assert.Equal(ErrorId.LockTimedOut, error.Id);
    }

    private static async Task<BackupSource> BackUpAsync(PostgreSqlTestDatabase database, TemporaryFolder folder, BackupFormat format)
    {
        var path = Path.Combine(folder.Path, "backup");
        await Driver.Backups.BackUpAsync(Target(database), new BackupJob { Path = path, Format = format }, CancellationToken.None);
        return new BackupSource(path, format);
    }

    private static RestoreJob Job(TemporaryFolder folder, PostgreSqlTestDatabase database) =>
        new() { KeepFolder = folder.Path, KeepName = database.Name + "_kept" };

    private static DatabaseTarget Target(PostgreSqlTestDatabase database) => Driver.Parse(database.Address, "/")!;
}
