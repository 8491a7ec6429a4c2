using Migrations.Transfer;

namespace Migrations.Databases.Tests;

/// <summary>The history of migrations goes along with a copy, where the target has none of its own.</summary>
public sealed class CopyHistoryTests : CopyTestBase
{
    [Fact]
    public async Task The_applied_migrations_are_adopted_and_nothing_is_pending()
    {
        await MigrateAsync();

        var history = Assert.Single(await CopyAsync(), r => r.Kind is "history");

        Assert.Equal((CopyOutcome.Copied, 2), (history.Outcome, history.Rows));
        Assert.Equal(
            ["001_t|adopted|True", "002_u|adopted|True", "copy|snapshot|True"],
            await Target.RowsAsync("SELECT name, event, script IS NOT NULL FROM migration_journal ORDER BY id")
        );
        var migrator = Migrator.For(Target.Address, Folder.Path);
        Assert.All(
            await migrator.GetStatusAsync(TestContext.Current.CancellationToken),
            s => Assert.Equal(MigrationState.Applied, s.State)
        );
        Assert.Empty(await migrator.ApplyAsync(cancellationToken: TestContext.Current.CancellationToken));
        var back = await CopyBackAsync("back.db");
        Assert.Equal(2, Assert.Single(back, r => r.Kind is "history").Rows);
        Assert.Empty(
            await Migrator.For(Folder["back.db"], Folder.Path).ApplyAsync(cancellationToken: TestContext.Current.CancellationToken)
        );
    }

    [Fact]
    public async Task A_target_with_a_history_keeps_it()
    {
        await MigrateAsync();
        Folder.Write("own/001_own.sql", "CREATE TABLE own (a int)");
        await Migrator.For(Target.Address, Folder["own"]).ApplyAsync(cancellationToken: TestContext.Current.CancellationToken);
        var history = Assert.Single(await CopyAsync(), r => r.Kind is "history");
        Assert.Equal(CopyOutcome.LeftOut, history.Outcome);
        Assert.Equal(["001_own"], await Target.RowsAsync("SELECT name FROM migration_journal"));
    }

    private Task MigrateAsync()
    {
        Folder.Write("001_t.sql", "CREATE TABLE t (a INTEGER PRIMARY KEY); INSERT INTO t VALUES (1);");
        Folder.Write("002_u.sql", "CREATE TABLE u (a INT);");
        return Migrator.For(Source.Address, Folder.Path).ApplyAsync(cancellationToken: TestContext.Current.CancellationToken);
    }
}
