using Migrations.Backup;
using Migrations.Configuration;
using Migrations.Planning;

namespace Migrations.Databases.Tests.Backups;

/// <summary>A stamp is of the database: whichever history holds it, no other history is a way around it.</summary>
public abstract class OtherHistoryConformance(DatabaseKind kind) : BackupSuite(kind)
{
    /// <summary>The history that has the stamp; the calls are about another one.</summary>
    protected abstract SessionOptions Stamped { get; }

    public static TheoryData<string> Destructive => ["clear", "fresh", "undo", "plan", "script", "restore", "run", "init"];

    [Theory]
    [MemberData(nameof(Destructive))]
    public async Task A_stamp_in_another_history_counts(string call)
    {
        var backup = await PrepareAsync();
        var before = await TablesAsync();
        foreach (
            var stamp in new[]
            {
                Named("staging"),
                new ExpectedStamp { Protected = ["production"] },
            }
        )
        {
            var error = await ThrowsAsync<MigrationException>(ErrorId.StampDiffers, () => RunAsync(call, stamp, backup));
            Assert.Contains("stamped 'production' in its history", error.Message, StringComparison.Ordinal);
            Assert.Contains("--environment production", error.NextStep.ToString(), StringComparison.Ordinal);
            Assert.Equal(before, await TablesAsync());
        }

        if (call is not "init")
            await RunAsync(call, Named("production"), backup);
    }

    [Fact]
    public async Task A_backup_knows_the_stamp_and_a_restore_leaves_none_of_the_source_behind()
    {
        var backup = await PrepareAsync();
        Assert.Equal("production", backup.Stamp);
        var other = Within(Stamped);
        // The database that is replaced is of staging, in all its histories.
        var request = new InitializationRequest
        {
            Stamp = "staging",
            ReplacesStamp = true,
            ReplacesProtectedStamp = true,
        };
        var init = new DatabaseInitializer(Kind.Driver, Target(), Folder, Own(Named("staging")));
        Assert.Equal("staging", (await init.InitializeAsync(request)).Stamp);
        Assert.Equal(InitializationOutcome.AlreadyInitialized, (await init.InitializeAsync(request)).Outcome);
        Assert.Equal("staging, staging", await StampsAsync());

        var result = await ManagerOf(Named("staging")).RestoreAsync(backup);

        Assert.All(result.Checks, c => Assert.NotEqual(CheckStatus.Fail, c.Status));
        Assert.Equal(("staging", "staging, staging"), (result.Stamp, await StampsAsync()));
        Assert.Single(await new Migrator(Kind.Driver, Target(), Folder, Own(Named("staging"))).UndoAsync(Accepting));

        async Task<string> StampsAsync() => string.Join(", ", await StampAsync(Own(ExpectedStamp.Any)), await StampAsync(other));
    }

    [Fact]
    public async Task What_others_have_is_cleared_only_when_that_is_said()
    {
        await PrepareAsync();
        Directory.CreateDirectory(BackupFile("scores"));
        await File.WriteAllTextAsync(BackupFile("scores/001_s.up.sql"), "CREATE TABLE s (id integer);");
        var scores = Within(Stamped) with { Service = "scores" };
        await new Migrator(Kind.Driver, Target(), BackupFile("scores"), scores).ApplyAsync();
        var own = Own(Named("production"));
        var request = new ClearRequest { AcceptDataLoss = true, Force = true };
        var before = await TablesAsync();
        var error = await ThrowsAsync<MigrationException>(ErrorId.UsageInvalid, () => Clearer(own).ClearAsync(request));
        Assert.Contains("scores", error.Message, StringComparison.Ordinal);
        Assert.Contains("--include-others", error.NextStep.ToString(), StringComparison.Ordinal);
        await ThrowsAsync<MigrationException>(ErrorId.UsageInvalid, () => Clearer(own).PlanAsync(request));
        Assert.Equal(before, await TablesAsync());
        var plan = await Clearer(own).PlanAsync(request with { IncludesOthers = true });
        Assert.Equal(2, plan.Tables.Count(t => t.IsHistory));
        var result = await Clearer(own).ClearAsync(request with { IncludesOthers = true });
        Assert.Equal(("production", ""), (result.Stamp, await TablesAsync()));
        Assert.Equal("production", await StampAsync(own));
    }

    [Fact]
    public async Task What_has_a_history_without_a_service_belongs_to_someone_too()
    {
        ThreeTables();
        await new Migrator(Kind.Driver, Target(), Folder, Within(Stamped)).ApplyAsync();
        var request = new ClearRequest { AcceptDataLoss = true, Services = ["api"] };
        var own = Own(ExpectedStamp.Any) with { Service = "api", Unassigned = UnassignedRows.Own };
        var error = await ThrowsAsync<MigrationException>(ErrorId.UsageInvalid, () => Clearer(own).ClearAsync(request));
        Assert.Contains($"the history '{Display(Stamped)}' has work without a service", error.Message, StringComparison.Ordinal);
        // Unless it is that of a service of the call.
        await Clearer(own).ClearAsync(request with { Histories = [new(Stamped.HistorySchema, Stamped.HistoryTable)] });
        Assert.Equal("", await TablesAsync());
    }

    [Fact]
    public async Task One_database_by_several_addresses_is_cleared_once_and_not_at_all_where_the_first_turn_fails()
    {
        ThreeTables();
        await ApplyAsync();
        var addresses = Addresses();
        var turns = new ClearedDatabases();
        var request = new ClearRequest
        {
            AcceptDataLoss = true,
            Apply = new ApplyRequest(),
            IncludesOthers = true,
            Turns = turns,
        };
        foreach (var (address, i) in addresses.Select((a, i) => (a, i)))
        {
            var result = await ClearerOf(address, $"s{i}").ClearAsync(request);
            Assert.Equal((i == 0, 3), (result.Tables.Count > 0, result.Applied.Count));
            // The next one has tables of its own.
            await Database.ExecuteAsync("DROP TABLE a; DROP TABLE b; DROP TABLE c");
        }

        Assert.Equal(addresses.Count, (await Database.RowsAsync("SELECT DISTINCT service FROM migration_journal")).Count);
        await Database.ExecuteAsync("CREATE TABLE rows_here (id integer); INSERT INTO rows_here VALUES (1)");
        var asking = request with { AcceptDataLoss = false, Turns = new() };
        await ThrowsAsync<MigrationException>(ErrorId.DataLossRefused, () => ClearerOf(addresses[0], "s0").ClearAsync(asking));
        await ThrowsAsync<MigrationException>(
            ErrorId.ServiceSkipped,
            () => ClearerOf(addresses[1], "s1").ClearAsync(asking with { AcceptDataLoss = true })
        );
        Assert.Equal("rows_here", await TablesAsync());
        var planned = request with { Turns = new ClearedDatabases { IsPlan = true } };
        Assert.NotEmpty((await ClearerOf(addresses[0], "s0").PlanAsync(planned)).Tables);
        Assert.Empty((await ClearerOf(addresses[1], "s1").PlanAsync(planned)).Tables);
    }

    /// <summary>Several addresses of the one database.</summary>
    protected abstract IReadOnlyList<string> Addresses();

    /// <summary>Migrations that history x knows, and a stamp that another history has.</summary>
    private async Task<DatabaseBackup> PrepareAsync()
    {
        ThreeTables();
        await new Migrator(Kind.Driver, Target(), Folder, Own(ExpectedStamp.Any)).ApplyAsync();
        await new Migrator(Kind.Driver, Target(), Folder, Within(Stamped)).StampAsync("production");
        return await ManagerOf(ExpectedStamp.Any).BackUpAsync(new BackupRequest { Folder = Backups });
    }

    private async Task RunAsync(string call, ExpectedStamp stamp, DatabaseBackup backup)
    {
        var options = Own(stamp);
        var engine = new Migrator(Kind.Driver, Target(), Folder, options);
        var clearing = new ClearRequest
        {
            AcceptDataLoss = true,
            Force = true,
            IncludesOthers = true,
        };
        var script = new DatabaseScriptRequest { Command = "DELETE FROM b", AcceptDataLoss = true };
        await (
            call switch
            {
                "clear" => Clearer(options).ClearAsync(clearing),
                "fresh" => Clearer(options).ClearAsync(clearing with { Apply = new ApplyRequest() }),
                "undo" => engine.UndoAsync(Accepting),
                "plan" => engine.PlanUndoAsync(),
                "script" => engine.WriteScriptAsync(new ScriptRequest { Undo = Accepting }, TextWriter.Null),
                "restore" => ManagerOf(stamp).RestoreAsync(backup),
                "run" => new DatabaseScriptRunner(Kind.Driver, Target(), options).RunAsync(script),
                _ => (Task)
                    new DatabaseInitializer(Kind.Driver, Target(), Folder, options).InitializeAsync(
                        new InitializationRequest { Stamp = stamp.Own ?? "staging" }
                    ),
            }
        );
    }

    private static UndoRequest Accepting => new() { AcceptDataLoss = true };

    private static ExpectedStamp Named(string name) => new() { Own = name, Protected = ["production"] };

    private MigratorOptions Within(SessionOptions history) =>
        EngineOptions() with
        {
            Session = EngineOptions().Session with { HistoryTable = history.HistoryTable, HistorySchema = history.HistorySchema },
        };

    private MigratorOptions Own(ExpectedStamp stamp) => Within(new SessionOptions { HistoryTable = "migration_x" }) with { Stamp = stamp };

    private BackupManager ManagerOf(ExpectedStamp stamp) =>
        new(Kind.Driver, Target(), new BackupOptions { Session = Own(stamp).Session, Stamp = stamp });

    private DatabaseClearer Clearer(MigratorOptions options) => new(Kind.Driver, Target(), Folder, options);

    private DatabaseClearer ClearerOf(string address, string service) =>
        new(Kind.Driver, Kind.Driver.Parse(address, Folder)!, Folder, EngineOptions() with { Service = service });

    private async Task<string?> StampAsync(MigratorOptions options) =>
        (await new Migrator(Kind.Driver, Target(), Folder, options).GetSummaryAsync()).Stamp;

    private static string Display(SessionOptions history) =>
        history.HistorySchema is { } schema ? $"{schema}.\"{history.HistoryTable}\"" : history.HistoryTable;
}

public sealed class SqliteOtherHistoryTests() : OtherHistoryConformance(DatabaseKind.Sqlite)
{
    protected override SessionOptions Stamped => new();

    protected override IReadOnlyList<string> Addresses()
    {
        var path = Database.Address;
        File.CreateSymbolicLink(FileOf("link.db"), path);
        return [path, FileOf("link.db"), Path.Combine(Path.GetDirectoryName(path)!, ".", Path.GetFileName(path))];
    }
}

public sealed class PostgreSqlOtherHistoryTests() : OtherHistoryConformance(DatabaseKind.PostgreSql)
{
    protected override SessionOptions Stamped => new() { HistorySchema = "migration_apart", HistoryTable = "Of Others" };

    [Fact]
    public async Task Nothing_is_cleared_where_a_history_cannot_be_read()
    {
        await using var role = await Testing.PostgreSqlRole.OwnerOfAsync((Testing.PostgreSqlTestDatabase)Database);
        Migration("001_a", "CREATE TABLE a (id integer);\n");
        var target = Kind.Driver.Parse(role.Address, Folder)!;
        await new Migrator(Kind.Driver, target, Folder, EngineOptions()).ApplyAsync();
        await Database.ExecuteAsync(
            "CREATE SCHEMA apart; CREATE TABLE apart.journal (LIKE migration_journal INCLUDING ALL); REVOKE ALL ON SCHEMA apart FROM public"
        );
        var clearer = new DatabaseClearer(Kind.Driver, target, Folder, EngineOptions());
        var request = new ClearRequest { AcceptDataLoss = true, IncludesOthers = true };
        foreach (var call in (Func<Task>[])[() => clearer.PlanAsync(request), () => clearer.ClearAsync(request)])
        {
            var error = await ThrowsAsync<MigrationException>(ErrorId.PermissionDenied, call);
            Assert.Contains("a history that this user may not read, apart.journal", error.Message, StringComparison.Ordinal);
        }

        Assert.Equal("0", await Database.ScalarAsync("SELECT count(*) FROM a"));
        await Database.ExecuteAsync($"GRANT USAGE ON SCHEMA apart TO {role.Name}; GRANT SELECT ON apart.journal TO {role.Name}");
        await clearer.PlanAsync(request);
    }

    protected override IReadOnlyList<string> Addresses() =>
        [
            Database.Address,
            Database.Address.Replace("127.0.0.1", "localhost", StringComparison.Ordinal),
            Database.Address + "?sslmode=prefer",
        ];
}
