using Migrations.Adoption;
using Migrations.Planning;
using Migrations.Testing;

namespace Migrations.Databases.Tests.Adoption;

/// <summary>Tools whose migrations are programs: their names are taken over, and the schema as it is. Tools that are only named.</summary>
public abstract class NamesOnlyConformance(DatabaseKind kind) : AdoptionConformance(kind)
{
    private const string Fixtures = "adoption-by-name";
    private const string Next = "20250101000000_tracks";

    /// <summary>The names that each tool has recorded.</summary>
    public static TheoryData<string, string, string> Tools =>
        new()
        {
            { "efcore", "20240801081500_Artists", "20240802091500_Albums" },
            { "knex", "20240115103022_artists.js", "20240115103023_albums.js" },
            { "alembic", "revision b2c3d4e5f6a7", "revision b2c3d4e5f6a7" },
            { "liquibase", "changelog.sql::1::ann", "changelog.sql::2::ann" },
        };

    [Theory]
    [MemberData(nameof(Tools))]
    public async Task The_names_are_recorded_and_what_follows_is_applied(string tool, string first, string last)
    {
        await LoadNamesAsync(tool);

        var adopted = await AdoptAsync();

        Assert.Equal(tool, adopted.Tool);
        Assert.Equal((first, last), (adopted.UnmatchedEntries[0], adopted.UnmatchedEntries[^1]));
        Assert.Equal(AdoptionVerdict.NotRun, adopted.Verdict);
        Assert.Contains(await TakenOverAsync(), r => r.Contains(first, StringComparison.Ordinal));
        await GoesOnAsync();
    }

    [Theory]
    [MemberData(nameof(Tools))]
    public async Task The_names_are_proven_by_the_SQL_of_their_migrations(string tool, string first, string last)
    {
        await LoadNamesAsync(tool);

        var adopted = await AdoptAsync(new AdoptionRequest { SqlPath = SqlOf(tool) });

        Assert.Equal((first, last), (adopted.UnmatchedEntries[0], adopted.UnmatchedEntries[^1]));
        Assert.Equal(AdoptionVerdict.Proven, adopted.Verdict);
        Assert.Empty(adopted.Differences);
        Assert.Contains(
            await TakenOverAsync(),
            r => r.Contains("proven by replay of", StringComparison.Ordinal) && r.Contains(last, StringComparison.Ordinal)
        );
        await GoesOnAsync();
        await UndoAsync();
        await Importer().UndoAsync(cancellationToken: TestContext.Current.CancellationToken);
        Assert.False(await HasJournalAsync());
    }

    [Theory]
    [MemberData(nameof(Tools))]
    public async Task What_their_SQL_does_not_make_is_found(string tool, string first, string last)
    {
        await LoadNamesAsync(tool);
        await Database.ExecuteAsync("DROP INDEX albums_by_artist; CREATE TABLE extra (id integer)");

        var planned = await Importer().PlanAsync(new AdoptionRequest { SqlPath = SqlOf(tool) }, TestContext.Current.CancellationToken);

        Assert.Contains(last, planned.UnmatchedEntries);
        Assert.Contains(first, planned.UnmatchedEntries);
        Assert.Contains(planned.Obstacles, o => o.Contains("albums_by_artist", StringComparison.Ordinal) && o.EndsWith("makes it."));
        Assert.Contains(planned.Obstacles, o => o.Contains("extra", StringComparison.Ordinal) && o.EndsWith("does not make it."));
        await ThrowsAsync<MigrationException>(ErrorId.AdoptionUnproven, () => AdoptAsync(new AdoptionRequest { SqlPath = SqlOf(tool) }));
        Assert.False(await HasJournalAsync());
    }

    [Fact]
    public async Task A_changeset_that_failed_stops_it()
    {
        await LoadNamesAsync("liquibase");
        await Database.ExecuteAsync("UPDATE databasechangelog SET exectype = 'FAILED' WHERE id = '2'");
        var error = await ThrowsAsync<MigrationException>(ErrorId.ForeignHistoryDirty, () => AdoptAsync());
        Assert.Contains("changelog.sql::2::ann is recorded as failed", error.Message, StringComparison.OrdinalIgnoreCase);
        Assert.False(await HasJournalAsync());
    }

    [Fact]
    public async Task SQL_that_cannot_be_had_or_run_is_refused()
    {
        await LoadNamesAsync("knex");
        var empty = Directory.CreateDirectory(Path.Combine(Folder, "..", "empty")).FullName;
        foreach (var path in new[] { empty, Path.Combine(empty, "nothing") })
        {
            var error = await ThrowsAsync<MigrationException>(
                ErrorId.FileUnreadable,
                () => AdoptAsync(new AdoptionRequest { SqlPath = path })
            );
            Assert.Contains(path, error.Message, StringComparison.Ordinal);
            Assert.Contains("--sql", error.NextStep.ToString(), StringComparison.Ordinal);
        }

        await File.WriteAllTextAsync(Path.Combine(empty, "1.sql"), "CREATE TABLE;", TestContext.Current.CancellationToken);
        var failed = await ThrowsAsync<MigrationException>(
            ErrorId.AdoptionUnproven,
            () => AdoptAsync(new AdoptionRequest { SqlPath = empty })
        );
        Assert.Contains("1.sql:1", failed.Message, StringComparison.Ordinal);
        foreach (
            var request in new[]
            {
                new AdoptionRequest { SkipProof = true },
                new AdoptionRequest { Marker = "artists" },
            }
        )
            await ThrowsAsync<MigrationException>(ErrorId.UsageInvalid, () => AdoptAsync(request with { SqlPath = empty }));
        Assert.False(await HasJournalAsync());
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
        Assert.Contains("migrations baseline <version>", error.NextStep.ToString(), StringComparison.Ordinal);
        Assert.Contains("migrations adopt --sql", error.NextStep.ToString(), StringComparison.Ordinal);

        await Engine().BaselineAsync(new BaselineRequest { Target = "001" });
        Assert.Equal("002_b, 003_c", Names(await ApplyAsync()));
    }

    [Theory]
    [InlineData(
        "CREATE TABLE gorp_migrations (id varchar(255) PRIMARY KEY, applied_at timestamp)",
        "'001_a.up.sql', NULL), ('002_b.up.sql', NULL"
    )]
    [InlineData("CREATE TABLE schema_version (version integer NOT NULL)", "2")]
    [InlineData(
        "CREATE TABLE __diesel_schema_migrations (version varchar(50) PRIMARY KEY, run_on timestamp)",
        "'002', NULL), ('001', NULL"
    )]
    [InlineData(
        "CREATE TABLE migrations (id integer PRIMARY KEY, name varchar(100), hash varchar(40), executed_at timestamp)",
        "0, 'create-migrations-table', '', NULL), (1, 'a', '', NULL), (2, 'b', '', NULL"
    )]
    public async Task What_it_has_recorded_gives_the_baseline_and_its_SQL_the_proof(string table, string rows)
    {
        ThreeTables();
        var name = table.Split(' ')[2];
        await Database.ExecuteAsync(
            $"{table}; INSERT INTO {name} VALUES ({rows}); CREATE TABLE a (id integer PRIMARY KEY); CREATE TABLE b (id integer PRIMARY KEY)"
        );
        var error = await ThrowsAsync<MigrationException>(ErrorId.AdoptionUnsupported, () => AdoptAsync());
        Assert.Equal("Record what its schema already contains: migrations baseline 002", error.NextStep.ToString());

        var sql = Directory.CreateDirectory(Path.Combine(Folder, "..", "sql")).FullName;
        foreach (var file in new[] { "001_a.up.sql", "002_b.up.sql", "001_a.down.sql" })
            File.Copy(FileOf(file), Path.Combine(sql, file));
        var adopted = await AdoptAsync(new AdoptionRequest { SqlPath = sql });

        Assert.Equal(AdoptionVerdict.Proven, adopted.Verdict);
        Assert.Equal(["001_a", "002_b"], adopted.Migrations.Select(m => m.Name));
        Assert.All(adopted.Migrations, m => Assert.Equal(AdoptionProof.Schema, m.Proof));
        Assert.Equal("003_c", Names(await ApplyAsync()));
        await Database.ExecuteAsync($"DELETE FROM {name}");
        await Engine().GetStatusAsync();
        Assert.Contains(Warnings, w => w.Contains("that tool is still in use", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("", ContentMatch.Same)]
    [InlineData("\r\n", ContentMatch.Cosmetic)]
    [InlineData("-- a remark\n", ContentMatch.Different)]
    public async Task Its_checksum_is_compared_where_it_has_one(string more, ContentMatch expected)
    {
        const string sql = "CREATE TABLE artists (id integer PRIMARY KEY);\n";
        var file = Write("001_artists.sql", sql);
        await Database.ExecuteAsync(
            "CREATE TABLE schemaversion (version bigint PRIMARY KEY, name text, md5 text, run_at timestamp);"
                + $"INSERT INTO schemaversion VALUES (0, NULL, NULL, NULL), (1, 'artists', '{Md5(sql)}', NULL); {sql}"
        );
        await File.AppendAllTextAsync(file, more, TestContext.Current.CancellationToken);

        var error = await ThrowsAsync<MigrationException>(ErrorId.AdoptionUnsupported, () => AdoptAsync());
        Assert.Equal(
            expected == ContentMatch.Different,
            error.Message.EndsWith("001_artists was edited since: its checksum is not the recorded one.", StringComparison.Ordinal)
        );
        var adopted = await AdoptAsync(new AdoptionRequest { SqlPath = file });

        Assert.Equal(expected, Assert.Single(adopted.Migrations).Content);
        Assert.Equal(expected == ContentMatch.Different ? AdoptionProof.Schema : AdoptionProof.Content, adopted.Migrations[0].Proof);
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

    private static string Md5(string text) =>
#pragma warning disable CA5351 // It is the tool's rule.
        Convert.ToHexStringLower(System.Security.Cryptography.MD5.HashData(System.Text.Encoding.UTF8.GetBytes(text)));
#pragma warning restore CA5351

    private async Task LoadNamesAsync(string tool)
    {
        await LoadDumpAsync(Fixtures, tool);
        Migration(Next, "CREATE TABLE tracks (id integer PRIMARY KEY);\n", "DROP TABLE tracks;\n");
    }

    /// <summary>The SQL that the tool prints of its migrations for this database; where it has none, what they run.</summary>
    private string SqlOf(string tool)
    {
        var own = Repository.Fixture(Fixtures, tool, Kind == DatabaseKind.Sqlite ? "sqlite" : "postgresql");
        return Directory.Exists(own) ? own : Repository.Fixture(Fixtures, tool, "sql");
    }

    private Task<IReadOnlyList<string>> TakenOverAsync() =>
        Database.RowsAsync("SELECT error_message FROM migration_journal WHERE event = 'taken_over'");

    private async Task GoesOnAsync()
    {
        Assert.Equal(Next, Names(await ApplyAsync()));
        Assert.All(
            await Checker().CheckAsync(new CheckRequest { Categories = [CheckCategory.Drift] }),
            r => Assert.Equal(CheckStatus.Pass, r.Status)
        );
        await Engine().GetStatusAsync();
        Assert.Empty(Warnings);
    }
}

public sealed class SqliteNamesOnlyTests() : NamesOnlyConformance(DatabaseKind.Sqlite);

public sealed class PostgreSqlNamesOnlyTests() : NamesOnlyConformance(DatabaseKind.PostgreSql);
