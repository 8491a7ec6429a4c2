using Migrations.Adoption;
using Migrations.Schema;

namespace Migrations.Databases.Tests.Adoption;

/// <summary>A history that does not say what the database is: found by the proof, with the objects.</summary>
public abstract class LyingHistoryConformance(DatabaseKind kind) : AdoptionConformance(kind)
{
    [Theory]
    [InlineData("schema_version")]
    [InlineData("_migrations")]
    [InlineData("d1")]
    [InlineData("schema_migrations")]
    [InlineData("dbmate")]
    [InlineData("golang-migrate")]
    public async Task What_is_recorded_but_never_ran_is_found(string tool)
    {
        await LoadAsync(tool);
        await Database.ExecuteAsync("DROP TABLE albums");

        var planned = await Importer().PlanAsync(cancellationToken: TestContext.Current.CancellationToken);

        Assert.Equal(AdoptionVerdict.Different, planned.Verdict);
        Assert.All(planned.Differences, d => Assert.Equal(DifferenceKind.Removed, d.Kind));
        Assert.Equal(["albums", "albums_by_artist"], Objects(planned));
        Assert.Contains(
            planned.Obstacles,
            o => o.Contains(planned.Migrations[1].Name + ", which is recorded as applied", StringComparison.Ordinal)
        );
        await RefusedAsync();
    }

    [Theory]
    [InlineData("schema_version")]
    [InlineData("_migrations")]
    [InlineData("d1")]
    [InlineData("schema_migrations")]
    [InlineData("dbmate")]
    [InlineData("golang-migrate")]
    public async Task What_was_run_by_hand_is_found(string tool)
    {
        await LoadAsync(tool);
        await Database.ExecuteAsync(
            "CREATE TABLE tracks (id integer PRIMARY KEY, album_id integer NOT NULL REFERENCES albums (id), title text NOT NULL)"
        );

        var planned = await Importer().PlanAsync(cancellationToken: TestContext.Current.CancellationToken);

        Assert.Equal(AdoptionVerdict.Different, planned.Verdict);
        Assert.All(planned.Differences, d => Assert.Equal(DifferenceKind.Added, d.Kind));
        Assert.Equal(["tracks"], Objects(planned));
        Assert.Contains(planned.Obstacles, o => o.Contains(planned.Pending[0] + ", which is not recorded", StringComparison.Ordinal));
        await RefusedAsync();
    }

    [Fact]
    public async Task What_an_init_script_made_is_proven_by_its_marker()
    {
        await LoadAsync("schema_version");
        await Database.ExecuteAsync("DROP TABLE schema_version; DROP TABLE albums");

        var adopted = await AdoptAsync(new AdoptionRequest { Marker = "artists" });

        Assert.Equal("001_artists", Assert.Single(adopted.Migrations).Name);
        Assert.Equal("002_albums, 003_tracks", Names(await ApplyAsync()));
        // A table of the application's cannot say what was applied since.
        await ThrowsAsync<MigrationException>(ErrorId.AdoptionOutdated, () => Importer().UndoAsync(writeBack: true));
    }

    [Theory]
    [InlineData("DROP TABLE artists_old", "artists_old", DifferenceKind.Removed)]
    [InlineData("CREATE TABLE tracks (id integer PRIMARY KEY)", "tracks", DifferenceKind.Added)]
    public async Task An_init_script_that_did_not_do_all_is_found_by_its_marker(string change, string named, DifferenceKind expected)
    {
        Write("001_init.sql", "CREATE TABLE users (id integer PRIMARY KEY);\nCREATE TABLE artists_old (id integer PRIMARY KEY);\n");
        Write("002_tracks.sql", "CREATE TABLE tracks (id integer PRIMARY KEY);\n");
        await Database.ExecuteAsync("CREATE TABLE users (id integer PRIMARY KEY); CREATE TABLE artists_old (id integer PRIMARY KEY)");
        await Database.ExecuteAsync(change);

        var planned = await Importer().PlanAsync(new AdoptionRequest { Marker = "users" }, TestContext.Current.CancellationToken);

        Assert.Equal([named], Objects(planned));
        Assert.Equal(expected, Assert.Single(planned.Differences).Kind);
    }

    private async Task RefusedAsync()
    {
        var error = await ThrowsAsync<MigrationException>(ErrorId.AdoptionUnproven, () => AdoptAsync());
        Assert.Contains("--skip-proof", error.NextStep.ToString(), StringComparison.Ordinal);
        Assert.False(await HasJournalAsync());
    }

    private static IEnumerable<string> Objects(AdoptionResult planned) =>
        planned.Differences.Select(d => d.Name[(d.Name.LastIndexOf('.') + 1)..]).Order(StringComparer.Ordinal);
}

public sealed class SqliteLyingHistoryTests() : LyingHistoryConformance(DatabaseKind.Sqlite);

public sealed class PostgreSqlLyingHistoryTests() : LyingHistoryConformance(DatabaseKind.PostgreSql);
