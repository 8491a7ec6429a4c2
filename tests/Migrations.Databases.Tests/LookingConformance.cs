using System.Security.Cryptography;
using Migrations.Planning;
using Migrations.Testing;

namespace Migrations.Databases.Tests;

/// <summary>Looking, planning and refusing leave no trace.</summary>
public abstract class LookingConformance(DatabaseKind kind) : Conformance(kind)
{
    /// <summary>All that could have been touched: the file's bytes and the names beside it, or the tables and their row counts.</summary>
    protected abstract Task<string> FingerprintAsync();

    /// <summary>A database that does not exist, beside this one.</summary>
    protected abstract string MissingAddress { get; }

    /// <summary>Whether that database exists by now.</summary>
    protected abstract Task<bool> MissingExistsAsync();

    [Fact]
    public async Task A_database_that_does_not_exist_yet_has_everything_pending()
    {
        ThreeTables();
        var engine = new Migrator(Kind.Driver, Kind.Driver.Parse(MissingAddress, Folder)!, Folder, EngineOptions());
        Assert.Equal("001_a Pending, 002_b Pending, 003_c Pending", await StatesAsync(engine));
        Assert.Contains(
            "does not exist yet",
            Assert.Single(Events.Of<Migrations.Events.WarningRaised>()).Message,
            StringComparison.Ordinal
        );
        var summary = await engine.GetSummaryAsync();
        Assert.False(summary.Exists);
        Assert.True(summary.Healthy);
        Assert.Equal((Kind.Driver.Engine, 3, 0, 3), (summary.Engine, summary.Total, summary.Applied, summary.Pending));
        Assert.False(await MissingExistsAsync());
        Assert.True((await Engine().GetSummaryAsync()).Exists || Kind.Driver.Creator.IsImplicit);
        await ThrowsAsync<MigrationException>(ErrorId.DatabaseMissing, () => engine.GetHistoryAsync());
    }

    [Fact]
    public async Task Looking_at_an_untouched_database_creates_nothing()
    {
        ThreeTables();
        await Database.ExecuteAsync("CREATE TABLE of_the_user (id integer)");
        var before = await FingerprintAsync();
        await Engine().GetStatusAsync();
        await Engine().GetSummaryAsync();
        await Engine().GetHistoryAsync();
        Assert.Equal(3, (await Engine().PlanApplyAsync()).Steps.Count);
        Assert.Empty((await Engine().PlanUndoAsync()).Steps);
        Assert.Equal(before, await FingerprintAsync());
        Assert.Equal(["of_the_user"], await Database.TablesAsync());
    }

    [Fact]
    public async Task Looking_at_a_migrated_database_changes_nothing()
    {
        ThreeTables();
        await ApplyAsync();
        var before = await FingerprintAsync();
        await Engine().GetStatusAsync();
        await Engine().GetSummaryAsync();
        await Engine().GetHistoryAsync();
        await Engine().PlanApplyAsync();
        await Engine().PlanUndoAsync(new UndoRequest { All = true });
        Assert.Empty(await ApplyAsync());
        Assert.Equal(before, await FingerprintAsync());
    }

    [Fact]
    public async Task A_refused_run_changes_nothing()
    {
        ThreeTables();
        await ApplyAsync();
        Write("001_a.up.sql", "CREATE TABLE edited (id integer);");
        var before = await FingerprintAsync();
        await ThrowsAsync<PlanException>(ErrorId.MigrationChanged, () => ApplyAsync());
        await ThrowsAsync<PlanException>(ErrorId.UndoOutOfOrder, () => UndoAsync(new UndoRequest { Name = "001" }));
        Assert.Equal(before, await FingerprintAsync());
    }

    [Fact]
    public async Task A_plan_says_what_would_run()
    {
        ThreeTables();
        var plan = await Engine().PlanApplyAsync(new ApplyRequest { Target = "002" });
        Assert.Equal(["001_a", "002_b"], plan.Steps.Select(s => s.Migration.FullName));
        Assert.Contains("INSERT INTO b", plan.Steps[1].Script.ReadOriginalText(), StringComparison.Ordinal);
    }
}

public sealed class SqliteLookingTests() : LookingConformance(DatabaseKind.Sqlite)
{
    protected override string MissingAddress => Path.Combine(FolderOfTheFile, "missing.db");

    protected override Task<bool> MissingExistsAsync() =>
        Task.FromResult(Directory.GetFiles(FolderOfTheFile).Any(f => f.Contains("missing", StringComparison.Ordinal)));

    private string FolderOfTheFile => Path.GetDirectoryName(((SqliteTestDatabase)Database).File)!;

    protected override Task<string> FingerprintAsync() =>
        Task.FromResult(
            string.Join(
                '\n',
                Directory
                    .GetFiles(FolderOfTheFile)
                    .Order()
                    .Select(file =>
                        $"{Path.GetFileName(file)} "
                        + (
                            file.Contains("lock", StringComparison.Ordinal)
                                ? ""
                                : Convert.ToHexString(SHA256.HashData(File.ReadAllBytes(file)))
                        )
                    )
            )
        );

    [Fact]
    public async Task A_missing_file_is_planned_for_and_not_made()
    {
        ThreeTables();
        Assert.Equal(3, (await Engine().PlanApplyAsync()).Steps.Count);
        Assert.Empty(Directory.GetFiles(FolderOfTheFile));
        foreach (var call in new Func<Task>[] { () => Engine().GetHistoryAsync(), () => UndoAsync(), () => Engine().RepairAsync() })
        {
            var error = await ThrowsAsync<MigrationException>(ErrorId.DatabaseMissing, call);
            Assert.Contains("test.db", error.Message, StringComparison.Ordinal);
        }

        Assert.Empty(Directory.GetFiles(FolderOfTheFile));
        await ApplyAsync();
        Assert.Equal("a, b, c", await TablesAsync());
    }

    [Fact]
    public async Task Looking_leaves_a_write_ahead_log_alone()
    {
        ThreeTables();
        await ApplyAsync();
        await using var open = await Database.ConnectAsync();
        await using (var command = open.CreateCommand())
        {
            command.CommandText = "PRAGMA journal_mode = WAL; INSERT INTO a VALUES (5);";
            await command.ExecuteNonQueryAsync();
        }

        var log = new FileInfo(Path.Combine(FolderOfTheFile, "test.db-wal")).Length;
        await Engine().GetStatusAsync();
        Assert.Equal(log, new FileInfo(Path.Combine(FolderOfTheFile, "test.db-wal")).Length);
    }
}

public sealed class PostgreSqlLookingTests() : LookingConformance(DatabaseKind.PostgreSql)
{
    protected override string MissingAddress => ((PostgreSqlTestDatabase)Database).Server.UrlOf("no_such_database");

    protected override async Task<bool> MissingExistsAsync() =>
        await Database.ScalarAsync("SELECT count(*) FROM pg_database WHERE datname = 'no_such_database'") != "0";

    protected override async Task<string> FingerprintAsync() =>
        string.Join(
            '\n',
            await Database.RowsAsync(
                "SELECT oid::text || ' ' || relname || ' ' || relfilenode FROM pg_class WHERE relnamespace = "
                    + "'public'::regnamespace ORDER BY oid"
            )
        )
        + string.Join(
            '\n',
            (await Database.TablesAsync()).Contains("migration_journal")
                ? await Database.RowsAsync("SELECT id, name, event FROM migration_journal ORDER BY id")
                : []
        );

    [Fact]
    public async Task A_missing_database_is_an_error()
    {
        ThreeTables();
        var engine = new Migrator(Kind.Driver, Kind.Driver.Parse(MissingAddress, Folder)!, Folder);
        var error = await ThrowsAsync<MigrationException>(ErrorId.DatabaseMissing, () => engine.ApplyAsync());
        Assert.Contains("no_such_database", error.Message, StringComparison.Ordinal);
    }
}
