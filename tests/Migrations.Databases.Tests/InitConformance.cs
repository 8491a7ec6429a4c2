using Migrations.Configuration;
using Migrations.Events;
using Migrations.History;
using Migrations.Planning;
using static Migrations.InitializationOutcome;

namespace Migrations.Databases.Tests;

/// <summary>Bringing a database to where an application can start, any number of times.</summary>
public abstract class InitConformance(DatabaseKind kind) : Conformance(kind)
{
    private const string InitScript =
        "-- Description: all of it\nCREATE TABLE users (id integer PRIMARY KEY);\nCREATE TABLE posts (id integer PRIMARY KEY);\n"
        + "INSERT INTO users VALUES (1);\n";

    private string Script => FileOf("init-db.sql");

    /// <summary>An address of a database that does not exist, where it can be created.</summary>
    protected abstract string MissingAddress { get; }

    protected Task<InitializationResult> InitAsync(InitializationRequest? request = null, string? path = null, string? address = null) =>
        Initializer(path, address).InitializeAsync(request);

    protected DatabaseInitializer Initializer(string? path = null, string? address = null, MigratorOptions? options = null)
    {
        // A database is there before something initializes it; an empty file is one of SQLite's.
        if (address is null && Kind == DatabaseKind.Sqlite && !File.Exists(Database.Address))
            File.WriteAllBytes(Database.Address, []);
        return new(
            Kind.Driver,
            address is null ? Target() : Kind.Driver.Parse(address, Folder)!,
            path ?? Folder,
            options ?? EngineOptions()
        );
    }

    [Fact]
    public async Task A_script_runs_while_its_marker_is_absent_and_is_recorded()
    {
        Write("init-db.sql", InitScript);
        var request = new InitializationRequest { Marker = "users" };
        Assert.Equal((WhatIf, "init-db.sql"), await PlanAsync(request));
        Assert.Equal("", await TablesAsync());
        var first = await InitAsync(request, Script);
        Assert.Equal((Initialized, "init-db.sql"), (first.Outcome, first.Script));
        Assert.Equal("init-db.sql ran", await JournalAsync());
        Assert.Equal("posts, users", await TablesAsync());

        Write("init-db.sql", InitScript + "SELECT * FROM nowhere;\n");
        var second = await InitAsync(request, Script);
        Assert.Equal((AlreadyInitialized, (string?)null), (second.Outcome, second.Script));
        Assert.Equal((AlreadyInitialized, null), await PlanAsync(request));
        Assert.Equal("init-db.sql ran", await JournalAsync());
        Assert.NotNull((await Engine().GetHistoryAsync())[0].Checksum);
    }

    private async Task<(InitializationOutcome, string?)> PlanAsync(InitializationRequest request)
    {
        var plan = await Initializer(Script).PlanAsync(request);
        return (plan.Outcome, plan.Script);
    }

    [Fact]
    public async Task A_database_that_was_initialized_by_something_else_is_left_alone()
    {
        await Database.ExecuteAsync("CREATE TABLE users (id integer)");
        Write("init-db.sql", InitScript);
        Assert.Equal(AlreadyInitialized, (await InitAsync(new InitializationRequest { Marker = "users" }, Script)).Outcome);
        Assert.Equal(["users"], await Database.TablesAsync());
    }

    [Fact]
    public async Task A_view_is_no_marker()
    {
        await Database.ExecuteAsync("CREATE TABLE old (id integer); CREATE VIEW users AS SELECT id FROM old");
        Write("init-db.sql", "DROP VIEW users;\n" + InitScript);
        var request = new InitializationRequest { Marker = "users" };
        Assert.Equal("init-db.sql", (await InitAsync(request, Script)).Script);
        Assert.Equal(AlreadyInitialized, (await InitAsync(request, Script)).Outcome);
    }

    [Fact]
    public async Task Without_a_marker_the_history_says_what_has_run()
    {
        Write("init-db.sql", InitScript);
        Assert.Equal(Initialized, (await InitAsync(path: Script)).Outcome);
        Assert.Equal(AlreadyInitialized, (await InitAsync(path: Script)).Outcome);
        Write("other.sql", "CREATE TABLE others (id integer);\n");
        Assert.Equal(Initialized, (await InitAsync(path: FileOf("other.sql"))).Outcome);
    }

    [Theory]
    [InlineData("")]
    [InlineData("-- Transaction: none\n")]
    public async Task A_script_that_does_not_create_its_marker_is_an_error(string header)
    {
        Write("init-db.sql", header + InitScript);
        var error = await ThrowsAsync<MigrationException>(
            ErrorId.MarkerMissing,
            () => InitAsync(new InitializationRequest { Marker = "customers" }, Script)
        );
        Assert.Contains("customers", error.Message, StringComparison.Ordinal);
        Assert.Equal(header.Length == 0 ? "" : "posts, users", await TablesAsync());
        Assert.Equal("init-db.sql ran", await JournalAsync());
        Assert.False((await Engine().GetHistoryAsync())[0].Success);
    }

    [Fact]
    public async Task A_script_that_fails_leaves_nothing_and_is_run_again()
    {
        Write("init-db.sql", InitScript + "  SELECT * FROM nowhere;\n");
        var request = new InitializationRequest { Marker = "users" };
        var error = await ThrowsAsync<StatementException>(ErrorId.StatementFailed, () => InitAsync(request, Script));
        Assert.Equal((Script, 5), (error.Location!.File, error.Location.Line));
        Assert.Equal("", await TablesAsync());
        Write("init-db.sql", InitScript);
        Assert.Equal(Initialized, (await InitAsync(request, Script)).Outcome);
    }

    [Theory]
    [InlineData("\"users\"")]
    [InlineData("USERS")]
    public async Task A_marker_is_a_name_as_SQL_has_it(string name)
    {
        await Database.ExecuteAsync("CREATE TABLE users (id integer)");
        Write("init-db.sql", InitScript);
        Assert.Equal(AlreadyInitialized, (await InitAsync(new InitializationRequest { Marker = name }, Script)).Outcome);
    }

    [Theory]
    [InlineData("   ")]
    [InlineData("production\n")]
    [InlineData("\u001b[31mproduction")]
    [InlineData("-production")]
    public async Task A_stamp_that_is_no_name_is_refused(string stamp)
    {
        var error = await ThrowsAsync<MigrationException>(
            ErrorId.UsageInvalid,
            () => InitAsync(new InitializationRequest { Stamp = stamp, Create = new DatabaseCreation() })
        );
        Assert.DoesNotContain(stamp, error.Message, StringComparison.Ordinal);
        Assert.Equal("", await TablesAsync());
    }

    [Theory]
    [InlineData("a b")]
    [InlineData("a..b")]
    public async Task What_is_no_name_is_refused(string name)
    {
        Write("init-db.sql", InitScript);
        await ThrowsAsync<MigrationException>(ErrorId.UsageInvalid, () => InitAsync(new InitializationRequest { Marker = name }, Script));
        Assert.Equal("", await TablesAsync());
    }

    [Fact]
    public async Task Migrations_are_applied_and_a_second_start_finds_nothing_to_do()
    {
        ThreeTables();
        var first = await InitAsync();
        Assert.Equal((Initialized, "001_a, 002_b, 003_c"), (first.Outcome, string.Join(", ", first.Applied)));
        Assert.Equal(AlreadyInitialized, (await InitAsync()).Outcome);
        Migration("004_d", "CREATE TABLE d (id integer);");
        Assert.Equal(["004_d"], (await Initializer().PlanAsync()).Applied);
        Assert.Equal(["004_d"], (await InitAsync()).Applied);
        await ThrowsAsync<MigrationException>(ErrorId.UsageInvalid, () => InitAsync(new InitializationRequest { Marker = "a" }));
    }

    [Fact]
    public async Task A_seed_runs_once_and_not_where_confirmation_is_required()
    {
        ThreeTables();
        Write("seed.sql", "INSERT INTO a VALUES (42);\n");
        var request = new InitializationRequest { Seed = true, IsProtected = true };
        await ThrowsAsync<MigrationException>(ErrorId.SeedRefused, () => InitAsync(request));
        await ThrowsAsync<MigrationException>(ErrorId.SeedRefused, () => Initializer().PlanAsync(request));
        Assert.Equal("", await TablesAsync());
        Assert.Equal("seed.sql", (await Initializer().PlanAsync(request with { Force = true })).Seed);
        Assert.Equal("seed.sql", (await InitAsync(request with { Force = true })).Seed);
        Assert.Equal(AlreadyInitialized, (await InitAsync(new InitializationRequest { Seed = true })).Outcome);
        Assert.Equal("1", await Database.ScalarAsync("SELECT count(*) FROM a"));
        Assert.EndsWith("seed.sql ran", await JournalAsync(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_seed_that_is_not_there_is_an_error_before_anything_is_done()
    {
        ThreeTables();
        await ThrowsAsync<MigrationException>(ErrorId.FileUnreadable, () => InitAsync(new InitializationRequest { Seed = true }));
        Assert.Equal("", await TablesAsync());
    }

    [Fact]
    public async Task A_stamp_is_written_once()
    {
        ThreeTables();
        var request = new InitializationRequest { Stamp = "production" };
        Assert.Equal("production", (await Initializer().PlanAsync(request)).Stamp);
        Assert.Equal("production", (await InitAsync(request)).Stamp);
        Assert.Equal(AlreadyInitialized, (await InitAsync(request)).Outcome);
        Assert.Equal("production", (await Engine().GetSummaryAsync()).Stamp);
        await ThrowsAsync<MigrationException>(ErrorId.StampDiffers, () => InitAsync(request with { Stamp = "local" }));
        Assert.Equal("local", (await InitAsync(request with { Stamp = "local", ReplacesStamp = true })).Stamp);
        Assert.Equal("local", (await Engine().GetSummaryAsync()).Stamp);
    }

    [Theory]
    [InlineData("production", "staging", false)]
    [InlineData("staging", "local", true)]
    [InlineData("production", "production", true)]
    public async Task The_stamp_of_an_environment_that_asks_is_replaced_only_when_that_was_confirmed(
        string stamp,
        string wanted,
        bool isFree
    )
    {
        ThreeTables();
        await InitAsync(new InitializationRequest { Stamp = stamp });
        Write("004_more.sql", "CREATE TABLE more (id integer);");
        var expected = new ExpectedStamp { Own = wanted, Protected = ["production"] };
        var initializer = Initializer(options: EngineOptions() with { Stamp = expected });
        var request = new InitializationRequest { Stamp = wanted, ReplacesStamp = true };
        Assert.Equal(string.Equals(stamp, wanted, StringComparison.Ordinal) ? null : wanted, (await initializer.PlanAsync(request)).Stamp);
        if (!isFree)
        {
            var error = await ThrowsAsync<StampProtectedException>(
                ErrorId.ConfirmationRequired,
                () => initializer.InitializeAsync(request)
            );
            Assert.Contains("the environment 'production'", error.Action, StringComparison.Ordinal);
            Assert.DoesNotContain("more", await TablesAsync(), StringComparison.Ordinal);
            request = request with { ReplacesProtectedStamp = true };
        }

        await initializer.InitializeAsync(request);
        Assert.Equal(wanted, (await Engine().GetSummaryAsync()).Stamp);
    }

    [Fact]
    public async Task The_stamp_of_another_environment_is_not_written_over_by_a_wrong_address()
    {
        ThreeTables();
        await InitAsync(new InitializationRequest { Stamp = "production" });
        var request = new InitializationRequest { Stamp = "staging" };
        var other = Initializer(options: In("staging"));
        Write("004_more.sql", "CREATE TABLE more (id integer);");
        await ThrowsAsync<MigrationException>(ErrorId.StampDiffers, () => other.PlanAsync(request));
        var error = await ThrowsAsync<MigrationException>(ErrorId.StampDiffers, () => other.InitializeAsync(request));
        Assert.Contains("--environment production", error.NextStep.ToString(), StringComparison.Ordinal);
        Assert.DoesNotContain("more", await TablesAsync(), StringComparison.Ordinal);

        // A stamp that is not the environment's own would lock it out.
        var both = Initializer(options: In("production"));
        await ThrowsAsync<MigrationException>(ErrorId.UsageInvalid, () => both.InitializeAsync(request with { ReplacesStamp = true }));
        Assert.Equal("staging", (await other.InitializeAsync(request with { ReplacesStamp = true })).Stamp);
    }

    [Theory]
    [InlineData("DELETE FROM old;", "local", ErrorId.StampDiffers)]
    [InlineData("DROP TABLE old;", "local", ErrorId.StampDiffers)]
    [InlineData("DROP TABLE old;", "production", ErrorId.DataLossRefused)]
    [InlineData("DELETE FROM old WHERE id > 1;", null, ErrorId.DataLossRefused)]
    [InlineData("DELETE FROM old WHERE id > 9;", "production", null)]
    [InlineData("UPDATE old SET id = id;", "local", ErrorId.StampDiffers)]
    [InlineData("UPDATE old SET id = id;", "production", null)]
    public async Task An_init_script_takes_away_only_what_was_accepted_and_is_of_its_environment(
        string script,
        string? environment,
        ErrorId? error
    )
    {
        await Database.ExecuteAsync("CREATE TABLE old (id integer); INSERT INTO old VALUES (1), (2)");
        await Engine().StampAsync("production");
        Write("init-db.sql", script + "\n");
        var options = EngineOptions() with { Stamp = new ExpectedStamp { Own = environment } };
        var initializer = Initializer(Script, options: options);
        if (error is { } id)
            await ThrowsAsync<MigrationException>(id, () => initializer.InitializeAsync());
        else
            await initializer.InitializeAsync();
        Assert.Equal("2", await Database.ScalarAsync("SELECT count(*) FROM old"));
        var accepting = new InitializationRequest { AcceptDataLoss = true };
        if (error == ErrorId.StampDiffers)
            await ThrowsAsync<MigrationException>(ErrorId.StampDiffers, () => initializer.InitializeAsync(accepting));
        else if (error is not null)
            Assert.Equal(Initialized, (await initializer.InitializeAsync(accepting)).Outcome);
    }

    [Theory]
    [InlineData("local", false)]
    [InlineData("production", true)]
    public async Task A_seed_stays_out_of_the_database_of_another_environment(string environment, bool isRun)
    {
        ThreeTables();
        Write("seed.sql", "INSERT INTO a VALUES (7);\n");
        await Database.ExecuteAsync("CREATE TABLE old (id integer)");
        await Engine().StampAsync("production");
        var initializer = Initializer(options: EngineOptions() with { Stamp = new ExpectedStamp { Own = environment } });
        var request = new InitializationRequest { Seed = true, Force = true };
        if (isRun)
        {
            Assert.Equal("seed.sql", (await initializer.InitializeAsync(request)).Seed);
            return;
        }

        await ThrowsAsync<MigrationException>(ErrorId.StampDiffers, () => initializer.PlanAsync(request));
        await ThrowsAsync<MigrationException>(ErrorId.StampDiffers, () => initializer.InitializeAsync(request));
        Assert.Equal("old", await TablesAsync());
    }

    [Theory]
    [InlineData(InitScript, true)]
    [InlineData("-- only a comment\n" + InitScript, true)]
    [InlineData("CREATE TABLE others (id integer);\n", false)]
    public async Task Another_script_of_the_same_name_is_not_taken_for_the_one_that_ran(string script, bool isSame)
    {
        Write("init-db.sql", InitScript);
        await InitAsync(path: Script);
        Write("init-db.sql", script);
        if (isSame)
        {
            Assert.Equal(AlreadyInitialized, (await InitAsync(path: Script)).Outcome);
            return;
        }

        var error = await ThrowsAsync<MigrationException>(ErrorId.InitScriptChanged, () => InitAsync(path: Script));
        Assert.Equal(Script, error.Location!.File);
        await ThrowsAsync<MigrationException>(ErrorId.InitScriptChanged, () => Initializer(Script).PlanAsync());
        Assert.Equal("posts, users", await TablesAsync());
        var named = Initializer(Script, options: EngineOptions() with { Service = "others" });
        Assert.Equal(Initialized, (await named.InitializeAsync()).Outcome);
    }

    [Fact]
    public async Task An_edited_seed_is_said_and_not_run_again()
    {
        ThreeTables();
        Write("seed.sql", "INSERT INTO a VALUES (1);\n");
        await InitAsync(new InitializationRequest { Seed = true });
        Write("seed.sql", "INSERT INTO a VALUES (2);\n");
        Assert.Equal(AlreadyInitialized, (await InitAsync(new InitializationRequest { Seed = true })).Outcome);
        Assert.Single(Events.Of<WarningRaised>(), w => w.Message.ToString().Contains("is not run again", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_script_that_was_only_run_has_initialized_nothing()
    {
        Write("init-db.sql", "CREATE TABLE IF NOT EXISTS users (id integer);\n");
        await Database.ExecuteAsync("CREATE TABLE there (id integer)");
        await new DatabaseScriptRunner(Kind.Driver, Target(), EngineOptions()).RunAsync(new DatabaseScriptRequest { File = Script });
        Assert.Equal(Initialized, (await InitAsync(path: Script)).Outcome);
        Assert.Equal(AlreadyInitialized, (await InitAsync(path: Script)).Outcome);
        Assert.Equal("run, init", string.Join(", ", (await Engine().GetHistoryAsync()).Select(e => e.Description)));
    }

    [Fact]
    public async Task Of_two_environments_that_stamp_at_once_the_first_one_stays()
    {
        ThreeTables();
        await InitAsync();
        string[] names = ["staging", "production", "staging", "production", "staging", "production"];
        var stamped = await Task.WhenAll(names.Select(name => Task.Run(() => TryStampAsync(name))));
        Assert.Equal((await Engine().GetSummaryAsync()).Stamp, Assert.Single(stamped.OfType<string>().Distinct(StringComparer.Ordinal)));
        Assert.Single(await Engine().GetHistoryAsync(), e => e.Event == JournalEvent.Stamped);
    }

    private async Task<string?> TryStampAsync(string environment)
    {
        try
        {
            var request = new InitializationRequest { Stamp = environment };
            await Initializer(options: In(environment)).InitializeAsync(request);
            return environment;
        }
        catch (MigrationException e) when (e.Id == ErrorId.StampDiffers)
        {
            return null;
        }
    }

    private MigratorOptions In(string environment) => EngineOptions() with { Stamp = new ExpectedStamp { Own = environment } };

    [Fact]
    public async Task A_database_is_created_when_that_is_requested()
    {
        ThreeTables();
        var address = MissingAddress;
        foreach (var call in (Func<Task>[])[() => InitAsync(address: address), () => Initializer(address: address).PlanAsync()])
        {
            var error = await Assert.ThrowsAsync<MigrationException>(call);
            Assert.Contains(error.Id, (ErrorId[])[ErrorId.DatabaseMissing, ErrorId.DatabaseFolderMissing]);
            Assert.Contains("migrations init --create", error.NextStep.ToString(), StringComparison.Ordinal);
        }

        var request = new InitializationRequest { Create = new DatabaseCreation() };
        var plan = await Initializer(address: address).PlanAsync(request);
        Assert.Equal((WhatIf, true, 3), (plan.Outcome, plan.Created, plan.Applied.Count));
        var first = await InitAsync(request, address: address);
        Assert.Equal((Initialized, true, 3), (first.Outcome, first.Created, first.Applied.Count));
        var second = await InitAsync(request, address: address);
        Assert.Equal((AlreadyInitialized, false), (second.Outcome, second.Created));
    }

    [Fact]
    public async Task Losing_the_race_to_create_it_is_success()
    {
        var target = Kind.Driver.Parse(MissingAddress, Folder)!;
        var session = EngineOptions().Session;
        var created = await Task.WhenAll(
            Enumerable
                .Range(0, 6)
                .Select(_ => Task.Run(() => Kind.Driver.Creator.CreateAsync(target, session, new DatabaseCreation(), default)))
        );
        Assert.Single(created, made => made);
    }
}
