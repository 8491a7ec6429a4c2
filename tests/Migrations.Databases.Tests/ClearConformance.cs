using Migrations.Configuration;
using Migrations.Events;
using Migrations.Planning;
using Migrations.Testing;

namespace Migrations.Databases.Tests;

/// <summary>A database is emptied, all or nothing, and can be built up again.</summary>
public abstract class ClearConformance(DatabaseKind kind) : Conformance(kind)
{
    protected DatabaseClearer Clearer(MigratorOptions? options = null) => new(Kind.Driver, Target(), Folder, options ?? EngineOptions());

    protected static ClearRequest Accepting => new() { AcceptDataLoss = true };

    /// <summary>What makes objects of all kinds that the engine knows.</summary>
    protected abstract string Everything { get; }

    /// <summary>How many objects of the user's there are.</summary>
    protected abstract Task<string> LeftAsync();

    [Fact]
    public async Task Everything_goes_and_the_same_migrations_apply_again()
    {
        Migration("001_all", Everything);
        await ApplyAsync();
        var before = await Engine().GetStatusAsync();
        Assert.NotEqual("", await LeftAsync());
        var result = await Clearer().ClearAsync(Accepting);
        Assert.Equal((MigrationOutcome.Done, ""), (result.Outcome, string.Join(", ", result.Stayed)));
        Assert.Equal("", await LeftAsync());
        Assert.Empty(await Database.TablesAsync());
        Assert.Equal(MigrationState.Pending, Assert.Single(await Engine().GetStatusAsync()).State);
        await ApplyAsync();
        Assert.Equal(before[0].State, Assert.Single(await Engine().GetStatusAsync()).State);
    }

    [Fact]
    public async Task Rows_are_counted_first_and_go_only_when_that_is_accepted()
    {
        ThreeTables();
        await ApplyAsync();
        var plan = await Clearer().PlanAsync();
        Assert.Equal((MigrationOutcome.WhatIf, 3), (plan.Outcome, plan.Rows));
        Assert.Matches(@"removes table (public\.)?b \(3 rows\)", Assert.Single(plan.Losses()));
        var error = await ThrowsAsync<MigrationException>(ErrorId.DataLossRefused, () => Clearer().ClearAsync());
        Assert.Contains("b (3 rows)", error.Message, StringComparison.Ordinal);
        Assert.Equal("a, b, c", await TablesAsync());
        await Database.ExecuteAsync("DELETE FROM b");
        Assert.Equal(MigrationOutcome.Done, (await Clearer().ClearAsync()).Outcome);
        Assert.Equal("", await TablesAsync());
    }

    [Fact]
    public async Task Afterwards_everything_is_applied_whatever_the_down_scripts_are()
    {
        Migration("001_a", "CREATE TABLE a (id integer PRIMARY KEY);\n", "DROP TABLE nowhere;\n");
        Migration("002_b", "CREATE TABLE b (id integer REFERENCES a (id));\nINSERT INTO a VALUES (1);\nINSERT INTO b VALUES (1);\n");
        await ApplyAsync();
        await Database.ExecuteAsync("CREATE TABLE of_someone (id integer)");
        var result = await Clearer().ClearAsync(Accepting with { Apply = new ApplyRequest() });
        Assert.Equal("001_a, 002_b", string.Join(", ", result.Applied));
        Assert.Equal("a, b", await TablesAsync());
        Assert.Equal("001_a applied, 002_b applied", await JournalAsync());
    }

    [Fact]
    public async Task What_cannot_be_applied_stops_it_while_everything_is_there()
    {
        ThreeTables();
        await ApplyAsync();
        Migration("004_bad", "CREATE TABLE ${nothing} (id integer);\nCREATE TABLE d (v text DEFAULT 'x);\n");
        await ThrowsAsync<FolderException>(
            ErrorId.FolderInvalid,
            () => Clearer().ClearAsync(Accepting with { Apply = new ApplyRequest() })
        );
        Assert.Equal("a, b, c", await TablesAsync());
    }

    [Fact]
    public async Task It_waits_for_the_lock_of_a_run()
    {
        ThreeTables();
        await ApplyAsync();
        var options = EngineOptions();
        options = options with { Session = options.Session with { LockTimeout = TimeSpan.FromMilliseconds(300) } };
        await using var session = await Kind.Driver.OpenAsync(Target(), EngineOptions().Session, default);
        await using var held = await session.LockAsync(isNeeded: null, default);
        await ThrowsAsync<LockException>(ErrorId.LockTimedOut, () => Clearer(options).ClearAsync(Accepting));
        Assert.Equal("a, b, c", await TablesAsync());
    }

    [Fact]
    public async Task The_lock_is_held_from_clearing_to_the_seed_and_so_are_stamp_and_records()
    {
        ThreeTables();
        Write("seed.sql", "INSERT INTO a VALUES (42);\n");
        await ApplyAsync();
        await Engine().StampAsync("local");
        var holders = new List<string?>();
        Events = new RecordingEventSink
        {
            Published = e =>
            {
                if (e is StepStarted or StepFinished)
                    holders.Add(Task.Run(() => Engine().GetSummaryAsync()).Result.LockedBy);
            },
        };
        var options = EngineOptions() with { Stamp = new ExpectedStamp { Own = "local" } };
        var result = await Clearer(options).ClearAsync(Accepting with { Apply = new ApplyRequest(), Seed = true });
        Assert.Equal(("seed.sql", "local"), (result.Seed, result.Stamp));
        Assert.Equal((6, false), (holders.Count, holders.Contains(null)));
        Assert.Equal("local stamped, 001_a applied, 002_b applied, 003_c applied, seed.sql ran", await JournalAsync());
        Assert.Equal("1", await Database.ScalarAsync("SELECT count(*) FROM a"));
    }

    [Fact]
    public async Task A_seed_that_may_not_run_or_cannot_stops_it_while_everything_is_there()
    {
        ThreeTables();
        await ApplyAsync();
        var request = Accepting with { Apply = new ApplyRequest(), Seed = true };
        await ThrowsAsync<MigrationException>(ErrorId.FileUnreadable, () => Clearer().ClearAsync(request));
        Write("seed.sql", "INSERT INTO a VALUES ('x);\n");
        await ThrowsAsync<MigrationException>(ErrorId.ScriptUnterminated, () => Clearer().ClearAsync(request));
        Write("seed.sql", "INSERT INTO a VALUES (42);\n");
        await ThrowsAsync<MigrationException>(ErrorId.SeedRefused, () => Clearer().ClearAsync(request with { IsProtected = true }));
        await ThrowsAsync<MigrationException>(ErrorId.SeedRefused, () => Clearer().PlanAsync(request with { IsProtected = true }));
        await ThrowsAsync<MigrationException>(ErrorId.UsageInvalid, () => Clearer().ClearAsync(Accepting with { Seed = true }));
        Assert.Equal("a, b, c", await TablesAsync());
        var forced = request with { IsProtected = true, Force = true };
        Assert.Equal("seed.sql", (await Clearer().PlanAsync(forced)).Seed);
        Assert.Equal("seed.sql", (await Clearer().ClearAsync(forced)).Seed);
    }

    [Theory]
    [InlineData(TransactionMode.Each)]
    [InlineData(TransactionMode.All)]
    [InlineData(TransactionMode.None)]
    public async Task Building_up_again_is_possible_in_every_transaction_mode(TransactionMode mode)
    {
        ThreeTables();
        await ApplyAsync();
        var result = await Clearer().ClearAsync(Accepting with { Apply = new ApplyRequest { TransactionMode = mode } });
        Assert.Equal("001_a, 002_b, 003_c", string.Join(", ", result.Applied));
        Assert.All(await Engine().GetStatusAsync(), s => Assert.Equal(MigrationState.Applied, s.State));
    }

    [Fact]
    public async Task A_stamped_database_is_cleared_only_under_the_name_of_its_environment_and_stays_stamped()
    {
        ThreeTables();
        await ApplyAsync();
        await Engine().StampAsync("production");
        foreach (var stamp in new[] { null, "local" })
        {
            var error = await ThrowsAsync<MigrationException>(ErrorId.StampDiffers, () => Clearer(Of(stamp)).ClearAsync(Accepting));
            Assert.Contains("is stamped 'production'", error.Message, StringComparison.Ordinal);
        }

        Assert.Equal("a, b, c", await TablesAsync());
        var result = await Clearer(Of("production")).ClearAsync(Accepting);
        Assert.Equal(("production", ""), (result.Stamp, await TablesAsync()));
        Assert.Equal("production stamped", await JournalAsync());

        MigratorOptions Of(string? stamp) => EngineOptions() with { Stamp = new ExpectedStamp { Own = stamp } };
    }

    [Fact]
    public async Task A_database_with_the_stamp_of_an_environment_that_asks_is_cleared_only_by_force()
    {
        await Database.ExecuteAsync("CREATE TABLE t (id integer)");
        await Engine().StampAsync("production");
        var options = EngineOptions() with
        {
            Stamp = new ExpectedStamp { Own = "production", Protected = ["production"] },
        };
        foreach (var call in (Func<Task>[])[() => Clearer(options).PlanAsync(Accepting), () => Clearer(options).ClearAsync(Accepting)])
        {
            var error = await ThrowsAsync<MigrationException>(ErrorId.ClearRefused, call);
            Assert.Contains("--force", error.NextStep.ToString(), StringComparison.Ordinal);
        }

        Assert.Equal("t", await TablesAsync());
        Assert.Equal("production", (await Clearer(options).ClearAsync(Accepting with { Force = true })).Stamp);
        Assert.Equal("", await TablesAsync());
    }

    [Fact]
    public async Task Services_that_share_a_database_must_all_be_named()
    {
        ThreeTables();
        await Engine(o => o with { Service = "api" }).ApplyAsync();
        await Database.ExecuteAsync("UPDATE migration_journal SET service = 'scores' WHERE name = '003_c'");
        var error = await ThrowsAsync<MigrationException>(
            ErrorId.UsageInvalid,
            () => Clearer().ClearAsync(Accepting with { Services = ["api"] })
        );
        Assert.Contains("scores", error.Message, StringComparison.Ordinal);
        Assert.Equal("a, b, c", await TablesAsync());
        await Clearer().ClearAsync(Accepting with { Services = ["api", "scores"] });
        Assert.Equal("", await TablesAsync());
    }
}

/// <inheritdoc/>
public sealed class SqliteClearTests() : ClearConformance(DatabaseKind.Sqlite)
{
    protected override string Everything =>
        """
            CREATE TABLE p (id integer PRIMARY KEY AUTOINCREMENT, v text, UNIQUE (v));
            CREATE TABLE c (id integer REFERENCES p (id) ON DELETE CASCADE, w text);
            CREATE INDEX i ON c (w) WHERE w IS NOT NULL;
            CREATE VIEW v AS SELECT * FROM p JOIN c USING (id);
            CREATE TRIGGER t AFTER INSERT ON p BEGIN INSERT INTO c VALUES (new.id, new.v); END;
            CREATE TRIGGER tv INSTEAD OF INSERT ON v BEGIN SELECT 1; END;
            CREATE VIRTUAL TABLE f USING fts5 (body, content='p', content_rowid='id');
            CREATE VIRTUAL TABLE r USING rtree (id, a, b);
            CREATE TABLE "odd ""name"" [x]" (a) WITHOUT ROWID;
            INSERT INTO p (v) VALUES ('a'), ('b');
            ANALYZE;
            """.Replace("(a) WITHOUT ROWID", "(a PRIMARY KEY) WITHOUT ROWID", StringComparison.Ordinal);

    protected override async Task<string> LeftAsync() =>
        string.Join(", ", await Database.RowsAsync("SELECT type || ' ' || name FROM sqlite_master WHERE name <> 'sqlite_sequence'"))
        + string.Join(
            ", ",
            await Database.ScalarAsync("SELECT count(*) FROM sqlite_master WHERE name = 'sqlite_sequence'") is "1"
                ? await Database.RowsAsync("SELECT * FROM sqlite_sequence")
                : []
        );

    [Fact]
    public async Task The_file_keeps_its_mode_and_connections_and_is_otherwise_as_new()
    {
        ThreeTables();
        await ApplyAsync();
        await Database.ExecuteAsync("PRAGMA journal_mode=WAL; PRAGMA user_version=7; PRAGMA application_id=9");
        await using var other = await Database.ConnectAsync();
        await using var command = other.CreateCommand();
        command.CommandText = "SELECT count(*) FROM b";
        Assert.Equal(3L, await command.ExecuteScalarAsync());
        await Clearer().ClearAsync(Accepting);
        command.CommandText =
            "SELECT (SELECT count(*) FROM sqlite_master WHERE name <> 'sqlite_sequence') || ' ' || user_version || ' ' || "
            + "application_id || ' ' || journal_mode "
            + "FROM pragma_user_version, pragma_application_id, pragma_journal_mode";
        Assert.Equal("0 0 0 wal", await command.ExecuteScalarAsync());
    }

    [Fact]
    public async Task A_virtual_table_whose_module_is_gone_goes_too()
    {
        await Database.ExecuteAsync(
            "CREATE TABLE a (id integer); PRAGMA writable_schema=ON; "
                + "INSERT INTO sqlite_master VALUES ('table', 'gone', 'gone', 0, 'CREATE VIRTUAL TABLE gone USING no_such_module(x)')"
        );
        await Clearer().ClearAsync(Accepting);
        Assert.Equal("", await LeftAsync());
    }
}

/// <inheritdoc/>
public sealed class PostgreSqlClearTests() : ClearConformance(DatabaseKind.PostgreSql)
{
    protected override string Everything =>
        """
            CREATE TYPE mood AS ENUM ('ok', 'bad');
            CREATE DOMAIN positive AS integer CHECK (VALUE > 0);
            CREATE TYPE pair AS (a integer, b text);
            CREATE TYPE span AS RANGE (subtype = integer);
            CREATE TABLE p (id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, m mood, n positive, s serial);
            CREATE TABLE c (id bigint REFERENCES p (id)) ;
            CREATE TABLE parts (id integer, at date) PARTITION BY RANGE (at);
            CREATE TABLE part_1 PARTITION OF parts FOR VALUES FROM ('2026-01-01') TO ('2027-01-01');
            CREATE SEQUENCE free_sequence;
            CREATE VIEW v AS SELECT * FROM p;
            CREATE MATERIALIZED VIEW mv AS SELECT * FROM v;
            CREATE FUNCTION f(x integer, VARIADIC rest text[]) RETURNS integer LANGUAGE sql AS 'SELECT 1';
            CREATE FUNCTION plus(integer, integer) RETURNS integer LANGUAGE sql AS 'SELECT $1 + $2';
            CREATE PROCEDURE pr() LANGUAGE plpgsql AS $$ BEGIN END $$;
            CREATE AGGREGATE total (integer) (SFUNC = plus, STYPE = integer);
            CREATE OPERATOR === (LEFTARG = integer, RIGHTARG = integer, FUNCTION = plus);
            CREATE FUNCTION tf() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RETURN NEW; END $$;
            CREATE TRIGGER t BEFORE INSERT ON p FOR EACH ROW EXECUTE FUNCTION tf();
            CREATE COLLATION own (provider = libc, locale = 'C');
            CREATE TEXT SEARCH CONFIGURATION ts (COPY = pg_catalog.simple);
            CREATE EXTENSION pg_trgm;
            CREATE SCHEMA "Other ""one"" x";
            CREATE TABLE "Other ""one"" x"."T" (id integer);
            CREATE PUBLICATION pub FOR TABLE p;
            CREATE FUNCTION ef() RETURNS event_trigger LANGUAGE plpgsql AS $$ BEGIN END $$;
            CREATE EVENT TRIGGER et ON ddl_command_start WHEN TAG IN ('CREATE SEQUENCE') EXECUTE FUNCTION ef();
            SELECT lo_create(0);
            INSERT INTO p (m, n) VALUES ('ok', 1);
            """;

    protected override async Task<string> LeftAsync() =>
        string.Join(
            ", ",
            await Database.RowsAsync(
                """
                SELECT relname FROM pg_class c JOIN pg_namespace n ON n.oid = relnamespace
                    WHERE nspname !~ '^pg_' AND nspname <> 'information_schema'
                UNION ALL SELECT proname FROM pg_proc WHERE oid >= 16384 UNION ALL SELECT typname FROM pg_type WHERE oid >= 16384
                UNION ALL SELECT oprname FROM pg_operator WHERE oid >= 16384 UNION ALL SELECT collname FROM pg_collation WHERE oid >= 16384
                UNION ALL SELECT cfgname FROM pg_ts_config WHERE oid >= 16384 UNION ALL SELECT pubname FROM pg_publication
                UNION ALL SELECT extname FROM pg_extension WHERE extname <> 'plpgsql' UNION ALL SELECT evtname FROM pg_event_trigger
                UNION ALL SELECT nspname FROM pg_namespace WHERE oid >= 16384 UNION ALL SELECT oid::text FROM pg_largeobject_metadata
                """
            )
        );

    [Fact]
    public async Task What_others_own_stays_and_is_said()
    {
        await using var role = await PostgreSqlRole.CreateAsync();
        await role.Database.ExecuteAsync("CREATE TABLE mine (id integer)");
        ThreeTables();
        var target = Kind.Driver.Parse(role.Address, Folder)!;
        await new Migrator(Kind.Driver, target, Folder, EngineOptions()).ApplyAsync();
        var result = await new DatabaseClearer(Kind.Driver, target, Folder, EngineOptions()).ClearAsync(Accepting);
        Assert.Equal(["mine"], await role.Database.TablesAsync());
        Assert.Contains("TABLE public.mine", Assert.Single(result.Stayed), StringComparison.Ordinal);
    }
}
