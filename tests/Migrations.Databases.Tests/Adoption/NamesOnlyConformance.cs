using Migrations.Adoption;
using Migrations.Planning;

namespace Migrations.Databases.Tests.Adoption;

/// <summary>Tools whose migrations are programs: their names are taken over, and the schema as it is. Tools that are only named.</summary>
public abstract class NamesOnlyConformance(DatabaseKind kind) : AdoptionConformance(kind)
{
    [Theory]
    [InlineData(
        "efcore",
        "CREATE TABLE \"__EFMigrationsHistory\" (\"MigrationId\" varchar(150) PRIMARY KEY, \"ProductVersion\" varchar(32) NOT NULL)",
        "INSERT INTO \"__EFMigrationsHistory\" VALUES ('20240801081500_Artists', '10.0.4')",
        "20240801081500_Artists"
    )]
    [InlineData(
        "knex",
        "CREATE TABLE knex_migrations (id integer PRIMARY KEY, name varchar(255), batch integer, migration_time bigint)",
        "INSERT INTO knex_migrations VALUES (1, '20240801081500_artists.js', 1, 1705314622000)",
        "20240801081500_artists.js"
    )]
    [InlineData(
        "alembic",
        "CREATE TABLE alembic_version (version_num varchar(32) NOT NULL, CONSTRAINT alembic_version_pkc PRIMARY KEY (version_num))",
        "INSERT INTO alembic_version VALUES ('ae1027a6acf')",
        "revision ae1027a6acf"
    )]
    [InlineData(
        "liquibase",
        "CREATE TABLE databasechangelog (id varchar(255), author varchar(255), filename varchar(255), dateexecuted timestamp, "
            + "orderexecuted integer, exectype varchar(10), md5sum varchar(35))",
        "INSERT INTO databasechangelog VALUES ('1', 'ann', 'artists.sql', '2024-01-15 10:30:22', 1, 'EXECUTED', '9:abc')",
        "artists.sql::1::ann"
    )]
    public async Task The_names_are_recorded_and_what_follows_is_applied(string tool, string table, string row, string named)
    {
        await Database.ExecuteAsync($"{table}; {row}; CREATE TABLE artists (id integer PRIMARY KEY)");
        Migration("20250101000000_albums", "CREATE TABLE albums (id integer PRIMARY KEY);\n", "DROP TABLE albums;\n");

        var adopted = await AdoptAsync();

        Assert.Equal(tool, adopted.Tool);
        Assert.Equal([named], adopted.UnmatchedEntries);
        Assert.Equal(AdoptionVerdict.NotRun, adopted.Verdict);
        Assert.Contains(
            await Database.RowsAsync("SELECT error_message FROM migration_journal WHERE event = 'taken_over'"),
            r => r.Contains(named, StringComparison.Ordinal)
        );
        Assert.Equal("20250101000000_albums", Names(await ApplyAsync()));
        Assert.All(
            await Checker().CheckAsync(new CheckRequest { Categories = [CheckCategory.Drift] }),
            r => Assert.Equal(CheckStatus.Pass, r.Status)
        );
        await Engine().GetStatusAsync();
        Assert.Empty(Warnings);
    }

    [Theory]
    [InlineData(
        "Rails",
        "CREATE TABLE schema_migrations (version varchar NOT NULL PRIMARY KEY); "
            + "CREATE TABLE ar_internal_metadata (key varchar NOT NULL PRIMARY KEY, value varchar, created_at timestamp, "
            + "updated_at timestamp)"
    )]
    [InlineData("tern", "CREATE TABLE schema_version (version integer NOT NULL)")]
    [InlineData("TypeORM", "CREATE TABLE migrations (id integer PRIMARY KEY, \"timestamp\" bigint NOT NULL, name varchar NOT NULL)")]
    [InlineData("db-migrate", "CREATE TABLE migrations (id integer PRIMARY KEY, name varchar(255) NOT NULL, run_on timestamp NOT NULL)")]
    [InlineData("FluentMigrator", "CREATE TABLE \"VersionInfo\" (\"Version\" bigint, \"AppliedOn\" timestamp, \"Description\" text)")]
    [InlineData("Sequelize", "CREATE TABLE \"SequelizeMeta\" (name varchar(255) NOT NULL UNIQUE PRIMARY KEY)")]
    public async Task A_tool_that_is_only_recognised_is_named_with_the_baseline(string title, string sql)
    {
        ThreeTables();
        await Database.ExecuteAsync(sql + "; CREATE TABLE a (id integer PRIMARY KEY)");

        Assert.Contains(title + " (table ", (await Engine().GetStatusAsync())[0].ForeignHistory, StringComparison.Ordinal);
        await ThrowsAsync<PlanException>(ErrorId.ForeignHistoryFound, () => ApplyAsync());
        var error = await ThrowsAsync<MigrationException>(ErrorId.AdoptionUnsupported, () => AdoptAsync());
        Assert.Contains("migrations baseline", error.NextStep.ToString(), StringComparison.Ordinal);

        await Engine().BaselineAsync(new BaselineRequest { Target = "001" });
        Assert.Equal("002_b, 003_c", Names(await ApplyAsync()));
    }

    [Theory]
    [InlineData("CREATE TABLE migrations (id integer PRIMARY KEY, title text)")]
    [InlineData("CREATE TABLE changelog (id integer PRIMARY KEY, version text)")]
    [InlineData("CREATE TABLE schema_version (version integer, author text)")]
    public async Task A_table_that_is_only_called_like_one_of_theirs_is_no_history(string sql)
    {
        ThreeTables();
        await Database.ExecuteAsync(sql);
        Assert.Equal("001_a, 002_b, 003_c", Names(await ApplyAsync()));
    }
}

public sealed class SqliteNamesOnlyTests() : NamesOnlyConformance(DatabaseKind.Sqlite);

public sealed class PostgreSqlNamesOnlyTests() : NamesOnlyConformance(DatabaseKind.PostgreSql);
