using Migrations.Comparing;
using Migrations.Schema;

namespace Migrations.Databases.Tests;

/// <summary>What other programs keep in the database is no drift; what else is there is, unless it is ignored on request.</summary>
public abstract class OtherProgramsConformance(DatabaseKind kind) : Conformance(kind)
{
    protected override bool NeedsCopies => true;

    /// <summary>The tables as the programs themselves make them.</summary>
    protected abstract IEnumerable<string> Companions { get; }

    [Fact]
    public async Task Their_tables_are_no_drift()
    {
        ThreeTables();
        await ApplyAsync();
        foreach (var sql in Companions)
            await Database.ExecuteAsync(sql);

        var drift = Assert.Single(await CheckAsync());
        Assert.True(drift.Status == CheckStatus.Pass, drift.Message);
        Assert.Contains(" Not compared: ", drift.Message, StringComparison.Ordinal);
        Assert.Empty(await DiffAsync());
    }

    [Theory]
    [InlineData("CREATE TABLE migrations (id integer PRIMARY KEY, title text)")]
    [InlineData("CREATE TABLE changelog (id integer PRIMARY KEY, version text)")]
    [InlineData("CREATE TABLE cf_meta (id integer)")]
    [InlineData("CREATE TABLE app_version (id integer, version text)")]
    public async Task A_table_that_is_only_called_like_one_of_theirs_is_drift(string sql)
    {
        ThreeTables();
        await ApplyAsync();
        await Database.ExecuteAsync(sql);

        Assert.Contains(await CheckAsync(), r => r.Status == CheckStatus.Fail);
        Assert.NotEmpty(await DiffAsync());
    }

    [Fact]
    public async Task A_table_that_a_migration_makes_is_compared_whatever_it_is_called()
    {
        Migration("001_own", "CREATE TABLE d1_migrations (id integer PRIMARY KEY, name text, applied_at text);\n");
        await ApplyAsync();
        await Database.ExecuteAsync("DROP TABLE d1_migrations");
        Assert.Contains(
            await CheckAsync(),
            r => r.Status == CheckStatus.Fail && r.Target!.EndsWith("d1_migrations", StringComparison.Ordinal)
        );
    }

    [Theory]
    [InlineData("audit_*", true)]
    [InlineData("AUDIT_LOG", true)]
    [InlineData("*audit*", true)]
    [InlineData("audit", false)]
    [InlineData("a*_id", false)]
    public async Task More_is_ignored_on_request(string pattern, bool isIgnored)
    {
        ThreeTables();
        await ApplyAsync();
        await Database.ExecuteAsync("CREATE TABLE audit_log (id integer PRIMARY KEY, x_id integer)");
        await Database.ExecuteAsync("CREATE INDEX log_by_x ON audit_log (x_id)");

        Assert.Equal(isIgnored, (await CheckAsync(pattern)).All(r => r.Status == CheckStatus.Pass));
        Assert.Equal(isIgnored, (await DiffAsync(pattern)).Count == 0);
    }

    [Fact]
    public async Task What_is_ignored_may_be_missing_too()
    {
        ThreeTables();
        await ApplyAsync();
        await Database.ExecuteAsync("DROP TABLE c");
        Assert.All(
            await Checker().CheckAsync(new CheckRequest { Categories = [CheckCategory.Drift, CheckCategory.Schema], Ignored = ["c"] }),
            r => Assert.Equal(CheckStatus.Pass, r.Status)
        );
    }

    protected Task<IReadOnlyList<CheckResult>> CheckAsync(params string[] ignored) =>
        Checker().CheckAsync(new CheckRequest { Categories = [CheckCategory.Drift], Ignored = ignored });

    private Task<IReadOnlyList<SchemaDifference>> DiffAsync(params string[] ignored)
    {
        var sides = SidePair.Resolve(Folder, Database.Address, beside: null, [Kind.Driver], Folder);
        return new SchemaSides(sides.Driver, EngineOptions(), new ScratchRequest { Origin = sides.Origin }).CompareAsync(
            sides,
            ignored,
            default
        );
    }
}

public sealed class SqliteOtherProgramsTests() : OtherProgramsConformance(DatabaseKind.Sqlite)
{
    protected override IEnumerable<string> Companions =>
        [
            "CREATE TABLE _cf_METADATA (key INTEGER PRIMARY KEY, value BLOB)",
            "CREATE TABLE _cf_KV (key TEXT PRIMARY KEY, value BLOB) WITHOUT ROWID",
            "CREATE TABLE d1_migrations(id INTEGER PRIMARY KEY AUTOINCREMENT, name TEXT UNIQUE, applied_at TIMESTAMP DEFAULT "
                + "CURRENT_TIMESTAMP NOT NULL)",
            "CREATE TABLE _litestream_seq (id INTEGER PRIMARY KEY, seq INTEGER)",
            "CREATE TABLE _litestream_lock (id INTEGER)",
            "CREATE TABLE \"schema_migrations\" (version varchar(128) primary key)",
            "CREATE TABLE \"ar_internal_metadata\" (\"key\" varchar NOT NULL PRIMARY KEY, \"value\" varchar, \"created_at\" "
                + "datetime(6) NOT NULL, \"updated_at\" datetime(6) NOT NULL)",
            "CREATE TABLE alembic_version (version_num VARCHAR(32) NOT NULL, CONSTRAINT alembic_version_pkc PRIMARY KEY (version_num))",
            "CREATE TABLE \"gorp_migrations\" (\"id\" varchar(255) not null primary key, \"applied_at\" datetime)",
            "CREATE TABLE yoyo_lock(locked INT DEFAULT 1 PRIMARY KEY, ctime TIMESTAMP, pid INT NOT NULL)",
            "CREATE TABLE _yoyo_log(id VARCHAR(36) PRIMARY KEY, migration_hash VARCHAR(64), operation VARCHAR(10))",
            "CREATE TABLE \"__EFMigrationsLock\" (\"Id\" INTEGER NOT NULL PRIMARY KEY, \"Timestamp\" TEXT NOT NULL)",
            "CREATE TABLE \"__EFMigrationsHistory\" (\"MigrationId\" TEXT NOT NULL PRIMARY KEY, \"ProductVersion\" TEXT NOT NULL)",
            "CREATE TABLE [SchemaVersions] (SchemaVersionID INTEGER CONSTRAINT [PK_SchemaVersions_Id] PRIMARY KEY "
                + "AUTOINCREMENT NOT NULL, ScriptName TEXT NOT NULL, Applied DATETIME NOT NULL)",
            "CREATE TABLE [changelog] (id INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL, type INTEGER, version VARCHAR(50), "
                + "name VARCHAR(300) NOT NULL, checksum VARCHAR(32), installed_by VARCHAR(100) NOT NULL, success BOOLEAN NOT NULL)",
            "CREATE TABLE \"VersionInfo\" (\"Version\" INTEGER NOT NULL, \"AppliedOn\" DATETIME, \"Description\" TEXT)",
            "CREATE UNIQUE INDEX \"UC_Version\" ON \"VersionInfo\" (\"Version\" ASC)",
            "CREATE TABLE GrateScriptsRun(id INTEGER PRIMARY KEY AUTOINCREMENT, script_name nvarchar(255), text_of_script "
                + "ntext, text_hash nvarchar(512))",
            "CREATE TABLE grate_Version(id INTEGER PRIMARY KEY, repository_path nvarchar(255), version nvarchar(50), "
                + "entered_by nvarchar(50), status nvarchar(50))",
            "CREATE TABLE knex_migrations(id integer PRIMARY KEY autoincrement, name varchar(255), batch integer, migration_time datetime)",
            "CREATE TABLE knex_migrations_lock(\"index\" integer PRIMARY KEY autoincrement, is_locked integer)",
            "CREATE TABLE kysely_migration(name varchar(255) PRIMARY KEY, timestamp varchar(255) NOT NULL)",
            "CREATE TABLE \"migrations\" (id integer PRIMARY KEY AUTOINCREMENT NOT NULL, \"timestamp\" bigint NOT NULL, name "
                + "varchar NOT NULL)",
            "CREATE TABLE SequelizeMeta (name VARCHAR(255) NOT NULL UNIQUE PRIMARY KEY)",
            "CREATE TABLE schemaversion(version INTEGER PRIMARY KEY, name TEXT, md5 TEXT, run_at TIMESTAMP WITH TIME ZONE)",
            "CREATE TABLE \"__drizzle_migrations\" (id SERIAL PRIMARY KEY, hash text NOT NULL, created_at numeric)",
            "CREATE TABLE DATABASECHANGELOG (ID TEXT NOT NULL, AUTHOR TEXT NOT NULL, FILENAME TEXT NOT NULL, MD5SUM TEXT)",
            "CREATE TABLE DATABASECHANGELOGLOCK (ID INTEGER NOT NULL PRIMARY KEY, LOCKED BOOLEAN NOT NULL, LOCKGRANTED TEXT, "
                + "LOCKEDBY TEXT)",
            "CREATE TABLE _prisma_migrations (id TEXT PRIMARY KEY NOT NULL, checksum TEXT NOT NULL, finished_at DATETIME, "
                + "migration_name TEXT NOT NULL)",
            "CREATE TABLE goose_db_version (id INTEGER PRIMARY KEY AUTOINCREMENT, version_id INTEGER NOT NULL, is_applied "
                + "INTEGER NOT NULL, tstamp TIMESTAMP)",
            "CREATE TABLE spatial_ref_sys (srid INTEGER NOT NULL PRIMARY KEY, auth_name TEXT NOT NULL)",
            "ANALYZE",
        ];
}

public sealed class PostgreSqlOtherProgramsTests() : OtherProgramsConformance(DatabaseKind.PostgreSql)
{
    protected override IEnumerable<string> Companions =>
        [
            "CREATE TABLE schema_migrations (version varchar NOT NULL PRIMARY KEY)",
            "COMMENT ON TABLE schema_migrations IS 'ours'; COMMENT ON COLUMN schema_migrations.version IS 'digits'; GRANT "
                + "SELECT ON schema_migrations TO PUBLIC",
            "CREATE TABLE \"__EFMigrationsHistory\" (\"MigrationId\" varchar(150) NOT NULL PRIMARY KEY, \"ProductVersion\" "
                + "varchar(32) NOT NULL)",
            "CREATE TABLE schemaversions(schemaversionsid serial PRIMARY KEY, scriptname varchar(255) NOT NULL, applied "
                + "timestamp NOT NULL)",
            "CREATE TABLE \"VersionInfo\" (\"Version\" bigint NOT NULL, \"AppliedOn\" timestamp, \"Description\" "
                + "varchar(1024)); CREATE UNIQUE INDEX \"UC_Version\" ON \"VersionInfo\" (\"Version\")",
            "CREATE SCHEMA grate; CREATE TABLE grate.\"ScriptsRun\" (id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, "
                + "script_name text, text_of_script text, text_hash text, one_time_script boolean)",
            "CREATE SCHEMA drizzle; CREATE TABLE drizzle.__drizzle_migrations (id SERIAL PRIMARY KEY, hash text NOT NULL, "
                + "created_at bigint)",
            "CREATE SCHEMA graphile_migrate; CREATE TABLE graphile_migrate.migrations (hash text PRIMARY KEY, previous_hash "
                + "text REFERENCES graphile_migrate.migrations, filename text NOT NULL, date timestamptz)",
            "CREATE SCHEMA supabase_migrations; CREATE TABLE supabase_migrations.schema_migrations (version text PRIMARY "
                + "KEY, statements text[], name text)",
            "CREATE SCHEMA sqitch; CREATE TABLE sqitch.projects (project text PRIMARY KEY, uri text UNIQUE); CREATE TABLE "
                + "sqitch.changes (change_id text PRIMARY KEY, project text REFERENCES sqitch.projects)",
            "CREATE TABLE pgmigrations(id serial PRIMARY KEY, name varchar(255) NOT NULL, run_on timestamp NOT NULL)",
            "CREATE TABLE migrations(id integer PRIMARY KEY, name varchar(100) UNIQUE NOT NULL, hash varchar(40) NOT NULL, "
                + "executed_at timestamp default CURRENT_TIMESTAMP)",
            "CREATE TABLE flyway_schema_history (installed_rank integer NOT NULL PRIMARY KEY, version varchar(50), script "
                + "varchar(1000) NOT NULL, checksum integer)",
            "CREATE INDEX flyway_schema_history_s_idx ON flyway_schema_history (version)",
            "CREATE TABLE databasechangeloglock (id integer PRIMARY KEY, locked boolean NOT NULL, lockgranted timestamp, "
                + "lockedby varchar(255))",
        ];

    [Fact]
    public async Task A_whole_schema_can_be_ignored()
    {
        ThreeTables();
        await ApplyAsync();
        await Database.ExecuteAsync(
            "CREATE SCHEMA reports; CREATE TABLE reports.a (id serial PRIMARY KEY); CREATE FUNCTION reports.f() RETURNS int "
                + "LANGUAGE sql AS 'SELECT 1'; GRANT USAGE ON SCHEMA reports TO PUBLIC"
        );

        Assert.Contains(await CheckAsync("public.a"), r => r.Status == CheckStatus.Fail);
        var drift = Assert.Single(await CheckAsync("reports.*"));
        Assert.True(drift.Status == CheckStatus.Pass, drift.Message);
    }
}
