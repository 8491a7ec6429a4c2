using Migrations.Fleet;

namespace Migrations.Databases.Tests;

/// <summary>The databases of a fleet, read from a table of another database.</summary>
public abstract class FleetQueryConformance(DatabaseKind kind) : Conformance(kind)
{
    protected Task<IReadOnlyList<string>> ReadAsync(string sql) =>
        FleetQuery.ReadAsync(Kind.Driver, Target(), sql, EngineOptions().Session, TestContext.Current.CancellationToken);

    [Fact]
    public async Task Each_row_is_a_database_and_nothing_stays_in_the_one_that_is_asked()
    {
        await Database.ExecuteAsync("CREATE TABLE tenants (id integer, url varchar(200))");
        await Database.ExecuteAsync("INSERT INTO tenants VALUES (1, ' a.db '), (2, 'postgres://ada:hunter2@db/x'), (3, 'a.db'), (4, NULL)");
        Assert.Equal(["a.db", "postgres://ada:hunter2@db/x"], await ReadAsync("SELECT url FROM tenants WHERE id < 4 ORDER BY id"));
        Assert.Equal(["tenants"], await Database.TablesAsync());
        foreach (
            var (sql, words) in ((string, string)[])
                [
                    ("SELECT * FROM tenants WHERE id = 2", "gives 2 columns"),
                    ("SELECT url FROM tenants ORDER BY id", "Row 4 "),
                    ("SELECT url FROM tenants WHERE id > 9", "found no rows"),
                ]
        )
        {
            var error = await ThrowsAsync<MigrationException>(ErrorId.UsageInvalid, () => ReadAsync(sql));
            Assert.Contains(words, error.Message, StringComparison.Ordinal);
            Assert.DoesNotContain("hunter2", error.ToString(), StringComparison.Ordinal);
        }

        await ThrowsAsync<StatementException>(ErrorId.StatementFailed, () => ReadAsync("SELECT url FROM missing"));
    }

    [Fact]
    public async Task A_query_that_writes_leaves_nothing_behind()
    {
        await Database.ExecuteAsync("CREATE TABLE tenants (url varchar(200))");
        await Assert.ThrowsAnyAsync<MigrationException>(() => ReadAsync("INSERT INTO tenants VALUES ('a.db')"));
        Assert.Equal("0", await Database.ScalarAsync("SELECT count(*) FROM tenants"));
    }
}

public sealed class SqliteFleetQueryTests() : FleetQueryConformance(DatabaseKind.Sqlite);

public sealed class PostgreSqlFleetQueryTests() : FleetQueryConformance(DatabaseKind.PostgreSql)
{
    [Theory]
    [InlineData("postgres://ada:hunter2@db/x")]
    [InlineData("host=db user=ada password=hunter2")]
    [InlineData("Server=db;Password='hunter2'")]
    public async Task What_the_server_quotes_of_a_row_shows_no_password(string row)
    {
        var literal = row.Replace("'", "''", StringComparison.Ordinal);
        await Database.ExecuteAsync($"CREATE TABLE tenants (url text); INSERT INTO tenants VALUES ('{literal}')");
        var error = await ThrowsAsync<StatementException>(ErrorId.StatementFailed, () => ReadAsync("SELECT url::integer FROM tenants"));
        Assert.DoesNotContain("hunter2", error.ToString(), StringComparison.Ordinal);
    }
}
