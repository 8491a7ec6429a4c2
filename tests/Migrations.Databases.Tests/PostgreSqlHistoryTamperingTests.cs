using System.Globalization;
using Migrations.Planning;

namespace Migrations.Databases.Tests;

public sealed class PostgreSqlHistoryTamperingTests() : HistoryTamperingConformance(DatabaseKind.PostgreSql)
{
    private const string Function = "CREATE FUNCTION t() RETURNS trigger LANGUAGE plpgsql AS $$BEGIN {0} END$$; ";

    public static TheoryData<string, TransactionMode> MoreScripts =>
        Table(
            "TRUNCATE migration_journal",
            "INSERT INTO migration_journal (id, run_id, name, direction, event, applied_at, applied_by, host, success, "
                + "tool_version) OVERRIDING SYSTEM VALUE"
                + " SELECT -1, run_id, name, direction, event, applied_at, applied_by, host, success, tool_version FROM "
                + "migration_journal WHERE id = 1",
            "DO $$BEGIN DELETE FROM migration_journal; END$$",
            "DELETE FROM migration_journal WHERE id = 1;\nRESET ALL",
            "TRUNCATE migration_journal;\nRESET ALL",
            "UPDATE migration_journal SET checksum = 'x';\nSET migrations.history = ''",
            "SELECT set_config('migrations.history', '1', true);\nDELETE FROM migration_journal WHERE id = 1"
        );

    protected override string SwallowingTrigger =>
        string.Format(CultureInfo.InvariantCulture, Function, "RETURN NULL;")
        + "CREATE TRIGGER t BEFORE INSERT ON migration_journal FOR EACH ROW EXECUTE FUNCTION t()";

    [Theory]
    [InlineData(TransactionMode.Each)]
    [InlineData(TransactionMode.All)]
    [InlineData(TransactionMode.None)]
    public async Task Rows_of_a_table_that_inherits_the_history_are_none_of_it(TransactionMode mode)
    {
        await BeginAsync("CREATE TABLE b (id integer);\n");
        // Id, name and checksum of a row that says that 002_b is applied.
        await Database.ExecuteAsync(
            "CREATE TABLE more () INHERITS (migration_journal); INSERT INTO more SELECT * FROM migration_journal;"
                + " UPDATE more SET id = 7, version = '002', name = '002_b'"
        );
        Assert.Equal(MigrationState.Pending, (await Engine().GetStatusAsync()).Single(s => s.Name is "002_b").State);
        await ApplyAsync(new ApplyRequest { TransactionMode = mode });
        Assert.Equal("a, b, more", await TablesAsync());
        // What a script changes there changes nothing in the history.
        Migration("003_c", "DELETE FROM more;\nCREATE TABLE c (id integer);\n");
        await ApplyAsync(new ApplyRequest { TransactionMode = mode });
        Assert.All(await Engine().GetStatusAsync(), s => Assert.Equal(MigrationState.Applied, s.State));
    }

    [Theory]
    [InlineData(TransactionMode.Each)]
    [InlineData(TransactionMode.All)]
    [InlineData(TransactionMode.None)]
    public async Task A_rule_that_takes_the_place_of_the_row_is_named(TransactionMode mode)
    {
        await BeginAsync("INSERT INTO a VALUES (1);\n");
        await Database.ExecuteAsync("CREATE RULE r AS ON INSERT TO migration_journal DO INSTEAD NOTHING");

        var error = await Assert.ThrowsAsync<MigrationException>(() => ApplyAsync(new ApplyRequest { TransactionMode = mode }));

        Assert.Equal(ErrorId.HistoryTableConflict, error.Id);
        Assert.Contains("rules on public.migration_journal", error.NextStep.ToString(), StringComparison.Ordinal);
        Assert.Equal("0", await Database.ScalarAsync("SELECT count(*) FROM a"));
    }

    /// <summary>A state that fits the table as the script leaves it, under the name of a setting that earlier versions used, and under
    /// every name that the server shows.</summary>
    private const string Forge = """
        ; DO $$ DECLARE n text; BEGIN FOR n IN SELECT 'migrations.history' UNION SELECT name FROM pg_settings WHERE name LIKE 'migrations.%'
            LOOP PERFORM set_config(n, format('%s/%s/%s/%s/', pg_relation_filenode('migration_journal'),
                pg_stat_get_xact_tuples_updated('migration_journal'::regclass),
                pg_stat_get_xact_tuples_deleted('migration_journal'::regclass),
                pg_stat_get_xact_tuples_inserted('migration_journal'::regclass)), true); END LOOP; END $$
        """;

    public static TheoryData<string, TransactionMode> Forgeries =>
        Table(
            "DELETE FROM migration_journal WHERE id = 1" + Forge,
            "UPDATE migration_journal SET checksum = 'x' WHERE id = 1" + Forge,
            "CREATE TEMP TABLE k AS TABLE migration_journal; TRUNCATE migration_journal; INSERT INTO migration_journal OVERRIDING SYSTEM "
                + "VALUE SELECT * FROM k; DROP TABLE k"
                + Forge,
            "CREATE TEMP TABLE k AS TABLE migration_journal; TRUNCATE migration_journal; INSERT INTO migration_journal OVERRIDING SYSTEM "
                + "VALUE SELECT * FROM k; DROP TABLE k; RESET ALL"
        );

    [Theory]
    [MemberData(nameof(Forgeries))]
    public async Task A_script_that_changes_what_is_remembered_of_the_history_too_is_not_applied(string script, TransactionMode mode) =>
        await IsRefusedAsync(script, mode);

    public static TheoryData<string, string, TransactionMode> Hidden
    {
        get
        {
            const string Off = "SET track_counts = off;\n{0};\nSET track_counts = on";
            const string Update = "UPDATE migration_journal SET checksum = 'x' WHERE id = 1";
            const string Uncounted = "CREATE FUNCTION f() RETURNS {0} LANGUAGE plpgsql SET track_counts = off AS $$BEGIN {1}; END$$;";
            string Of(string format, params string[] values) => string.Format(CultureInfo.InvariantCulture, format, values);
            var data = new TheoryData<string, string, TransactionMode>();
            foreach (var mode in (TransactionMode[])[TransactionMode.Each, TransactionMode.All])
            {
                data.Add("", Of(Off, Update), mode);
                data.Add("", Of(Off, "DELETE FROM migration_journal WHERE id = 1"), mode);
                data.Add("", Of(Off, Another), mode);
                data.Add("", Of(Off, $"SAVEPOINT s;\n{Update};\nRELEASE s"), mode);
                data.Add(
                    Of(Uncounted, "trigger", Update + "; RETURN NULL")
                        + "CREATE TRIGGER f AFTER INSERT ON migration_journal FOR EACH ROW EXECUTE FUNCTION f()",
                    "SELECT 1",
                    mode
                );
                data.Add(
                    Of(Uncounted, "text", Update + "; RETURN ''"),
                    "ALTER TABLE migration_journal ADD z text;\nALTER TABLE migration_journal ALTER z SET DEFAULT f()",
                    mode
                );
                // In scripts that only define something, or fill what they define.
                data.Add(
                    Of(Uncounted, "trigger", Update + "; RETURN NULL")
                        + "CREATE TRIGGER f AFTER INSERT ON migration_journal FOR EACH ROW EXECUTE FUNCTION f()",
                    "CREATE TABLE d (n integer)",
                    mode
                );
                data.Add(
                    Of(Uncounted, "text", Update + "; RETURN ''")
                        + "ALTER TABLE migration_journal ADD z text; ALTER TABLE migration_journal ALTER z SET DEFAULT f()",
                    "CREATE TABLE d (n integer)",
                    mode
                );
                data.Add(
                    Of(Uncounted, "text", Update + "; RETURN ''") + "CREATE DOMAIN own AS text DEFAULT f()",
                    "CREATE TABLE d (n integer, o own);\nINSERT INTO d (n) VALUES (1)",
                    mode
                );
            }

            return data;
        }
    }

    [Theory]
    [MemberData(nameof(Hidden))]
    public async Task A_change_of_the_history_that_no_counter_shows_takes_the_step_back(string before, string script, TransactionMode mode)
    {
        await BeginAsync($"{script};\nCREATE TABLE b (id integer);\n");
        await Database.ExecuteAsync(before.Length == 0 ? "SELECT 1" : before);
        var error = await ThrowsAsync<MigrationException>(
            ErrorId.HistoryTableConflict,
            () => ApplyAsync(new ApplyRequest { TransactionMode = mode })
        );
        Assert.EndsWith("That transaction was rolled back.", error.Message, StringComparison.Ordinal);
        Assert.Equal("a", await TablesAsync());
        Assert.Equal("0", await Database.ScalarAsync("SELECT count(*) FROM migration_journal WHERE checksum = 'x'"));
        Assert.StartsWith("001_a applied", await JournalAsync(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_trigger_that_someone_else_puts_on_the_history_meanwhile_is_looked_into()
    {
        await Database.ExecuteAsync(
            "CREATE TABLE x (n integer); CREATE FUNCTION f() RETURNS trigger LANGUAGE plpgsql AS $$BEGIN RETURN NULL; END$$"
        );
        await BeginAsync("DROP TABLE x;\n");
        await using var other = await Database.ConnectAsync();
        await using var command = other.CreateCommand();
        command.CommandText = "BEGIN; LOCK TABLE x";
        await command.ExecuteNonQueryAsync();
        var run = ApplyAsync();
        while (!run.IsCompleted && await Database.ScalarAsync("SELECT count(*) FROM pg_locks WHERE NOT granted") is "0")
            await Task.Yield();
        command.CommandText = "CREATE TRIGGER f AFTER INSERT ON migration_journal FOR EACH ROW EXECUTE FUNCTION f(); COMMIT";
        await command.ExecuteNonQueryAsync();
        await run;
        Assert.Equal("a", await TablesAsync());
        Assert.Equal("001_a applied, 002_b applied", await JournalAsync());
    }

    [Fact]
    public async Task A_row_of_the_same_run_that_a_later_script_changes_unseen_takes_the_run_back()
    {
        await BeginAsync("CREATE TABLE b (id integer);\n");
        Migration("003_c", "SET track_counts = off;\nUPDATE migration_journal SET checksum = 'x' WHERE id > 1;\nRESET track_counts;\n");
        await ThrowsAsync<MigrationException>(
            ErrorId.HistoryTableConflict,
            () => ApplyAsync(new ApplyRequest { TransactionMode = TransactionMode.All })
        );
        Assert.Equal("a", await TablesAsync());
        Assert.StartsWith("001_a applied", await JournalAsync(), StringComparison.Ordinal);
    }

    public static TheoryData<string, string, TransactionMode> PutOff
    {
        get
        {
            const string Changes = "UPDATE migration_journal SET checksum = 'x' WHERE id = 1;";
            const string Chain =
                "CREATE TABLE c (n integer); CREATE FUNCTION f() RETURNS trigger LANGUAGE plpgsql AS $$BEGIN SET CONSTRAINTS ALL DEFERRED;"
                + " IF NEW.n < 5 THEN INSERT INTO c VALUES (NEW.n + 1); ELSE "
                + Changes
                + " END IF; RETURN NULL; END$$; CREATE CONSTRAINT TRIGGER f AFTER INSERT ON c DEFERRABLE INITIALLY DEFERRED "
                + "FOR EACH ROW EXECUTE FUNCTION f()";
            const string Cursor = "CREATE FUNCTION f() RETURNS integer LANGUAGE plpgsql AS $$BEGIN " + Changes + " RETURN 1; END$$";
            var data = new TheoryData<string, string, TransactionMode>();
            foreach (var mode in (TransactionMode[])[TransactionMode.Each, TransactionMode.All])
            {
                data.Add(Chain, "INSERT INTO c VALUES (1)", mode);
                data.Add(Chain, "SAVEPOINT s;\nINSERT INTO c VALUES (1)", mode);
                data.Add(Cursor, "DECLARE k CURSOR WITH HOLD FOR SELECT f()", mode);
                data.Add(Cursor, "SAVEPOINT s;\nSAVEPOINT \"S\";\nROLLBACK TO s;\nDECLARE k CURSOR WITH HOLD FOR SELECT f()", mode);
            }

            return data;
        }
    }

    [Theory]
    [MemberData(nameof(PutOff))]
    public async Task What_a_script_puts_off_until_the_commit_cannot_change_the_history(string before, string script, TransactionMode mode)
    {
        await BeginAsync($"{script};\nCREATE TABLE b (id integer);\n");
        await Database.ExecuteAsync(before);
        var error = await Assert.ThrowsAsync<StatementException>(() => ApplyAsync(new ApplyRequest { TransactionMode = mode }));
        Assert.Equal("25006", error.Code);
        Assert.Contains("put off", error.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("b", (await TablesAsync()).Split(", "));
        Assert.Equal("001_a applied, 002_b failed", await JournalAsync());
        Assert.Equal("0", await Database.ScalarAsync("SELECT count(*) FROM migration_journal WHERE checksum = 'x'"));
    }

    [Theory]
    [InlineData(TransactionMode.Each)]
    [InlineData(TransactionMode.All)]
    public async Task Savepoints_cursors_and_statements_that_change_nothing_are_no_change(TransactionMode mode)
    {
        await BeginAsync(
            "SAVEPOINT a;\nCREATE TABLE b (id integer);\nSAVEPOINT A;\nCREATE TABLE x (id integer);\nROLLBACK TO SAVEPOINT a;\n"
                + "DELETE FROM migration_journal WHERE false;\nSAVEPOINT \"Ü x\";\nINSERT INTO b VALUES (1);\n"
                + "ROLLBACK TO \"Ü x\";\nDECLARE k CURSOR WITH HOLD FOR SELECT 1;\n"
        );
        Migration("003_c", "CREATE TABLE c (id integer);\nINSERT INTO c VALUES (1);\n");
        await ApplyAsync(new ApplyRequest { TransactionMode = mode });
        Assert.Equal("a, b, c", await TablesAsync());
        Assert.Equal("001_a applied, 002_b applied, 003_c applied", await JournalAsync());
    }

    [Fact]
    public async Task A_partitioned_history_is_refused()
    {
        await BeginAsync("CREATE TABLE b (id integer);\n");
        await Database.ExecuteAsync(
            "ALTER TABLE migration_journal RENAME TO old; CREATE TABLE migration_journal (LIKE old) PARTITION BY RANGE (id);"
                + " CREATE TABLE part PARTITION OF migration_journal DEFAULT; INSERT INTO part SELECT * FROM old; DROP TABLE old"
        );
        var error = await ThrowsAsync<MigrationException>(ErrorId.HistoryTableConflict, () => Engine().GetStatusAsync());
        Assert.Contains("partitioned", error.Message, StringComparison.Ordinal);
        await ThrowsAsync<MigrationException>(ErrorId.HistoryTableConflict, () => ApplyAsync());
        Assert.Equal("a, part", await TablesAsync());
        var remedy = error.NextStep.ToString();
        await Database.ExecuteAsync(remedy[remedy.IndexOf("BEGIN", StringComparison.Ordinal)..]);
        await ApplyAsync();
        Assert.All(await Engine().GetStatusAsync(), s => Assert.Equal(MigrationState.Applied, s.State));
    }

    [Theory]
    [MemberData(nameof(MoreScripts))]
    public async Task A_script_that_writes_to_the_history_in_other_ways_is_not_applied(string script, TransactionMode mode) =>
        await IsRefusedAsync(script, mode);

    [Theory]
    [InlineData(TransactionMode.Each)]
    [InlineData(TransactionMode.All)]
    [InlineData(TransactionMode.None)]
    public async Task Settings_that_a_script_resets_are_no_change_of_the_history(TransactionMode mode)
    {
        await BeginAsync("RESET ALL;\nCREATE TABLE b (id integer);\nINSERT INTO b VALUES (1);\n");
        await ApplyAsync(new ApplyRequest { TransactionMode = mode });
        Assert.Equal("a, b", await TablesAsync());
    }

    public static TheoryData<string, string, TransactionMode> Triggers
    {
        get
        {
            const string Each = "FOR EACH ROW EXECUTE FUNCTION t()";
            const string Takes = "DELETE FROM migration_journal WHERE id = NEW.id; RETURN NULL;";
            var data = new TheoryData<string, string, TransactionMode>();
            foreach (var mode in (TransactionMode[])[TransactionMode.Each, TransactionMode.All])
            {
                data.Add(Takes, $"CREATE TRIGGER t AFTER INSERT ON migration_journal {Each}", mode);
                data.Add(
                    "UPDATE migration_journal SET checksum = 'x' WHERE id < NEW.id; RETURN NULL;",
                    $"CREATE TRIGGER t AFTER INSERT ON migration_journal {Each}",
                    mode
                );
                data.Add(
                    Takes,
                    $"CREATE CONSTRAINT TRIGGER t AFTER INSERT ON migration_journal DEFERRABLE INITIALLY DEFERRED {Each}",
                    mode
                );
                data.Add("RETURN NULL;", "CREATE RULE r AS ON INSERT TO migration_journal DO INSTEAD NOTHING", mode);
            }

            return data;
        }
    }

    [Theory]
    [MemberData(nameof(Triggers))]
    public async Task A_trigger_that_changes_the_history_takes_the_step_back(string body, string trigger, TransactionMode mode)
    {
        await BeginAsync("CREATE TABLE b (id integer);\n");
        Migration("003_c", "CREATE TABLE c (id integer);\n");
        await Database.ExecuteAsync(string.Format(CultureInfo.InvariantCulture, Function, body) + trigger);
        await Assert.ThrowsAnyAsync<MigrationException>(() => ApplyAsync(new ApplyRequest { TransactionMode = mode }));
        Assert.Equal("a", await TablesAsync());
    }

    [Theory]
    [InlineData("")]
    [InlineData("SET search_path = app, public;\n")]
    public async Task Triggers_of_the_users_run_under_the_scripts_own_search_path(string setting)
    {
        // One on the history, one that waits for the commit; both name a table of the schema that is in force.
        await BeginAsync($"{setting}INSERT INTO a VALUES (1);\n");
        await Database.ExecuteAsync(
            string.Format(
                CultureInfo.InvariantCulture,
                Function,
                "INSERT INTO audit VALUES (TG_TABLE_NAME, current_setting('row_security')); RETURN NEW;"
            )
                + "CREATE SCHEMA app; CREATE TABLE app.audit (what text, rows text);"
                + $"ALTER DATABASE \"{((Testing.PostgreSqlTestDatabase)Database).Name}\" SET search_path = "
                + $"{(setting.Length == 0 ? "public, app" : "public")};"
                + "CREATE TRIGGER t BEFORE INSERT ON public.migration_journal FOR EACH ROW EXECUTE FUNCTION public.t();"
                + "CREATE CONSTRAINT TRIGGER t AFTER INSERT ON public.a DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE "
                + "FUNCTION public.t()"
        );
        await ApplyAsync();
        Assert.Equal(["a|on", "migration_journal|on"], await Database.RowsAsync("SELECT * FROM app.audit ORDER BY 1"));
    }
}
