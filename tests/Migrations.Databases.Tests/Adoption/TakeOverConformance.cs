using Migrations.Adoption;
using Migrations.Testing;

namespace Migrations.Databases.Tests.Adoption;

/// <summary>The history of each tool, as the tool left it: nothing runs again, nothing is skipped, and the way back is open.</summary>
public abstract class TakeOverConformance(DatabaseKind kind) : AdoptionConformance(kind)
{
    /// <summary>The tools with a fixture.</summary>
    public static TheoryData<string> Tools =>
        [.. Directory.EnumerateDirectories(Repository.Fixture("adoption")).Select(d => Path.GetFileName(d)).Order(StringComparer.Ordinal)];

    [Theory]
    [MemberData(nameof(Tools))]
    public async Task Nothing_runs_again_nothing_is_skipped_and_the_next_one_applies(string tool)
    {
        await LoadAsync(tool);
        var planned = await Importer().PlanAsync(cancellationToken: TestContext.Current.CancellationToken);
        var before = await HistoryOfAsync(planned.Table);
        Assert.Equal(tool, planned.Tool);
        Assert.False(planned.IsWritten);
        Assert.False(await HasJournalAsync());

        var adopted = await AdoptAsync();

        Assert.Empty(adopted.Obstacles);
        Assert.Equal(AdoptionVerdict.Proven, adopted.Verdict);
        Assert.All(adopted.Migrations, m => Assert.NotEqual(AdoptionProof.NameOnly, m.Proof));
        var statuses = await Engine().GetStatusAsync();
        Assert.Equal([MigrationState.Applied, MigrationState.Applied, MigrationState.Pending], statuses.Select(s => s.State));
        Assert.Equal([adopted.Title, adopted.Title, null], statuses.Select(s => s.AdoptedFrom));
        Assert.Equal(statuses[2].Name, Names(await ApplyAsync()));
        Assert.Equal(before, await HistoryOfAsync(planned.Table));
        Assert.Empty(await ApplyAsync());
        Assert.DoesNotContain(
            await Checker().CheckAsync(new CheckRequest { Categories = [CheckCategory.Drift, CheckCategory.Schema] }),
            r => r.Status != CheckStatus.Pass
        );
    }

    [Theory]
    [MemberData(nameof(Tools))]
    public async Task The_other_tool_has_its_history_back_after_an_undo(string tool)
    {
        await LoadAsync(tool);
        var table = (await Importer().PlanAsync(cancellationToken: TestContext.Current.CancellationToken)).Table;
        var before = await HistoryOfAsync(table);
        await AdoptAsync();

        await Importer().UndoAsync(cancellationToken: TestContext.Current.CancellationToken);

        Assert.False(await HasJournalAsync());
        Assert.Equal(before, await HistoryOfAsync(table));
    }

    [Theory]
    [MemberData(nameof(Tools))]
    public async Task What_was_applied_since_is_written_back(string tool)
    {
        await LoadAsync(tool);
        var adopted = await AdoptAsync();
        Assert.SkipUnless(CanWrite(tool), $"The history of {adopted.Title} cannot be written.");
        await ApplyAsync();

        var refused = await ThrowsAsync<MigrationException>(ErrorId.AdoptionOutdated, () => Importer().UndoAsync());
        Assert.Contains("INSERT INTO", refused.Message, StringComparison.Ordinal);
        Assert.True(await HasJournalAsync());
        await Importer().UndoAsync(writeBack: true, TestContext.Current.CancellationToken);

        Assert.False(await HasJournalAsync());
        var again = await AdoptAsync();
        Assert.Equal(3, again.Migrations.Count);
        Assert.Empty(again.Pending);
        Assert.Empty(await ApplyAsync());
    }

    [Theory]
    [MemberData(nameof(Tools))]
    public async Task What_was_rolled_back_since_is_written_back(string tool)
    {
        await LoadAsync(tool);
        var adopted = await AdoptAsync();
        Assert.SkipUnless(CanWrite(tool), $"The history of {adopted.Title} cannot be written.");
        Assert.SkipUnless((await Engine().GetStatusAsync())[1].HasUndo, "The folder has no undo.");
        await UndoAsync();

        await Importer().UndoAsync(writeBack: true, TestContext.Current.CancellationToken);

        var again = await AdoptAsync();
        Assert.Equal(adopted.Migrations[0].Name, Assert.Single(again.Migrations).Name);
        Assert.Equal(2, again.Pending.Count);
    }

    [Theory]
    [MemberData(nameof(Tools))]
    public async Task Before_it_is_taken_over_the_status_names_it_and_a_run_is_refused(string tool)
    {
        await LoadAsync(tool);

        var statuses = await Engine().GetStatusAsync();

        Assert.All(statuses, s => Assert.Contains("(table ", s.ForeignHistory, StringComparison.Ordinal));
        Assert.Equal(statuses[0].ForeignHistory, (await Engine().GetSummaryAsync()).ForeignHistory);
        Assert.Contains(Warnings, w => w.Contains("migrations adopt", StringComparison.Ordinal));
        var refused = await ThrowsAsync<PlanException>(ErrorId.ForeignHistoryFound, () => ApplyAsync());
        Assert.Contains(statuses[0].ForeignHistory!, refused.Message, StringComparison.Ordinal);
        Assert.False(await HasJournalAsync());
    }

    private static bool CanWrite(string tool) => Array.IndexOf(Written, tool) >= 0;

    private static readonly string[] Written =
    [
        "schema_version",
        "_migrations",
        "d1",
        "schema_migrations",
        "dbmate",
        "golang-migrate",
        "goose",
        "flyway",
        "node-pg-migrate",
        "evolve",
        "sqlx",
        "prisma",
        "drizzle",
        "supabase",
        "dbup",
    ];
}

public sealed class SqliteTakeOverTests() : TakeOverConformance(DatabaseKind.Sqlite);

public sealed class PostgreSqlTakeOverTests() : TakeOverConformance(DatabaseKind.PostgreSql);
