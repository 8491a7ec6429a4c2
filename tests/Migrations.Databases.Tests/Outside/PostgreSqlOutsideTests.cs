using Migrations.Integrity;
using Migrations.Testing;

namespace Migrations.Databases.Tests.Outside;

/// <summary>
/// PostgreSQL reaches files and programs of the server's machine, other servers and other sessions; and what all databases of a server
/// share, which is tried on a server of our own.
/// </summary>
public sealed class PostgreSqlOutsideTests() : OutsideConformance(DatabaseKind.PostgreSql)
{
    private readonly string _mark = "outside_" + Guid.NewGuid().ToString("N")[..12];

    protected override IReadOnlyList<OutsideWay> Ways =>
        [
            new("writes_a_file", $"COPY (SELECT 1) TO '{File}';\n", 1, "COPY TO a file of the server"),
            new("runs_a_program", $"\nCOPY (SELECT 1) TO PROGRAM 'touch {File}';\n", 2, "COPY TO PROGRAM"),
            new(
                "runs_a_program_in_a_block",
                $"DO $$\nBEGIN\n  IF true THEN\n    COPY (SELECT 1) TO PROGRAM 'touch {File}';\n  END IF;\nEND $$;\n",
                4,
                "COPY TO PROGRAM"
            ),
            new(
                "runs_a_program_by_put_together_text",
                $"DO $$ DECLARE p text := 'PROGRAM'; BEGIN EXECUTE 'CO' || 'PY (SELECT 1) TO PRO' || 'GRAM ''touch {File}'''; END $$;\n",
                1,
                "COPY TO PROGRAM"
            ),
            new(
                "runs_a_program_by_escaped_text",
                $"DO $$ BEGIN EXECUTE E'\\x43OPY (SELECT 1) TO PROGRAM ''touch {File}'''; END $$;\n",
                1,
                "COPY TO PROGRAM"
            ),
            new(
                "runs_a_program_in_a_function",
                $"CREATE FUNCTION runs() RETURNS int LANGUAGE plpgsql AS $$ BEGIN COPY (SELECT 1) TO PROGRAM 'touch {File}'; "
                    + "RETURN 1; END $$;\nCREATE TABLE uses AS SELECT runs();\n",
                2,
                "the use of runs"
            ),
            new(
                "runs_a_program_in_a_trigger",
                "CREATE TABLE tr (a int);\nCREATE FUNCTION fires() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN COPY (SELECT 1) "
                    + $"TO PROGRAM 'touch {File}'; RETURN NEW; END $$;\nCREATE TRIGGER fires BEFORE INSERT ON tr FOR EACH ROW EXECUTE "
                    + "FUNCTION fires();\nINSERT INTO tr VALUES (1);\n",
                3,
                "the use of fires"
            )
            {
                InBackups = false,
            },
            new("exports_a_large_object", $"SELECT lo_export(lo_from_bytea(0, 'x'), '{File}');\n", 1, "lo_export()"),
            new(
                "exports_by_a_quoted_name",
                $"WITH x AS (SELECT 1) SELECT \"pg_catalog\".\"lo_export\"(lo_from_bytea(0, 'x'), '{File}') FROM x;\n",
                1,
                "lo_export"
            ),
            new("reads_a_file", "CREATE TABLE read AS SELECT pg_read_file('PG_VERSION');\n", 1, "pg_read_file()"),
            new(
                "copies_from_a_file",
                "CREATE TABLE passwd (a text);\nCOPY passwd FROM '/etc/passwd';\n",
                2,
                "COPY FROM a file of the server"
            ),
            new("ends_sessions", "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE false;\n", 1, "pg_terminate_backend()"),
            new("reloads_the_configuration", "SELECT pg_reload_conf();\n", 1, "pg_reload_conf()"),
            new("makes_a_slot", $"SELECT pg_create_physical_replication_slot('{_mark}');\n", 1, "pg_create_physical_replication_slot()"),
            new(
                "subscribes",
                $"-- Transaction: none\nCREATE SUBSCRIPTION {_mark} CONNECTION 'host=127.0.0.1 dbname=none' PUBLICATION p;\n",
                2,
                "CREATE SUBSCRIPTION"
            ),
            new(
                "opens_links",
                "CREATE EXTENSION dblink;\nSELECT dblink_exec('dbname=postgres', 'SELECT 1');\n",
                1,
                "CREATE EXTENSION dblink"
            )
            {
                InBackups = false,
            },
            new(
                "names_another_server",
                "CREATE FOREIGN DATA WRAPPER w;\nCREATE SERVER far FOREIGN DATA WRAPPER w;\n",
                1,
                "CREATE FOREIGN DATA"
            )
            {
                InBackups = false,
            },
            new("runs_any_code", $"CREATE FUNCTION code() RETURNS int LANGUAGE c AS '{File}';\n", 1, "CREATE FUNCTION in the language c"),
            new("takes_a_role_of_the_servers", "SET ROLE pg_write_server_files;\n", 1, "SET ROLE"),
            new("gives_a_role_of_the_servers", $"GRANT pg_execute_server_program TO {_mark};\n", 1, "GRANT of a role of the server's"),
            new("loads_a_library", "LOAD 'auto_explain';\n", 1, "LOAD"),
            new("runs_text_by_a_function", $"SELECT query_to_xml('SELECT lo_export(1, ''{File}'')', true, true, '');\n", 1, "lo_export()"),
            new(
                "runs_text_that_is_not_seen",
                $"DO $$ BEGIN EXECUTE format('%s ROLE {_mark} CONNECTION LIMIT 9', 'ALTER'); END $$;\n",
                1,
                "may reach"
            )
            {
                InMigrations = false,
                IsUnseen = true,
            },
            .. Shared.Select(s => new OutsideWay(s.Name, s.Sql, 1, "") { InMigrations = false }),
        ];

    protected override OutsideWay Alone => Ways.Single(w => w.Name == "reads_a_file");

    /// <summary>What all databases of the server share: a migration with it is rehearsed on a server of our own, where it works.</summary>
    private IReadOnlyList<(string Name, string Sql)> Shared =>
        [
            ("alters_a_role", $"ALTER ROLE {_mark} PASSWORD 'first' CONNECTION LIMIT 5;\n"),
            ("makes_a_role", $"CREATE ROLE {_mark}_new;\n"),
            ("sets_for_a_role", $"ALTER ROLE {_mark} SET work_mem = '2MB';\n"),
            ("sets_for_the_database", $"ALTER DATABASE {Name} SET work_mem = '2MB';\n"),
            ("remarks_on_the_database", $"COMMENT ON DATABASE {Name} IS 'changed';\n"),
            ("gives_the_database", $"GRANT CONNECT ON DATABASE {Name} TO {_mark};\n"),
            ("makes_a_member", $"CREATE ROLE {_mark}_group; GRANT {_mark}_group TO {_mark};\n"),
            ("alters_a_role_in_a_block", $"DO $$ BEGIN EXECUTE format('ALTER ROLE %I CONNECTION LIMIT 7', '{_mark}'); END $$;\n"),
            ("drops_a_database", $"DROP DATABASE {_mark};\n"),
            ("makes_a_database", $"CREATE DATABASE {_mark}_new;\n"),
            ("drops_a_role", $"REVOKE CONNECT ON DATABASE {Name} FROM {_mark};\nDROP ROLE {_mark};\n"),
        ];

    /// <summary>What even on a server of our own needs a superuser.</summary>
    private IReadOnlyList<(string Name, string Sql)> Refused =>
        [
            ("sets_for_the_server", "ALTER SYSTEM SET work_mem = '3MB';\n"),
            ("makes_a_tablespace", $"CREATE TABLESPACE {_mark} LOCATION '/tmp';\n"),
            ("makes_a_superuser", $"CREATE ROLE {_mark}_super SUPERUSER;\n"),
            ("writes_into_a_catalogue", "UPDATE pg_database SET datconnlimit = 0;\n"),
        ];

    private string File => $"/tmp/{_mark}";

    private string Name => ((PostgreSqlTestDatabase)Database).Name;

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task What_all_databases_share_is_rehearsed_on_a_server_of_our_own(bool all)
    {
        await PrepareAsync();
        var ways = Shared.Select((w, i) => (Name: $"{i + 100}_{w.Name}", w.Sql)).ToList();
        foreach (var (name, sql) in ways)
            Migration(name, sql);
        var before = await OutsideAsync();

        var report = await new Rehearsal(Kind.Driver, Target(), Folder, EngineOptions()).RunAsync(new RehearsalRequest { All = all });

        Assert.Equal(before, await OutsideAsync());
        Assert.Equal(ways.Select(w => w.Name), report.Results.Select(r => r.Name));
        Assert.All(report.Results, r => Assert.True(r.IsGood, $"{r.Name}: {r.NotRun ?? r.Failure?.Message}"));
    }

    [Fact]
    public async Task What_needs_a_superuser_on_a_server_of_our_own_is_not_run()
    {
        await PrepareAsync();
        var ways = Refused.Select((w, i) => (Name: $"{i + 100}_{w.Name}", w.Sql)).ToList();
        foreach (var (name, sql) in ways)
            Migration(name, sql, "SELECT 1;\n");
        var before = await OutsideAsync();

        var report = await new Rehearsal(Kind.Driver, Target(), Folder, EngineOptions()).RunAsync();

        Assert.Equal(before, await OutsideAsync());
        Assert.Equal(ways.Select(w => w.Name), report.Results.Select(r => r.Name));
        Assert.All(
            report.Results,
            r => Assert.True(r is { Applies: false, NotRun: not null, UndoProven: null }, $"{r.Name}: {r.Failure?.Message ?? "good"}")
        );
    }

    [Fact]
    public async Task Drift_changes_nothing_that_all_databases_share()
    {
        await PrepareAsync();
        Migration(
            "001_role",
            $"DO $$ BEGIN IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = '{_mark}') THEN CREATE ROLE {_mark}; END IF; "
                + $"END $$;\nALTER ROLE {_mark} PASSWORD 'initial' CONNECTION LIMIT 5;\nCREATE TABLE report (id int);\n"
        );
        await ApplyAsync();
        await Database.ExecuteAsync($"ALTER ROLE {_mark} PASSWORD 'rotated' CONNECTION LIMIT 50");
        var before = await OutsideAsync();

        var result = Assert.Single(await Checker().CheckAsync(new CheckRequest { Categories = [CheckCategory.Drift] }));

        Assert.Equal(before, await OutsideAsync());
        Assert.True(result.Status == CheckStatus.Pass, result.Message);
    }

    [Fact]
    public async Task A_replay_creates_the_roles_and_databases_that_the_migrations_created()
    {
        Migration(
            "001_role",
            $"CREATE ROLE {_mark} LOGIN;\nCREATE TABLE report (id int);\nGRANT SELECT ON report TO {_mark};\n",
            $"DROP TABLE report;\nDROP ROLE {_mark};\n"
        );
        Migration("002_database", $"-- Transaction: none\nCREATE DATABASE {_mark};\n", $"-- Transaction: none\nDROP DATABASE {_mark};\n");
        await ApplyAsync();
        var before = await OutsideAsync();

        var drift = Assert.Single(await Checker().CheckAsync(new CheckRequest { Categories = [CheckCategory.Drift] }));
        var report = await new Rehearsal(Kind.Driver, Target(), Folder, EngineOptions()).RunAsync(new RehearsalRequest { All = true });

        Assert.Equal(before, await OutsideAsync());
        Assert.True(drift.Status == CheckStatus.Pass, drift.Message);
        Assert.All(report.Results, r => Assert.True(r is { IsGood: true, UndoProven: true }, $"{r.Name}: {r.Failure?.Message}"));
        // A pending one meets what the server has.
        Migration("003_role", $"CREATE ROLE {_mark};\n");
        var pending = await new Rehearsal(Kind.Driver, Target(), Folder, EngineOptions()).RunAsync();
        Assert.Contains("42710", Assert.Single(pending.Results).Failure?.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Where_no_server_of_our_own_is_wanted_only_that_statement_is_left_out()
    {
        await PrepareAsync();
        Migration("001_role", $"CREATE TABLE a (id int);\nALTER ROLE {_mark} CONNECTION LIMIT 5;\n", "DROP TABLE a;\n");
        Migration("002_needs_the_table", "CREATE INDEX i ON a (id);\n", "DROP INDEX i;\n");
        var before = await OutsideAsync();

        var report = await new Rehearsal(Kind.Driver, Target(), Folder, EngineOptions()).RunAsync(
            new RehearsalRequest { ScratchServer = Target() }
        );

        Assert.Equal(before, await OutsideAsync());
        Assert.Contains("001_role.up.sql:2", report.Results[0].NotRun, StringComparison.Ordinal);
        Assert.True(report.Results[1].IsGood, report.Results[1].Failure?.Message);
    }

    [Fact]
    public async Task An_extension_is_made_where_the_role_is_no_superuser()
    {
        await PrepareAsync();
        Migration(
            "001_extension",
            $"CREATE EXTENSION pageinspect;\nALTER ROLE {_mark} CONNECTION LIMIT 5;\n",
            "DROP EXTENSION pageinspect;\n"
        );
        Migration(
            "002_file",
            $"DO $$ BEGIN EXECUTE convert_from(decode('{Hex($"COPY (SELECT 1) TO '{File}'")}', 'hex'), 'UTF8'); END $$;\n"
        );
        var before = await OutsideAsync();

        var report = await new Rehearsal(Kind.Driver, Target(), Folder, EngineOptions()).RunAsync();

        Assert.True(
            report.Results[0] is { IsGood: true, UndoProven: true },
            report.Results[0].NotRun ?? report.Results[0].Failure?.Message
        );
        Assert.Contains("no superuser", report.Results[1].NotRun, StringComparison.Ordinal);
        Assert.Equal(before, await OutsideAsync());
    }

    [Fact]
    public async Task Text_that_is_not_seen_runs_on_a_server_of_our_own_where_the_role_might_do_anything_by_it()
    {
        await PrepareAsync();
        Migration("001_unseen", $"DO $$ BEGIN EXECUTE convert_from(decode('{Hex($"DROP ROLE {_mark}")}', 'hex'), 'UTF8'); END $$;\n");
        Migration(
            "002_unseen",
            $"DO $$ BEGIN EXECUTE convert_from(decode('{Hex($"COPY (SELECT 1) TO PROGRAM 'touch {File}'")}', 'hex'), 'UTF8'); END $$;\n"
        );
        var before = await OutsideAsync();

        var report = await new Rehearsal(Kind.Driver, Target(), Folder, EngineOptions()).RunAsync();

        Assert.Equal(before, await OutsideAsync());
        Assert.True(report.Results[0].IsGood, report.Results[0].Failure?.Message);
        Assert.Contains("no superuser", report.Results[1].NotRun, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("pg_execute_server_program", "COPY (SELECT 1) TO PROGRAM 'touch {0}'")]
    [InlineData("pg_write_server_files", "COPY (SELECT 1) TO '{0}'")]
    [InlineData("pg_read_server_files", "CREATE TABLE read (t text); COPY read FROM '/etc/passwd'")]
    public async Task Text_that_is_not_seen_cannot_grant_itself_the_files_and_programs_of_the_machine(string role, string then)
    {
        await PrepareAsync();
        var statements = $"GRANT {role} TO CURRENT_USER; {string.Format(System.Globalization.CultureInfo.InvariantCulture, then, File)}";
        Migration("001_unseen", $"DO $$ BEGIN EXECUTE convert_from(decode('{Hex(statements)}', 'hex'), 'UTF8'); END $$;\n");
        Migration(
            "002_member",
            $"DO $$ BEGIN EXECUTE convert_from(decode('{Hex($"CREATE ROLE {_mark}2 IN ROLE {role}")}', 'hex'), 'UTF8'); END $$;\n"
        );
        var before = await OutsideAsync();

        var report = await new Rehearsal(Kind.Driver, Target(), Folder, EngineOptions()).RunAsync();

        Assert.Equal(before, await OutsideAsync());
        Assert.All(report.Results, r => Assert.Contains("no superuser", r.NotRun, StringComparison.Ordinal));
    }

    [Fact]
    public async Task What_triggers_and_functions_that_are_there_do_is_seen()
    {
        await PrepareAsync();
        await Database.ExecuteAsync(
            $"""
            CREATE TABLE live (a int);
            CREATE FUNCTION fires() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN COPY (SELECT 1) TO PROGRAM 'touch {File}'; RETURN NEW;
                END $$;
            CREATE TRIGGER fires AFTER INSERT ON live FOR EACH ROW EXECUTE FUNCTION fires();
            CREATE FUNCTION runs(text) RETURNS void LANGUAGE plpgsql AS $$ BEGIN EXECUTE $1; END $$;
            """
        );
        Migration("001_fires", "INSERT INTO live VALUES (1);\n");
        Migration("002_runs", $"SELECT runs('ALTER ROLE {_mark} CONNECTION LIMIT 9');\n");
        var before = await OutsideAsync();

        var report = await new Rehearsal(Kind.Driver, Target(), Folder, EngineOptions()).RunAsync();

        Assert.Equal(before, await OutsideAsync());
        Assert.Contains("the use of live reaches beyond", report.Results[0].NotRun, StringComparison.Ordinal);
        Assert.True(report.Results[1].IsGood, report.Results[1].NotRun ?? report.Results[1].Failure?.Message);
    }

    [Fact]
    public async Task Text_that_is_not_seen_is_not_run_where_no_server_of_our_own_is_wanted_and_the_role_may_do_anything()
    {
        await PrepareAsync();
        Migration("001_unseen", $"DO $$ BEGIN EXECUTE format('%s ROLE {_mark} CONNECTION LIMIT 9', 'ALTER'); END $$;\n");
        var before = await OutsideAsync();

        var report = await new Rehearsal(Kind.Driver, Target(), Folder, EngineOptions()).RunAsync(
            new RehearsalRequest { ScratchServer = Target() }
        );

        Assert.Equal(before, await OutsideAsync());
        Assert.Contains(
            "EXECUTE of a text that is not seen may reach beyond the copy",
            Assert.Single(report.Results).NotRun,
            StringComparison.Ordinal
        );
    }

    private static string Hex(string sql) => Convert.ToHexString(System.Text.Encoding.ASCII.GetBytes(sql));

    protected override async Task PrepareAsync()
    {
        await Database.ExecuteAsync($"CREATE ROLE {_mark} LOGIN PASSWORD 'secret' CONNECTION LIMIT 3");
        await ((PostgreSqlTestDatabase)Database).Server.ExecuteAsync($"CREATE DATABASE {_mark}");
    }

    protected override async Task<string> OutsideAsync() =>
        System.IO.File.Exists(File)
        + await Database.ScalarAsync(
            $"""
            SELECT concat_ws(' ', (SELECT string_agg(concat_ws(' ', rolname, rolconnlimit, rolpassword, rolsuper),
                ',' ORDER BY rolname) FROM pg_authid WHERE rolname LIKE '{_mark}%'),
                (SELECT count(*) FROM pg_auth_members m JOIN pg_authid a ON a.oid = m.member WHERE a.rolname LIKE '{_mark}%'),
                (SELECT string_agg(concat_ws(' ', datname, datconnlimit, datacl::text, shobj_description(oid, 'pg_database')),
                    ',' ORDER BY datname) FROM pg_database WHERE datname LIKE '{_mark}%' OR datname = current_database()),
                (SELECT string_agg(s.setconfig::text, ',' ORDER BY s.setconfig) FROM pg_db_role_setting s LEFT JOIN pg_authid a ON a.oid =
                    s.setrole LEFT JOIN pg_database d ON d.oid = s.setdatabase
                    WHERE a.rolname LIKE '{_mark}%' OR d.datname = current_database()),
                (SELECT count(*) FROM pg_replication_slots WHERE slot_name LIKE '{_mark}%'),
                    (SELECT count(*) FROM pg_tablespace WHERE spcname LIKE '{_mark}%'),
                (SELECT count(*) FROM pg_subscription WHERE subname LIKE '{_mark}%'), pg_read_file('postgresql.auto.conf'))
            """
        );

    public override async ValueTask DisposeAsync()
    {
        var server = ((PostgreSqlTestDatabase)Database).Server;
        await base.DisposeAsync();
        await server.ExecuteAsync($"DROP DATABASE IF EXISTS {_mark}");
        await server.ExecuteAsync($"DROP ROLE IF EXISTS {_mark}");
        System.IO.File.Delete(File); // The run on the database itself has made it.
    }
}
