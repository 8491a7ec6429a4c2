using Migrations.Planning;
using Migrations.Testing;

namespace Migrations.Databases.Tests.Fixtures;

/// <summary>Decant: a column whose undo rebuilds the table, indexes, a data migration.</summary>
public sealed class DecantTests() : FixtureTests(DatabaseKind.Sqlite)
{
    [Fact]
    public async Task Goes_there_and_back()
    {
        var engine = Engine("decant");
        string[] names = ["001_initial_schema", "002_add_email_verified", "003_add_user_preferences", "004_add_node_indexes"];
        Assert.Equal(names, (await engine.ApplyAsync()).Select(r => r.Name));
        Assert.Equal(names.Reverse(), (await engine.UndoAsync(new UndoRequest { All = true, AcceptDataLoss = true })).Select(r => r.Name));
        Assert.Equal(["migration_journal"], await Database.TablesAsync());
        Assert.Equal(names, (await engine.ApplyAsync()).Select(r => r.Name));
        Assert.All(await engine.GetStatusAsync(), s => Assert.Equal(MigrationState.Applied, s.State));
    }

    [Fact]
    public async Task Undoing_the_column_by_rebuilding_the_table_loses_no_row_and_applies_again()
    {
        var engine = Engine("decant");
        await engine.ApplyAsync(new ApplyRequest { Target = "2" });
        await engine.UndoAsync(new UndoRequest { AcceptDataLoss = true });
        Assert.Equal(["id", "username", "email", "created_at"], await Database.RowsAsync("SELECT name FROM pragma_table_info('users')"));
        Assert.Equal(["ann", "bob"], await Database.RowsAsync("SELECT username FROM users ORDER BY 1"));
        Assert.Equal("002_add_email_verified", Assert.Single(await engine.ApplyAsync(new ApplyRequest { Target = "2" })).Name);
        Assert.Equal(["ann|0", "bob|0"], await Database.RowsAsync("SELECT username, email_verified FROM users ORDER BY 1"));
    }

    [Fact]
    public async Task With_a_child_that_cascades_the_rebuild_is_rolled_back_and_says_what_it_lost()
    {
        var engine = Engine("decant-with-sessions");
        await engine.ApplyAsync();
        var error = await Assert.ThrowsAsync<StatementException>(() => engine.UndoAsync(new UndoRequest { AcceptDataLoss = true }));
        Assert.Equal(ErrorId.ForeignKeyBroken, error.Id);
        Assert.Contains("sessions", error.Message, StringComparison.Ordinal);
        Assert.Contains("user_id", error.Message, StringComparison.Ordinal);
        Assert.Contains("users", error.Message, StringComparison.Ordinal);
        Assert.Contains("id", error.Message, StringComparison.Ordinal);
        Assert.Equal("002_add_email_verified.down.sql", Path.GetFileName(error.Location?.File));

        Assert.Equal(["1|u1", "2|u1", "3|u2"], await Database.RowsAsync("SELECT id, user_id FROM sessions ORDER BY id"));
        Assert.Equal(["ann|0", "bob|0"], await Database.RowsAsync("SELECT username, email_verified FROM users ORDER BY 1"));
        Assert.Equal("1", await Database.ScalarAsync("SELECT count(*) FROM sqlite_master WHERE name = 'idx_users_email_verified'"));
        var status = (await engine.GetStatusAsync())[^1];
        Assert.Equal(MigrationState.Applied, status.State);
        Assert.Contains("sessions", status.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_rebuild_that_keeps_the_key_passes_with_children()
    {
        using var folder = new TemporaryFolder();
        var copy = folder.CopyFrom(Repository.Fixture("decant-with-sessions"), "migrations");
        folder.Write(
            "migrations/002_add_email_verified.down.sql",
            """
            DROP INDEX idx_users_email_verified;
            CREATE TABLE users_new (id TEXT PRIMARY KEY, username TEXT NOT NULL UNIQUE, email TEXT NOT NULL,
                created_at DATETIME DEFAULT CURRENT_TIMESTAMP);
            INSERT INTO users_new SELECT id, username, email, created_at FROM users;
            DROP TABLE users;
            ALTER TABLE users_new RENAME TO users;
            """
        );
        var engine = EngineIn(copy);
        await engine.ApplyAsync();
        await engine.UndoAsync(new UndoRequest { AcceptDataLoss = true });
        Assert.Equal("3", await Database.ScalarAsync("SELECT count(*) FROM sessions"));
        Assert.Empty(await Database.RowsAsync("PRAGMA foreign_key_check"));
        await Database.ExecuteAsync("PRAGMA foreign_keys = ON; DELETE FROM users WHERE id = 'u1'");
        Assert.Equal("1", await Database.ScalarAsync("SELECT count(*) FROM sessions"));
    }

    [Fact]
    public async Task A_rebuild_that_loses_rows_is_rolled_back_unless_allowed()
    {
        using var folder = new TemporaryFolder();
        var copy = folder.CopyFrom(Repository.Fixture("decant-with-sessions"), "migrations");
        const string Down = """
            CREATE TABLE users_new (id TEXT PRIMARY KEY, username TEXT NOT NULL UNIQUE, email TEXT NOT NULL,
                created_at DATETIME DEFAULT CURRENT_TIMESTAMP);
            INSERT INTO users_new SELECT id, username, email, created_at FROM users WHERE id <> 'u2';
            DELETE FROM sessions WHERE user_id = 'u2';
            DROP TABLE users;
            ALTER TABLE users_new RENAME TO users;
            """;
        folder.Write("migrations/002_add_email_verified.down.sql", Down);
        var engine = EngineIn(copy);
        await engine.ApplyAsync();
        var error = await Assert.ThrowsAsync<StatementException>(() => engine.UndoAsync(new UndoRequest { AcceptDataLoss = true }));
        Assert.Equal(ErrorId.RowsLost, error.Id);
        Assert.Contains("users", error.Message, StringComparison.Ordinal);
        Assert.Equal("3", await Database.ScalarAsync("SELECT count(*) FROM sessions"));
        Assert.Equal("2", await Database.ScalarAsync("SELECT count(*) FROM users"));

        folder.Write("migrations/002_add_email_verified.down.sql", "-- Row-Loss: allowed\n" + Down);
        await engine.UndoAsync(new UndoRequest { AcceptDataLoss = true });
        Assert.Equal("1", await Database.ScalarAsync("SELECT count(*) FROM users"));
    }

    [Fact]
    public async Task A_script_that_leaves_orphans_is_rolled_back_and_names_them()
    {
        using var folder = new TemporaryFolder();
        var copy = folder.CopyFrom(Repository.Fixture("decant-with-sessions"), "migrations");
        folder.Write("migrations/003_orphan.up.sql", "-- Foreign-Keys: off\nINSERT INTO sessions (id, user_id) VALUES (77, 'nobody');\n");
        var engine = EngineIn(copy);
        var error = await Assert.ThrowsAsync<StatementException>(() => engine.ApplyAsync());
        Assert.Equal(ErrorId.ForeignKeyViolated, error.Id);
        Assert.Contains("sessions", error.Message, StringComparison.Ordinal);
        Assert.Contains("users", error.Message, StringComparison.Ordinal);
        Assert.Contains("77", error.Message, StringComparison.Ordinal);
        Assert.Equal("3", await Database.ScalarAsync("SELECT count(*) FROM sessions"));
    }

    [Fact]
    public async Task A_down_that_leaves_its_column_stops_the_next_up_there()
    {
        var engine = Engine("decant-node-status");
        await engine.ApplyAsync();
        Assert.Equal(["n1|active", "n2|archived"], await Database.RowsAsync("SELECT id, status FROM nodes ORDER BY id"));
        await engine.UndoAsync(new UndoRequest { AcceptDataLoss = true });
        await StopsAtAsync(() => engine.ApplyAsync(), "002_add_node_status.up.sql", 1, "duplicate column name: status", "SQLITE_ERROR (1)");
        Assert.Equal(MigrationState.Failed, (await engine.GetStatusAsync())[1].State);
    }

    [Fact]
    public async Task Rollback_goes_in_reverse_order_only()
    {
        var engine = Engine("decant");
        await engine.ApplyAsync();
        var error = await Assert.ThrowsAsync<PlanException>(() => engine.UndoAsync(new UndoRequest { Name = "002_add_email_verified" }));
        Assert.Equal(ErrorId.UndoOutOfOrder, error.Id);
        Assert.Equal(["004_add_node_indexes", "003_add_user_preferences"], error.Migrations);
    }
}
