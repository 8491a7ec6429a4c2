using Migrations.Planning;

namespace Migrations.Databases.Tests.Fixtures;

/// <summary>The dashboard: scripts with their own BEGIN and COMMIT that also keep a history table of their own.</summary>
public sealed class DashboardTests() : FixtureTests(DatabaseKind.Sqlite)
{
    [Fact]
    public async Task The_new_column_goes_there_and_back()
    {
        var engine = Engine("dashboard");
        await engine.ApplyAsync(new ApplyRequest { Target = "2" });
        Assert.Equal(["medium", "medium"], await Database.RowsAsync("SELECT priority_level FROM tasks"));
        Assert.Equal("1.1.0|applied", Assert.Single(await Database.RowsAsync("SELECT version, status FROM schema_migrations")));
        await engine.UndoAsync(new UndoRequest { AcceptDataLoss = true });
        Assert.Equal("0", await Database.ScalarAsync("SELECT count(*) FROM pragma_table_info('tasks') WHERE name = 'priority_level'"));
        Assert.Equal("rolled_back", await Database.ScalarAsync("SELECT status FROM schema_migrations"));
        Assert.Equal("002_add_task_priority", Assert.Single(await engine.ApplyAsync(new ApplyRequest { Target = "2" })).Name);
    }

    [Fact]
    public async Task The_new_index_goes_back_and_its_own_record_stops_it_from_coming_again()
    {
        var engine = Engine("dashboard");
        await engine.ApplyAsync(new ApplyRequest { Target = "3" });
        Assert.Equal("1", await Database.ScalarAsync("SELECT count(*) FROM sqlite_master WHERE name = 'idx_tasks_status_updated'"));
        await engine.UndoAsync(new UndoRequest { AcceptDataLoss = true });
        Assert.Equal("0", await Database.ScalarAsync("SELECT count(*) FROM sqlite_master WHERE name = 'idx_tasks_status_updated'"));
        // The down script keeps the row of 1.1.1, and the up script inserts it again.
        await StopsAtAsync(
            () => engine.ApplyAsync(),
            "003_optimize_task_queries.sql",
            7,
            "UNIQUE constraint failed: schema_migrations.version",
            "SQLITE_CONSTRAINT_UNIQUE (2067)"
        );
        Assert.Equal("0", await Database.ScalarAsync("SELECT count(*) FROM sqlite_master WHERE name = 'idx_tasks_status_updated'"));

        await Database.ExecuteAsync("DELETE FROM schema_migrations WHERE version = '1.1.1'");
        Assert.Equal("003_optimize_task_queries", Assert.Single(await engine.ApplyAsync(new ApplyRequest { Target = "3" })).Name);
    }

    [Fact]
    public async Task The_rebuilt_table_goes_there_and_back_and_keeps_its_rows()
    {
        var engine = Engine("dashboard");
        await engine.ApplyAsync();
        Assert.Equal("1", await Database.ScalarAsync("SELECT \"notnull\" FROM pragma_table_info('tasks') WHERE name = 'title'"));
        await engine.UndoAsync(new UndoRequest { AcceptDataLoss = true });
        Assert.Equal("0", await Database.ScalarAsync("SELECT \"notnull\" FROM pragma_table_info('tasks') WHERE name = 'title'"));
        Assert.Equal("004_task_title_not_null", Assert.Single(await engine.ApplyAsync()).Name);
        Assert.Equal(["First", "Second"], await Database.RowsAsync("SELECT title FROM tasks ORDER BY id"));
        Assert.All(await engine.GetStatusAsync(), s => Assert.Equal(MigrationState.Applied, s.State));
    }

    [Fact]
    public async Task Everything_can_be_undone()
    {
        var engine = Engine("dashboard");
        await engine.ApplyAsync();
        Assert.Equal(4, (await engine.UndoAsync(new UndoRequest { All = true, AcceptDataLoss = true })).Count);
        Assert.Equal(["migration_journal"], await Database.TablesAsync());
        Assert.Equal(4, (await engine.ApplyAsync()).Count);
    }

    [Fact]
    public async Task The_semantic_version_of_the_header_names_the_migration()
    {
        var engine = Engine("dashboard");
        Assert.Equal("001_initial_schema", Assert.Single(await engine.ApplyAsync(new ApplyRequest { Target = "1.0.0" })).Name);
        Assert.Equal("1.0.0", (await engine.GetStatusAsync())[0].SemanticVersion);
    }

    [Fact]
    public async Task A_rebuild_with_its_columns_left_out_stops_at_the_gap()
    {
        var engine = Engine("dashboard-outline");
        await StopsAtAsync(() => engine.ApplyAsync(), "004_task_title_not_null.sql", 11, "near \")\": syntax error", "SQLITE_ERROR (1)");
        Assert.Equal("2", await Database.ScalarAsync("SELECT count(*) FROM tasks"));
        Assert.Equal(MigrationState.Failed, (await engine.GetStatusAsync())[3].State);
    }
}
