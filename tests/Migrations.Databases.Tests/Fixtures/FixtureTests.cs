using Migrations.Planning;
using Migrations.Testing;

namespace Migrations.Databases.Tests.Fixtures;

/// <summary>
/// Runs the migration folders of <c>tests/fixtures</c>, which come from real systems, on the database that each was written for.
/// </summary>
public abstract class FixtureTests(DatabaseKind kind) : IAsyncLifetime
{
    protected TestDatabase Database { get; private set; } = null!;

    public async ValueTask InitializeAsync() => Database = await kind.CreateAsync();

    public async ValueTask DisposeAsync()
    {
        if (Database is not null)
            await Database.DisposeAsync();
    }

    protected Migrator Engine(params string[] folder) => EngineIn(Repository.Fixture(folder));

    protected Migrator EngineIn(string folder, MigratorOptions? options = null) =>
        new(kind.Driver, kind.Driver.Parse(Database.Address, Repository.Root)!, folder, options);

    /// <summary>Applies everything, sees it applied, undoes everything down to an empty database, and applies everything again.</summary>
    protected async Task ThereAndBackAsync(Migrator engine, params string[] names)
    {
        var empty = await SchemaAsync();
        Assert.Equal(names, (await engine.ApplyAsync()).Select(r => r.Name));
        Assert.All(await engine.GetStatusAsync(), s => Assert.Equal((MigrationState.Applied, true), (s.State, s.HasUndo)));
        var full = await SchemaAsync();
        Assert.NotEqual(empty, full);

        Assert.Equal(names.Reverse(), (await engine.UndoAsync(new UndoRequest { All = true, AcceptDataLoss = true })).Select(r => r.Name));
        Assert.All(await engine.GetStatusAsync(), s => Assert.Equal(MigrationState.RolledBack, s.State));
        Assert.Equal(empty, await SchemaAsync());

        Assert.Equal(names, (await engine.ApplyAsync()).Select(r => r.Name));
        Assert.Equal(full, await SchemaAsync());
        Assert.True((await engine.GetSummaryAsync()).Healthy);
    }

    /// <summary>
    /// Asserts that a run stops at a statement of a file, with the database's own words, and leaves that migration undone.
    /// </summary>
    protected static async Task StopsAtAsync(Func<Task> run, string file, int line, string words, string code)
    {
        var error = await Assert.ThrowsAsync<StatementException>(run);
        Assert.Equal(ErrorId.StatementFailed, error.Id);
        Assert.Equal(file, Path.GetFileName(error.Location?.File));
        Assert.Equal(line, error.Location?.Line);
        Assert.Contains(words, error.Message, StringComparison.Ordinal);
        Assert.Equal(code, error.Code);
        Assert.NotEmpty(error.NextStep.ToString());
    }

    private async Task<string> SchemaAsync() =>
        string.Join(
            '\n',
            kind == DatabaseKind.Sqlite
                ? await Database.TablesAsync() is []
                    ? []
                    : await Database.RowsAsync(
                        "SELECT type, name, tbl_name, sql FROM sqlite_master WHERE tbl_name NOT LIKE 'migration_journal' AND "
                            + "name NOT LIKE 'sqlite~_%' ESCAPE '~' ORDER BY type, name"
                    )
                : await Database.RowsAsync(
                    "SELECT relkind::text, relname FROM pg_class WHERE relnamespace = 'public'::regnamespace AND relname NOT "
                        + "LIKE 'migration_journal%' "
                        + "UNION ALL SELECT 'function', proname FROM pg_proc WHERE pronamespace = 'public'::regnamespace "
                        + "UNION ALL SELECT 'trigger', tgname FROM pg_trigger WHERE NOT tgisinternal UNION ALL SELECT "
                        + "'constraint', conname FROM pg_constraint WHERE connamespace = 'public'::regnamespace AND conname NOT "
                        + "LIKE 'migration_journal%' "
                        + "UNION ALL SELECT 'extension', extname FROM pg_extension ORDER BY 1, 2"
                )
        );
}
