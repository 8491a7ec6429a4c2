using System.Globalization;
using Migrations.Adoption;
using Migrations.Testing;

namespace Migrations.Databases.Tests.Adoption;

/// <summary>Histories in another spelling, in another order, with names that are hostile; and what a preview leaves alone.</summary>
public abstract class OddHistoryConformance(DatabaseKind kind) : AdoptionConformance(kind)
{
    /// <summary>All that the database is, for a comparison.</summary>
    protected abstract Task<string> ContentAsync();

    [Theory]
    [InlineData("schema_version")]
    [InlineData("dbmate")]
    [InlineData("flyway")]
    [InlineData("golang-migrate")]
    public async Task A_preview_writes_nothing(string tool)
    {
        await LoadAsync(tool);
        var before = await ContentAsync();
        await Importer().PlanAsync(cancellationToken: TestContext.Current.CancellationToken);
        await Importer().PlanAsync(new AdoptionRequest { AllowUnmatched = true }, TestContext.Current.CancellationToken);
        Assert.Equal(before, await ContentAsync());
    }

    [Theory]
    [InlineData("schema_version", "version applied_at")]
    [InlineData("_migrations", "name applied_at")]
    [InlineData("schema_migrations", "version status applied_at description checksum")]
    [InlineData("dbmate", "version")]
    [InlineData("golang-migrate", "version dirty")]
    [InlineData("goose", "version_id is_applied tstamp")]
    public async Task Names_in_capitals_are_read_and_written(string tool, string columns)
    {
        await LoadAsync(tool);
        var table = (await Importer().PlanAsync(cancellationToken: TestContext.Current.CancellationToken)).Table.Split('.')[^1];
        var capitals = $"\"{table.ToUpperInvariant()}\"";
        await Database.ExecuteAsync($"ALTER TABLE {table} RENAME TO renamed; ALTER TABLE renamed RENAME TO {capitals}");
        foreach (var column in columns.Split(' '))
            await Database.ExecuteAsync($"ALTER TABLE {capitals} RENAME COLUMN {column} TO \"{column.ToUpperInvariant()}\"");

        await AdoptAsync(new AdoptionRequest { KeepInStep = true });
        Assert.Single(await ApplyAsync());
        await Engine().GetStatusAsync();
        Assert.Empty(Warnings);
        await Importer().UndoAsync(cancellationToken: TestContext.Current.CancellationToken);

        Assert.Equal(3, (await AdoptAsync()).Migrations.Count);
    }

    [Fact]
    public async Task A_table_that_was_given_another_name_is_no_drift()
    {
        await LoadAsync("dbmate");
        await Database.ExecuteAsync("ALTER TABLE schema_migrations RENAME TO our_changes");

        await AdoptAsync(new AdoptionRequest { Table = "our_changes", KeepInStep = true });
        Assert.Single(await ApplyAsync());

        Assert.Equal("3", await Database.ScalarAsync("SELECT count(*) FROM our_changes"));
        var drift = Assert.Single(await Checker().CheckAsync(new CheckRequest { Categories = [CheckCategory.Drift] }));
        Assert.True(drift.Status == CheckStatus.Pass, drift.Message);
        Assert.Contains("our_changes", drift.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_was_applied_out_of_order_is_replayed_and_kept_in_its_order()
    {
        ThreeTables();
        await Database.ExecuteAsync(
            "CREATE TABLE _migrations (id integer PRIMARY KEY, name text, applied_at timestamp);"
                + "INSERT INTO _migrations VALUES (1, '002_b', '2024-01-15 10:30:22'), (2, '001_a', '2024-01-15 10:30:23');"
                + "CREATE TABLE b (id integer PRIMARY KEY); CREATE TABLE a (id integer PRIMARY KEY)"
        );

        var adopted = await AdoptAsync();

        Assert.Equal(["002_b", "001_a"], adopted.Migrations.Select(m => m.Name));
        Assert.Equal("001_a Applied, 002_b Applied, 003_c Pending", await StatesAsync());
        Assert.Equal("003_c", Names(await ApplyAsync()));
    }

    [Theory]
    [InlineData("001_a'; DROP TABLE a; --")]
    [InlineData("001_a\nINSERT")]
    [InlineData("\u001b[2J\u0007 001_a")]
    [InlineData("../../../etc/passwd")]
    [InlineData("\"; \\ % _ \u202e ü")]
    public async Task A_hostile_name_is_a_name(string name)
    {
        ThreeTables();
        await Database.ExecuteAsync(
            "CREATE TABLE _migrations (id integer PRIMARY KEY, name text, applied_at timestamp);"
                + $"INSERT INTO _migrations VALUES (1, '001_a', NULL), (2, '{name.Replace("'", "''", StringComparison.Ordinal)}', NULL);"
                + "CREATE TABLE a (id integer PRIMARY KEY)"
        );

        await ThrowsAsync<MigrationException>(ErrorId.AdoptionUnmatched, () => AdoptAsync());
        var adopted = await AdoptAsync(new AdoptionRequest { AllowUnmatched = true });

        Assert.Equal([name], adopted.UnmatchedEntries);
        Assert.Equal("002_b, 003_c", Names(await ApplyAsync()));
        Assert.Equal("a, b, c", string.Join(", ", (await TablesAsync()).Split(", ").Where(t => t.Length == 1)));
        Assert.Equal("2", await Database.ScalarAsync("SELECT count(*) FROM _migrations"));
    }

    [Fact]
    public async Task Of_thousands_that_do_not_match_the_refusal_names_some()
    {
        ThreeTables();
        await Database.ExecuteAsync("CREATE TABLE _migrations (id integer PRIMARY KEY, name text, applied_at timestamp)");
        var rows = Enumerable.Range(1, 3000).Select(i => string.Create(CultureInfo.InvariantCulture, $"({i}, '{i}_other', NULL)"));
        await Database.ExecuteAsync($"INSERT INTO _migrations VALUES {string.Join(", ", rows)}");

        var error = await ThrowsAsync<MigrationException>(ErrorId.AdoptionUnmatched, () => AdoptAsync());

        Assert.Contains("20_other", error.Message, StringComparison.Ordinal);
        Assert.EndsWith("And 2980 more, which a preview lists.", error.Message, StringComparison.Ordinal);
        Assert.Equal(3000, (await Importer().PlanAsync(cancellationToken: TestContext.Current.CancellationToken)).UnmatchedEntries.Count);
    }
}

public sealed class SqliteOddHistoryTests() : OddHistoryConformance(DatabaseKind.Sqlite)
{
    protected override async Task<string> ContentAsync() =>
        Convert.ToHexString(await File.ReadAllBytesAsync(Database.Address, TestContext.Current.CancellationToken))
        + string.Join(' ', Directory.GetFiles(Path.GetDirectoryName(Database.Address)!).Order(StringComparer.Ordinal));
}

public sealed class PostgreSqlOddHistoryTests() : OddHistoryConformance(DatabaseKind.PostgreSql)
{
    protected override async Task<string> ContentAsync() => (await PostgreSqlDump.OfAsync((PostgreSqlTestDatabase)Database)).Text;

    [Fact]
    public async Task It_may_stand_in_any_schema()
    {
        await LoadAsync("dbmate");
        await Database.ExecuteAsync("CREATE SCHEMA \"Old Tools\"; ALTER TABLE schema_migrations SET SCHEMA \"Old Tools\"");

        var adopted = await AdoptAsync(new AdoptionRequest { KeepInStep = true });
        await ApplyAsync();

        Assert.Equal("Old Tools.schema_migrations", adopted.Table);
        Assert.Equal("3", await Database.ScalarAsync("SELECT count(*) FROM \"Old Tools\".schema_migrations"));
        Assert.All(
            await Checker().CheckAsync(new CheckRequest { Categories = [CheckCategory.Drift] }),
            r => Assert.Equal(CheckStatus.Pass, r.Status)
        );
        await Database.ExecuteAsync("CREATE TABLE \"Old Tools\".extra (id integer)");
        Assert.Contains(
            await Checker().CheckAsync(new CheckRequest { Categories = [CheckCategory.Drift] }),
            r => r.Status == CheckStatus.Fail
        );
    }

    [Fact]
    public async Task Who_may_not_read_the_table_is_refused_with_its_name()
    {
        await LoadAsync("dbmate");
        await using var role = await PostgreSqlRole.OwnerOfAsync((PostgreSqlTestDatabase)Database);
        var importer = new HistoryImporter(Kind.Driver, Kind.Driver.Parse(role.Address, Folder)!, Folder, EngineOptions());
        var error = await Assert.ThrowsAnyAsync<MigrationException>(() =>
            importer.ImportAsync(cancellationToken: TestContext.Current.CancellationToken)
        );
        Assert.Contains("schema_migrations", error.Message, StringComparison.Ordinal);
        Assert.False(await HasJournalAsync());
    }
}
