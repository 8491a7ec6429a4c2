using Migrations.Planning;
using Migrations.Testing;

namespace Migrations.Databases.Tests.Fixtures;

/// <summary>Mirubato: four services with folders of their own, rollback folders, headers, FTS5, <c>unixepoch()</c>.</summary>
public sealed class MirubatoTests() : FixtureTests(DatabaseKind.Sqlite)
{
    [Theory]
    [InlineData(
        "api-reordered",
        "0001_initial_schema",
        "0002_add_repertoire_tables",
        "0003_add_logbook",
        "0004_add_sync_columns",
        "0005_add_user_preferences",
        "0006_add_migration_metrics"
    )]
    [InlineData(
        "scores",
        "0001_scores_schema",
        "0002_add_collections",
        "0003_add_normalized_title",
        "0004_add_large_table",
        "0005_index_large_table"
    )]
    [InlineData("dictionary", "0001_terms_schema")]
    [InlineData("sync-worker", "0001_sync_tables")]
    public Task Goes_there_and_back(string service, params string[] names)
    {
        Prerequisite.SqliteVersion(3, 38);
        return ThereAndBackAsync(Engine("mirubato", service), names);
    }

    [Fact]
    public async Task All_services_can_share_one_database()
    {
        Prerequisite.SqliteVersion(3, 38);
        foreach (var service in new[] { "api-reordered", "scores", "dictionary", "sync-worker" })
            Assert.NotEmpty(await Service(service).ApplyAsync());
        foreach (var service in new[] { "api-reordered", "scores", "dictionary", "sync-worker" })
            Assert.All(await Service(service).GetStatusAsync(), s => Assert.Equal((MigrationState.Applied, service), (s.State, s.Service)));
        await Service("scores").UndoAsync(new UndoRequest { All = true, AcceptDataLoss = true });
        Assert.Equal("1", await Database.ScalarAsync("SELECT count(*) FROM sqlite_master WHERE name = 'sync_queue'"));
    }

    [Fact]
    public async Task The_header_and_the_rollback_folder_are_read()
    {
        Prerequisite.SqliteVersion(3, 38);
        var engine = Engine("mirubato", "api-reordered");
        await engine.ApplyAsync();
        var status = (await engine.GetStatusAsync()).Single(s => s.Name == "0005_add_user_preferences");
        Assert.Equal(("Add user preferences table", true), (status.Description, status.HasUndo));
        await Database.ExecuteAsync(
            "INSERT INTO users (id, email) VALUES ('u1', 'ann@example.com'); INSERT INTO user_preferences (user_id, "
                + "updated_at) VALUES ('u1', 5)"
        );
        await Database.ExecuteAsync("UPDATE user_preferences SET theme = 'dark'");
        Assert.NotEqual("5", await Database.ScalarAsync("SELECT updated_at FROM user_preferences"));
    }

    [Fact]
    public async Task A_table_altered_before_it_is_made_stops_the_run_there()
    {
        var engine = Engine("mirubato", "api");
        await StopsAtAsync(() => engine.ApplyAsync(), "0002_add_sync_columns.sql", 2, "no such table: logbook_entries", "SQLITE_ERROR (1)");
        Assert.Equal(
            ["0001_initial_schema Applied", "0002_add_sync_columns Failed", "0003_add_repertoire_tables Pending"],
            (await engine.GetStatusAsync()).Select(s => $"{s.Name} {s.State}")
        );
        Assert.Equal(["migration_journal", "sessions", "users"], await Database.TablesAsync());
    }

    [Fact]
    public async Task A_column_is_required_as_sqlite_can_since_its_version_3_53()
    {
        await Engine("mirubato", "api-constraint").ApplyAsync();

        Assert.Equal("1", await Database.ScalarAsync("SELECT \"notnull\" FROM pragma_table_info('users') WHERE name = 'new_feature'"));
    }

    [Fact]
    public async Task A_trigger_that_writes_a_text_id_into_a_rowid_stops_the_first_insert()
    {
        var engine = Engine("mirubato", "dictionary-terms");
        await StopsAtAsync(() => engine.ApplyAsync(), "0002_first_terms.sql", 2, "datatype mismatch", "SQLITE_MISMATCH (20)");
        Assert.Equal("0", await Database.ScalarAsync("SELECT count(*) FROM terms"));
    }

    private Migrator Service(string service) =>
        EngineIn(Repository.Fixture("mirubato", service), new MigratorOptions { Service = service });
}
