using Migrations.Events;
using Migrations.Planning;
using Migrations.Testing;

namespace Migrations.Databases.Tests;

/// <summary>A script for the database's own client leaves database and history as a run of the engine does.</summary>
public abstract class ExportConformance(DatabaseKind kind) : Conformance(kind)
{
    // All that is no matter of the run: its id, times, figures, user and host.
    private const string Rows =
        "SELECT coalesce(service, '-') || '|' || coalesce(version, '-') || '|' || name || '|' || coalesce(description, '-') || '|' || "
        + "coalesce(semantic_version, '-') || '|' || direction || '|' || event || '|' || coalesce(checksum, '-') || '|' || "
        + "CAST(success AS text) || '|' || CASE event WHEN 'started' THEN '' ELSE coalesce(error_message, '-') END || '|' || "
        + "coalesce(CAST(statement_index AS text), '-') || '|' || tool_version || '|' || coalesce(script, '-') "
        + "FROM migration_journal ORDER BY id";

    /// <summary>A script that the client would take commands out of, if it did not know where texts begin and end.</summary>
    protected abstract string OddScript { get; }

    /// <summary>A script that cannot run in a transaction, on a table <c>a</c>.</summary>
    protected abstract string Outside { get; }

    protected async Task<string> ScriptAsync(ScriptRequest? request = null, Func<MigratorOptions, MigratorOptions>? change = null)
    {
        var text = new StringWriter();
        await Engine(change).WriteScriptAsync(request ?? new ScriptRequest(), text);
        return text.ToString();
    }

    protected async Task RunAsync(string script, params (string, string)[] environment)
    {
        var (code, output) = await ClientShell.RunAsync(Database, script, environment);
        Assert.True(code == 0, output + "\n" + script);
    }

    protected async Task<string> StopsAsync(string script, params (string, string)[] environment)
    {
        var (code, output) = await ClientShell.RunAsync(Database, script, environment);
        Assert.True(code != 0, output);
        return output;
    }

    protected async Task<string> FingerprintAsync(TestDatabase database)
    {
        await using var session = await Kind.Driver.OpenAsync(Kind.Driver.Parse(database.Address, Folder)!, new SessionOptions(), default);
        return (await session.Inspector.ReadSchemaAsync(default)).Fingerprint;
    }

    /// <summary>Compares the database with another one, on which the engine has run.</summary>
    protected async Task AssertAsByRunAsync(
        Func<Migrator, Task> run,
        Func<MigratorOptions, MigratorOptions>? change = null,
        params string[] tables
    )
    {
        await using var other = await Kind.CreateAsync();
        var options = EngineOptions();
        await run(new Migrator(Kind.Driver, Kind.Driver.Parse(other.Address, Folder)!, Folder, change is null ? options : change(options)));
        Assert.Equal(await other.RowsAsync(Rows), await Database.RowsAsync(Rows));
        foreach (var table in tables)
            Assert.Equal(
                await other.RowsAsync($"SELECT * FROM {table} ORDER BY 1"),
                await Database.RowsAsync($"SELECT * FROM {table} ORDER BY 1")
            );
        Assert.Equal(await FingerprintAsync(other), await FingerprintAsync(Database));
    }

    /// <summary>Nothing is left to do, and nothing is wrong with the history.</summary>
    protected async Task AssertGoodAsync()
    {
        Assert.Empty(await ApplyAsync());
        Assert.All(await Engine().GetStatusAsync(), s => Assert.Equal((MigrationState.Applied, ScriptChange.None), (s.State, s.Change)));
        var checks = await Checker().CheckAsync(new CheckRequest());
        Assert.All(checks.Where(c => c.Category == CheckCategory.History), c => Assert.NotEqual(CheckStatus.Fail, c.Status));
    }

    [Fact]
    public async Task A_script_does_what_a_run_does_and_stops_before_anything_when_it_is_run_again()
    {
        ThreeTables();
        var script = await ScriptAsync();
        Assert.Empty(await Database.TablesAsync());
        await RunAsync(script);
        await AssertAsByRunAsync(e => e.ApplyAsync(), change: null, "a", "b", "c");
        await AssertGoodAsync();
        var before = await JournalAsync();
        Assert.Contains("the migration history is not as it was", await StopsAsync(script), StringComparison.OrdinalIgnoreCase);
        Assert.Equal(before, await JournalAsync());
    }

    [Theory]
    [InlineData(TransactionMode.Each)]
    [InlineData(TransactionMode.All)]
    [InlineData(TransactionMode.None)]
    public async Task Each_transaction_mode_is_that_of_a_run(TransactionMode mode)
    {
        ThreeTables();
        var request = new ApplyRequest { TransactionMode = mode, Target = "002" };
        await RunAsync(await ScriptAsync(new ScriptRequest { Apply = request }));
        await AssertAsByRunAsync(e => e.ApplyAsync(request), change: null, "a", "b");
        await RunAsync(await ScriptAsync());
        Assert.Equal("001_a Applied, 002_b Applied, 003_c Applied", await StatesAsync());
        await AssertGoodAsync();
    }

    [Fact]
    public async Task Texts_that_look_like_commands_of_the_client_come_through()
    {
        Migration("001_odd", OddScript);
        await RunAsync(await ScriptAsync());
        await AssertAsByRunAsync(e => e.ApplyAsync(), change: null, "a");
        await AssertGoodAsync();
    }

    [Fact]
    public async Task Line_ends_and_letters_of_all_kinds_come_through()
    {
        Migration("001_a", "CREATE TABLE a (id integer, t text);\r\nINSERT INTO a VALUES (1, 'x\r\ny\n{CR}äß€\\');\r\n");
        await RunAsync(await ScriptAsync());
        await AssertAsByRunAsync(e => e.ApplyAsync(), change: null, "a");
        await AssertGoodAsync();
    }

    [Fact]
    public async Task What_runs_without_a_transaction_has_its_rows()
    {
        Migration("001_a", "CREATE TABLE a (id integer PRIMARY KEY);");
        Migration("002_outside", Outside);
        Migration(
            "003_none",
            "-- Transaction: none\nCREATE TABLE c (id integer);\nBEGIN;\nINSERT INTO c VALUES (1);\nCOMMIT;\nDROP TABLE c;"
        );
        await RunAsync(await ScriptAsync());
        await AssertAsByRunAsync(e => e.ApplyAsync());
        await AssertGoodAsync();
    }

    [Fact]
    public async Task A_transaction_of_the_scripts_own_is_taken_off()
    {
        Migration("001_a", "BEGIN;\nCREATE TABLE a (id integer PRIMARY KEY);\nCOMMIT;\n", "BEGIN; DROP TABLE a; COMMIT;");
        await RunAsync(await ScriptAsync());
        await AssertAsByRunAsync(e => e.ApplyAsync());
        await RunAsync(await ScriptAsync(new ScriptRequest { Undo = new UndoRequest() }));
        Assert.Equal("001_a applied, 001_a rolled_back", await JournalAsync());
    }

    [Fact]
    public async Task A_script_rolls_back_as_a_run_does()
    {
        ThreeTables();
        await ApplyAsync();
        await Database.ExecuteAsync("INSERT INTO c VALUES (7)");
        var request = new UndoRequest { To = "001" };
        var script = await ScriptAsync(new ScriptRequest { Undo = request });
        Assert.Contains(Events.Of<WarningRaised>(), w => w.Message.Contains("1 row", StringComparison.Ordinal));
        await RunAsync(script);
        Assert.Equal("a", await TablesAsync());
        await AssertAsByRunAsync(async e =>
        {
            await e.ApplyAsync();
            await e.UndoAsync(request with { AcceptDataLoss = true });
        });
        Assert.Equal("001_a Applied, 002_b RolledBack, 003_c RolledBack", await StatesAsync());
        Assert.Equal(2, (await ApplyAsync()).Count);
    }

    [Fact]
    public async Task A_statement_that_fails_stops_the_script_and_leaves_what_a_run_leaves()
    {
        ThreeTables();
        Migration("002_b", "CREATE TABLE b (id integer PRIMARY KEY);\nINSERT INTO b VALUES (1), (1);\nCREATE TABLE d (id integer);");
        Assert.Contains("UNIQUE", await StopsAsync(await ScriptAsync()), StringComparison.OrdinalIgnoreCase);
        Assert.Equal("a", await TablesAsync());
        Assert.Equal("001_a applied", await JournalAsync());
        Migration("002_b", "CREATE TABLE b (id integer PRIMARY KEY);");
        Assert.Equal("002_b, 003_c", Names(await ApplyAsync()));
    }

    [Fact]
    public async Task Hooks_stand_where_they_run()
    {
        ThreeTables();
        Write("hooks/before-run.sql", "CREATE TABLE log (t text);");
        Write("hooks/before-each.sql", "INSERT INTO log VALUES ('before ${migration} ${direction}');");
        Write("hooks/after-each.sql", "INSERT INTO log VALUES ('after ${migration}');");
        Write("hooks/after-run.sql", "INSERT INTO log VALUES ('end');");
        await RunAsync(await ScriptAsync());
        await AssertAsByRunAsync(e => e.ApplyAsync(), change: null, "log");
        await AssertGoodAsync();
    }

    [Fact]
    public async Task Services_have_histories_of_their_own()
    {
        ThreeTables();
        MigratorOptions One(MigratorOptions options) => options with { Service = "one's" };
        var script = await ScriptAsync(change: One);
        await RunAsync(script);
        await AssertAsByRunAsync(e => e.ApplyAsync(), One);
        Assert.Empty(await Engine(One).ApplyAsync());
    }

    [Fact]
    public async Task Variables_have_their_values_and_secret_ones_are_not_written()
    {
        Migration("001_a", "-- Variables: quoted\nCREATE TABLE ${t} (id integer, x text);\nINSERT INTO ${t} VALUES (1, 'is ${p}');");
        MigratorOptions With(MigratorOptions options, bool isSecret) =>
            options with
            {
                Folder = options.Folder with
                {
                    Variables = new VariableSet([
                        new ScriptVariable("t", "a"),
                        new ScriptVariable("p", "hush-hush") { IsSecret = isSecret },
                    ]),
                },
            };
        var error = await ThrowsAsync<FolderException>(ErrorId.FolderInvalid, () => ScriptAsync(change: o => With(o, isSecret: true)));
        var problem = Assert.Single(error.Problems);
        Assert.Equal((ErrorId.ExportRefused, 3), (problem.Id, problem.Location.Line));
        Assert.Contains("'p'", problem.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("hush-hush", error.ToString(), StringComparison.Ordinal);
        await RunAsync(await ScriptAsync(change: o => With(o, isSecret: false)));
        await AssertAsByRunAsync(e => e.ApplyAsync(), o => With(o, isSecret: false), "a");
    }

    [Fact]
    public async Task What_the_tool_alone_can_run_is_refused_by_name()
    {
        ThreeTables();
        var code = new Migrator(
            Kind.Driver,
            Target(),
            MigrationSource.FromFolder(Folder).With(new CodeMigration("004", "code", _ => Task.CompletedTask)),
            EngineOptions()
        );
        var error = await ThrowsAsync<MigrationException>(ErrorId.ExportRefused, () => code.WriteScriptAsync(new(), TextWriter.Null));
        Assert.Contains("004_code", error.Message, StringComparison.Ordinal);
        Migration("002_b", "-- Transaction: none\nCREATE TABLE b (id integer);\nCREATE TABLE a (id integer);");
        await Assert.ThrowsAnyAsync<MigrationException>(() => ApplyAsync());
        error = await ThrowsAsync<MigrationException>(ErrorId.ExportRefused, () => ScriptAsync());
        Assert.Contains("002_b", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_script_goes_into_a_file_of_its_own()
    {
        ThreeTables();
        var file = Path.Combine(Path.GetDirectoryName(Folder)!, "release.sql");
        var written = await Engine().WriteScriptFileAsync(new ScriptRequest(), file);
        Assert.Equal((file, "001_a, 002_b, 003_c"), (written.File, string.Join(", ", written.Migrations)));
        var text = await File.ReadAllTextAsync(file);
        if (!OperatingSystem.IsWindows())
            Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(file));
        await ThrowsAsync<MigrationException>(ErrorId.UsageInvalid, () => Engine().WriteScriptFileAsync(new ScriptRequest(), file));
        await ThrowsAsync<MigrationException>(ErrorId.UsageInvalid, () => Engine().WriteScriptFileAsync(new(), FileOf("release.sql")));
        await ThrowsAsync<MigrationException>(ErrorId.UsageInvalid, () => Engine().WriteScriptFileAsync(new(), FileOf("none/release.sql")));
        await ThrowsAsync<MigrationException>(ErrorId.UsageInvalid, () => Engine().WriteScriptFileAsync(new(), Folder));
        Assert.Equal(text, await File.ReadAllTextAsync(file));
        await RunAsync(text);
        await Engine().WriteScriptFileAsync(new ScriptRequest(), file, overwrite: true);
        Assert.DoesNotContain("CREATE TABLE a", await File.ReadAllTextAsync(file), StringComparison.Ordinal);
        Assert.Empty(Directory.GetFiles(Path.GetDirectoryName(file)!, "*.partial"));
    }

    [Fact]
    public async Task A_plain_script_has_no_command_of_a_client()
    {
        ThreeTables();
        var script = await ScriptAsync(new ScriptRequest { Client = ScriptClient.Plain });
        Assert.DoesNotMatch(@"(?m)^[.\\]", script);
        await Database.ExecuteAsync(script);
        await AssertAsByRunAsync(e => e.ApplyAsync(), change: null, "a", "b");
        await AssertGoodAsync();
        var error = await ThrowsAsync<MigrationException>(
            ErrorId.UsageInvalid,
            () => ScriptAsync(new ScriptRequest { Client = ScriptClient.Plain, IsIdempotent = true })
        );
        Assert.Contains("plain", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_client_of_another_engine_is_refused()
    {
        ThreeTables();
        var other = Kind == DatabaseKind.Sqlite ? ScriptClient.Psql : ScriptClient.D1;
        var error = await ThrowsAsync<MigrationException>(ErrorId.UsageInvalid, () => ScriptAsync(new ScriptRequest { Client = other }));
        Assert.Contains(other.Word(), error.Message, StringComparison.Ordinal);
    }
}
