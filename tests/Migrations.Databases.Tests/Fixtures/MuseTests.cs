namespace Migrations.Databases.Tests.Fixtures;

/// <summary>Muse: extensions, functions and triggers in dollar quotes, partial and GIN indexes, comments, on PostgreSQL.</summary>
public sealed class MuseTests() : FixtureTests(DatabaseKind.PostgreSql)
{
    [Fact]
    public async Task Goes_there_and_back()
    {
        await ThereAndBackAsync(
            Engine("muse"),
            "001_extensions",
            "002_users",
            "003_documents",
            "004_document_columns",
            "005_document_indexes",
            "006_updated_at",
            "007_valid_email"
        );
        Assert.Equal("User accounts for the Muse AI application", await Database.ScalarAsync("SELECT obj_description('users'::regclass)"));
        Assert.Equal(
            "4",
            await Database.ScalarAsync("SELECT count(*) FROM pg_indexes WHERE tablename = 'documents' AND indexname LIKE 'idx%'")
        );
        await Database.ExecuteAsync(
            "INSERT INTO users (username, email, password_hash, updated_at) VALUES ('ann', 'ann@example.com', 'x', '2000-01-01')"
        );
        await Database.ExecuteAsync("UPDATE users SET username = 'anne'");
        Assert.Equal("1", await Database.ScalarAsync("SELECT count(*) FROM users WHERE updated_at > '2020-01-01'"));
        await Assert.ThrowsAsync<Npgsql.PostgresException>(() =>
            Database.ExecuteAsync("INSERT INTO users (username, email, password_hash) VALUES ('bob', 'no address', 'x')")
        );
    }

    [Fact]
    public async Task An_outline_with_its_columns_left_out_stops_at_the_gap()
    {
        var engine = Engine("muse-outline");
        await StopsAtAsync(() => engine.ApplyAsync(), "001_init_db.sql", 8, "syntax error at or near \")\"", "42601");
        Assert.Equal("0", await Database.ScalarAsync("SELECT count(*) FROM pg_extension WHERE extname = 'uuid-ossp'"));
    }

    [Fact]
    public async Task A_table_made_twice_stops_at_the_second()
    {
        var engine = Engine("muse-not-idempotent");
        await StopsAtAsync(() => engine.ApplyAsync(), "002_users_again.sql", 8, "relation \"users\" already exists", "42P07");
        Assert.Equal(["migration_journal"], await Database.TablesAsync());
    }
}
