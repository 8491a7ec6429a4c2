namespace Migrations.Databases.Tests.Fixtures;

/// <summary>Compositions: rollback suffixes, FTS5 with content triggers.</summary>
public sealed class CompositionsTests() : FixtureTests(DatabaseKind.Sqlite)
{
    [Fact]
    public Task Goes_there_and_back() =>
        ThereAndBackAsync(Engine("compositions"), "001_initial_schema", "002_add_fts5", "003_add_composition_tags");

    [Fact]
    public async Task Rows_written_between_the_migrations_are_found_by_full_text_search()
    {
        var engine = Engine("compositions");
        await engine.ApplyAsync(new Planning.ApplyRequest { Target = "1" });
        await Database.ExecuteAsync("INSERT INTO compositions VALUES ('c1', 'f', 'now', 'd', 'a sea shanty', 12, 1, 'now')");
        await engine.ApplyAsync();
        await Database.ExecuteAsync("INSERT INTO compositions VALUES ('c2', 'f', 'now', 'd', 'a mountain song', 15, 1, 'now')");
        Assert.Equal(["c1"], await Database.RowsAsync("SELECT id FROM compositions_fts WHERE compositions_fts MATCH 'shanty'"));
        Assert.Equal(["c2"], await Database.RowsAsync("SELECT id FROM compositions_fts WHERE compositions_fts MATCH 'mountain'"));
    }
}
