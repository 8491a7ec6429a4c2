using Migrations.Adoption;
using Migrations.Databases;
using Migrations.Fixtures.Makers.Tools;
using Migrations.PostgreSql;
using Migrations.Sqlite;

namespace Migrations.Fixtures.Makers;

/// <summary>
/// The tools themselves: the fixtures of adoption are what they leave in a database, and they go on after it was taken over and given
/// back.
/// </summary>
public abstract class MakerConformance : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    /// <summary>The tools that can be had from NuGet, npm and Debian.</summary>
    public static TheoryData<OtherTool> Tools =>
        [
            new Dbmate(),
            new Drizzle(),
            new Knex(),
            new NodePgMigrate(),
            new Supabase(),
            new Wrangler(),
            new Liquibase(),
            new Alembic(),
            new DbUpTool(),
            new Evolve(),
            new EfCore(),
        ];

    /// <summary>Those whose table is written.</summary>
    public static TheoryData<OtherTool> Written => [.. Tools.Select(row => row.Data).Where(tool => !tool.IsCode)];

    protected abstract IDatabaseDriver Driver { get; }

    /// <summary>The fixture's file for this database.</summary>
    protected abstract string Dump { get; }

    public void Dispose()
    {
        _folder.Dispose();
        GC.SuppressFinalize(this);
    }

    [Theory]
    [MemberData(nameof(Tools))]
    public async Task The_fixture_is_what_the_tool_leaves(OtherTool tool)
    {
        await using var made = await MakeAsync(tool);
        await using var fixture = await CreateAsync();
        await fixture.ExecuteAsync(await File.ReadAllTextAsync(Path.Combine(tool.Fixture, Dump), TestContext.Current.CancellationToken));

        Assert.Equal(await TableShapes.OfAsync(made, tool.Changing), await TableShapes.OfAsync(fixture, tool.Changing));
    }

    [Theory]
    [MemberData(nameof(Tools))]
    public async Task The_tool_goes_on_after_the_way_back(OtherTool tool)
    {
        await using var database = await MakeAsync(tool);
        var importer = Importer(tool, database);
        var before = await TableShapes.OfAsync(database, []);

        var adopted = await importer.ImportAsync(cancellationToken: TestContext.Current.CancellationToken);
        Assert.Equal(tool.IsCode ? AdoptionVerdict.NotRun : AdoptionVerdict.Proven, adopted.Verdict);
        await importer.UndoAsync(cancellationToken: TestContext.Current.CancellationToken);
        Assert.Equal(before, await TableShapes.OfAsync(database, []));

        await tool.ApplyAsync(database, _folder, count: 3);
        Assert.Contains("tracks", await database.TablesAsync());
        Assert.NotEqual(before, await TableShapes.OfAsync(database, []));
    }

    [Theory]
    [MemberData(nameof(Written))]
    public async Task The_tool_runs_nothing_again_that_was_written_back(OtherTool tool)
    {
        await using var database = await MakeAsync(tool);
        await Importer(tool, database).ImportAsync(cancellationToken: TestContext.Current.CancellationToken);
        Assert.Single(await Engine(tool, database).ApplyAsync(cancellationToken: TestContext.Current.CancellationToken));
        await Importer(tool, database).UndoAsync(writeBack: true, TestContext.Current.CancellationToken);

        await HasNothingToDoAsync(tool, database);
    }

    [Theory]
    [MemberData(nameof(Written))]
    public async Task The_tool_runs_nothing_again_that_is_kept_in_step(OtherTool tool)
    {
        await using var database = await MakeAsync(tool);
        await Importer(tool, database).ImportAsync(new AdoptionRequest { KeepInStep = true }, TestContext.Current.CancellationToken);
        Assert.Single(await Engine(tool, database).ApplyAsync(cancellationToken: TestContext.Current.CancellationToken));

        await HasNothingToDoAsync(tool, database);
    }

    protected abstract bool Knows(OtherTool tool);

    protected abstract Task<TestDatabase> CreateAsync();

    /// <summary>A new database with two migrations that the tool applied.</summary>
    private async Task<TestDatabase> MakeAsync(OtherTool tool)
    {
        Assert.SkipUnless(Knows(tool), $"{tool} does not know this kind of database.");
        tool.Require();
        var database = await tool.CreateOwnAsync(_folder) ?? await CreateAsync();
        await tool.ApplyAsync(database, _folder, count: 2);
        Assert.DoesNotContain("tracks", await database.TablesAsync());
        return database;
    }

    /// <summary>The tool would fail if it ran again what made a table.</summary>
    private async Task HasNothingToDoAsync(OtherTool tool, TestDatabase database)
    {
        var before = await TableShapes.OfAsync(database, []);
        await tool.ApplyAsync(database, _folder, count: 3);
        Assert.Equal(before, await TableShapes.OfAsync(database, []));
    }

    private HistoryImporter Importer(OtherTool tool, TestDatabase database) =>
        new(Driver, Driver.Parse(database.Address, _folder.Path)!, OursOf(tool), new MigratorOptions());

    private Migrator Engine(OtherTool tool, TestDatabase database) =>
        new(Driver, Driver.Parse(database.Address, _folder.Path)!, OursOf(tool), new MigratorOptions());

    /// <summary>The folder that this engine works from: the tool's own; of programs, what comes after them.</summary>
    private string OursOf(OtherTool tool)
    {
        if (!tool.IsCode)
            return Path.Combine(tool.Fixture, "migrations");
        return Path.GetDirectoryName(_folder.Write("ours/20250101000000_genres.sql", "CREATE TABLE genres (id integer PRIMARY KEY);\n"))!;
    }
}

public sealed class SqliteMakerTests : MakerConformance
{
    protected override IDatabaseDriver Driver { get; } = new SqliteDriver();

    protected override string Dump => "sqlite.sql";

    protected override bool Knows(OtherTool tool) => tool.KnowsSqlite;

    protected override Task<TestDatabase> CreateAsync() => Task.FromResult<TestDatabase>(new SqliteTestDatabase());
}

public sealed class PostgreSqlMakerTests : MakerConformance
{
    protected override IDatabaseDriver Driver { get; } = new PostgreSqlDriver();

    protected override string Dump => "postgresql.sql";

    protected override bool Knows(OtherTool tool) => tool.KnowsPostgreSql;

    protected override async Task<TestDatabase> CreateAsync() => await PostgreSqlTestDatabase.CreateAsync();
}
