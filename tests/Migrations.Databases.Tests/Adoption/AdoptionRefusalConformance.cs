using Migrations.Adoption;
using Migrations.Planning;

namespace Migrations.Databases.Tests.Adoption;

/// <summary>What stops an adoption, what is let through on request, and what is said when the other tool goes on.</summary>
public abstract class AdoptionRefusalConformance(DatabaseKind kind) : AdoptionConformance(kind)
{
    [Theory]
    [InlineData("golang-migrate", "UPDATE schema_migrations SET dirty = '1'", "dirty")]
    [InlineData("flyway", "UPDATE flyway_schema_history SET success = '0' WHERE installed_rank = 2", "V1_1__albums.sql")]
    [InlineData("schema_migrations", "UPDATE schema_migrations SET status = 'failed' WHERE version = '1.1.0'", "1.1.0")]
    [InlineData("evolve", "UPDATE changelog SET success = '0' WHERE version = '1.1'", "V1_1__albums.sql")]
    [InlineData("sqlx", "UPDATE _sqlx_migrations SET success = '0' WHERE description = 'albums'", "20240115103023")]
    [InlineData("prisma", "UPDATE _prisma_migrations SET rolled_back_at = NULL WHERE logs = 'failed'", "20240115103023_albums")]
    public async Task What_failed_there_stops_it(string tool, string change, string named)
    {
        await LoadAsync(tool);
        await Database.ExecuteAsync(change);
        var error = await ThrowsAsync<MigrationException>(ErrorId.ForeignHistoryDirty, () => AdoptAsync());
        Assert.Contains(named, error.Message, StringComparison.Ordinal);
        Assert.False(await HasJournalAsync());
    }

    [Fact]
    public async Task What_does_not_match_is_listed_on_both_sides_and_let_through_on_request()
    {
        await LoadAsync("dbmate");
        File.Move(FileOf("20240115103022_artists.sql"), FileOf("20240115103021_artists.sql"));

        var error = await ThrowsAsync<MigrationException>(ErrorId.AdoptionUnmatched, () => AdoptAsync());
        Assert.Contains("It records 20240115103022, which no file of the folder is.", error.Message, StringComparison.Ordinal);
        Assert.Contains("It does not record 20240115103021_artists", error.Message, StringComparison.Ordinal);
        var adopted = await AdoptAsync(new AdoptionRequest { AllowUnmatched = true });

        Assert.Equal(["20240115103022"], adopted.UnmatchedEntries);
        Assert.Equal(["20240115103021_artists"], adopted.UnmatchedFiles);
        Assert.Equal(AdoptionVerdict.NotRun, adopted.Verdict);
        Assert.Equal(AdoptionProof.NameOnly, Assert.Single(adopted.Migrations).Proof);
        Assert.Equal(
            "20240115103021_artists OutOfOrder, 20240115103023_albums Applied, 20240115103024_tracks Pending",
            await StatesAsync()
        );
        // Replays start from the schema as it was when the history was taken over.
        Assert.All(
            await Checker().CheckAsync(new CheckRequest { Categories = [CheckCategory.Drift] }),
            r => Assert.Equal(CheckStatus.Pass, r.Status)
        );
    }

    [Fact]
    public async Task A_skipped_proof_is_recorded_and_not_possible_for_what_is_only_inferred()
    {
        await LoadAsync("dbmate");
        await Database.ExecuteAsync("CREATE TABLE extra (id integer)");
        var adopted = await AdoptAsync(new AdoptionRequest { SkipProof = true });
        Assert.All(adopted.Migrations, m => Assert.Equal(AdoptionProof.NameOnly, m.Proof));
        Assert.Contains(
            await Database.RowsAsync("SELECT error_message FROM migration_journal WHERE event = 'taken_over'"),
            r => r.Contains("the proof was skipped", StringComparison.Ordinal)
        );
        Assert.Equal("20240115103023_albums", Names(await UndoAsync()));
    }

    [Fact]
    public async Task What_is_only_inferred_must_be_proven()
    {
        await LoadAsync("golang-migrate");
        var error = await ThrowsAsync<MigrationException>(
            ErrorId.AdoptionUnproven,
            () => AdoptAsync(new AdoptionRequest { SkipProof = true })
        );
        Assert.Contains("000001_artists is only inferred from 2", error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("-- a licence\r\n", ContentMatch.Different)]
    [InlineData("\r\n", ContentMatch.Cosmetic)]
    [InlineData("", ContentMatch.Same)]
    public async Task A_checksum_that_differs_is_cosmetic_or_real(string more, ContentMatch expected)
    {
        await LoadAsync("schema_migrations");
        await File.AppendAllTextAsync(FileOf("001_artists.sql"), more, TestContext.Current.CancellationToken);

        var adopted = await AdoptAsync();

        Assert.Equal(expected, adopted.Migrations[0].Content);
        Assert.Equal(expected == ContentMatch.Different ? AdoptionProof.Schema : AdoptionProof.Content, adopted.Migrations[0].Proof);
        Assert.Equal(
            expected == ContentMatch.Different,
            Warnings.Any(w => w.Contains("001_artists was edited since", StringComparison.Ordinal))
        );
    }

    [Fact]
    public async Task An_edited_file_stops_it_where_the_schema_does_not_agree()
    {
        await LoadAsync("schema_migrations");
        Write("002_albums.sql", "-- Version: 1.1.0\nCREATE TABLE albums (id integer PRIMARY KEY);\n");
        var error = await ThrowsAsync<MigrationException>(ErrorId.AdoptionUnproven, () => AdoptAsync());
        Assert.Contains("002_albums was edited since", error.Message, StringComparison.Ordinal);
        Assert.Contains("albums.artist_id is not expected", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_edited_file_of_Drizzle_s_is_known_by_its_moment()
    {
        await LoadAsync("drizzle");
        await File.AppendAllTextAsync(FileOf("0001_albums.sql"), "-- a remark\n", TestContext.Current.CancellationToken);

        var adopted = await AdoptAsync();

        Assert.Equal(["0000_artists", "0001_albums"], adopted.Migrations.Select(m => m.Name));
        Assert.Equal([ContentMatch.Same, ContentMatch.Different], adopted.Migrations.Select(m => m.Content));
        Assert.Contains(Warnings, w => w.Contains("0001_albums was edited since", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("{")]
    [InlineData("{\"entries\": [{\"tag\": \"0001_albums\"}]}")]
    [InlineData("{\"entries\": 1}")]
    public async Task A_journal_that_is_none_of_Drizzle_s_is_refused(string text)
    {
        await LoadAsync("drizzle");
        await File.AppendAllTextAsync(FileOf("0001_albums.sql"), "-- a remark\n", TestContext.Current.CancellationToken);
        Write("meta/_journal.json", text);
        var error = await ThrowsAsync<MigrationException>(ErrorId.FileUnreadable, () => AdoptAsync());
        Assert.EndsWith("_journal.json", error.Location!.File, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Of_several_histories_one_is_chosen()
    {
        await LoadAsync("dbmate");
        await Database.ExecuteAsync(
            "CREATE TABLE goose_db_version (id integer, version_id integer, is_applied integer, tstamp timestamp);"
                + "ALTER TABLE schema_migrations RENAME TO our_migrations;"
                + "CREATE TABLE schema_migrations (version varchar PRIMARY KEY)"
        );

        var error = await ThrowsAsync<MigrationException>(ErrorId.ForeignHistoryAmbiguous, () => AdoptAsync());
        Assert.Contains("goose (table ", error.Message, StringComparison.Ordinal);
        Assert.Contains("--tool ", error.NextStep.ToString(), StringComparison.Ordinal);
        await ThrowsAsync<MigrationException>(ErrorId.ForeignHistoryMissing, () => AdoptAsync(new AdoptionRequest { Tool = "dbmate" }));
        await ThrowsAsync<MigrationException>(ErrorId.ForeignHistoryMissing, () => AdoptAsync(new AdoptionRequest { Tool = "flyway" }));
        await ThrowsAsync<MigrationException>(ErrorId.UsageInvalid, () => AdoptAsync(new AdoptionRequest { Tool = "gost" }));
        await ThrowsAsync<MigrationException>(ErrorId.ForeignHistoryMissing, () => AdoptAsync(new AdoptionRequest { Table = "albums" }));
        Assert.Equal(2, (await AdoptAsync(new AdoptionRequest { Table = "our_migrations" })).Migrations.Count);
    }

    [Fact]
    public async Task A_run_that_ignores_it_says_so_in_the_history()
    {
        Migration("001_a", "CREATE TABLE a (id integer PRIMARY KEY);\n");
        await Database.ExecuteAsync("CREATE TABLE schema_migrations (version varchar PRIMARY KEY)");
        await ThrowsAsync<PlanException>(ErrorId.ForeignHistoryFound, () => ApplyAsync());
        Assert.Equal("001_a", Names(await ApplyAsync(new ApplyRequest { IgnoreForeignHistory = true })));
        Assert.Contains(
            await Database.RowsAsync("SELECT error_message FROM migration_journal WHERE name = '001_a'"),
            r => r.Contains("dbmate", StringComparison.Ordinal)
        );
        await ThrowsAsync<PlanException>(ErrorId.AdoptionConflict, () => AdoptAsync());
    }

    [Fact]
    public async Task Without_a_history_or_an_adoption_that_is_said()
    {
        ThreeTables();
        await Database.ExecuteAsync("CREATE TABLE x (id integer)");
        await ThrowsAsync<MigrationException>(ErrorId.ForeignHistoryMissing, () => AdoptAsync());
        await ThrowsAsync<MigrationException>(ErrorId.ForeignHistoryMissing, () => AdoptAsync(new AdoptionRequest { Marker = "users" }));
        await ThrowsAsync<MigrationException>(ErrorId.AdoptionMissing, () => Importer().UndoAsync());
    }

    [Fact]
    public async Task That_the_other_tool_goes_on_is_a_warning()
    {
        await LoadAsync("dbmate");
        await AdoptAsync();
        await Engine().GetStatusAsync();
        Assert.Empty(Warnings);

        await Database.ExecuteAsync("INSERT INTO schema_migrations VALUES ('20240115103024')");
        await Engine().GetStatusAsync();

        Assert.Contains("20240115103024_tracks, which is not applied here", Assert.Single(Warnings), StringComparison.Ordinal);
    }

    [Fact]
    public async Task That_the_other_tool_would_apply_something_again_is_a_warning()
    {
        await LoadAsync("dbmate");
        await AdoptAsync();
        await ApplyAsync();
        await Engine().GetStatusAsync();
        Assert.Contains("dbmate would apply 20240115103024_tracks again", Assert.Single(Warnings), StringComparison.Ordinal);
        await Database.ExecuteAsync("DROP TABLE schema_migrations");
        Events = new();
        await Engine().GetStatusAsync();
        Assert.Empty(Warnings);
    }

    [Fact]
    public async Task The_moment_and_the_user_are_those_of_the_other_tool()
    {
        await LoadAsync("flyway");
        await AdoptAsync();
        var status = (await Engine().GetStatusAsync())[0];
        Assert.Equal(new DateTimeOffset(2024, 1, 15, 10, 30, 22, 123, TimeSpan.Zero), status.AppliedAt);
        Assert.Equal(TimeSpan.FromMilliseconds(4), status.Duration);
        Assert.Equal(AdoptionProof.Content, status.AdoptionProof);
    }
}

public sealed class SqliteAdoptionRefusalTests() : AdoptionRefusalConformance(DatabaseKind.Sqlite);

public sealed class PostgreSqlAdoptionRefusalTests() : AdoptionRefusalConformance(DatabaseKind.PostgreSql);
