using Migrations.Databases;
using Migrations.History;
using Migrations.Planning;
using Xunit;
using static Migrations.Core.Tests.Planning.Journal;

namespace Migrations.Core.Tests.Planning;

public class StatusBuilderTests
{
    private static readonly DatabaseTarget Target = new("Test", "here", "here", "secret");

    [Fact]
    public void Every_state_is_told()
    {
        var migrations = new[]
        {
            Migration("001_applied"),
            Migration("002_changed"),
            Migration("003_cosmetic"),
            Migration("005_out_of_order"),
            Migration("006_applied"),
            Migration("007_failed"),
            Migration("008_rolled_back"),
            Migration("009_pending"),
        };
        var journal = new Journal()
            .Add("001_applied", JournalEvent.Applied)
            .Add("002_changed", JournalEvent.Applied)
            .Add("003_cosmetic", JournalEvent.Applied)
            .Add("004_missing", JournalEvent.Applied)
            .Add("006_applied", JournalEvent.Applied)
            .Add("008_rolled_back", JournalEvent.Applied)
            .Add("008_rolled_back", JournalEvent.RolledBack, MigrationDirection.Down)
            .Add("007_failed", JournalEvent.Failed, error: "no such table");
        var input = Input(journal, migrations) with
        {
            Changes = new Dictionary<MigrationKey, ScriptChange>
            {
                [migrations[1].Key] = ScriptChange.Statement,
                [migrations[2].Key] = ScriptChange.Cosmetic,
            },
        };

        var statuses = StatusBuilder.Build(input, Target, "migrations", service: null);

        Assert.Equal(
            [
                ("001_applied", MigrationState.Applied),
                ("002_changed", MigrationState.Changed),
                ("003_cosmetic", MigrationState.Applied),
                ("004_missing", MigrationState.Missing),
                ("005_out_of_order", MigrationState.OutOfOrder),
                ("006_applied", MigrationState.Applied),
                ("007_failed", MigrationState.Failed),
                ("008_rolled_back", MigrationState.RolledBack),
                ("009_pending", MigrationState.Pending),
            ],
            statuses.Select(s => (s.Name, s.State))
        );
        Assert.Equal("no such table", statuses[6].Error);
        Assert.Equal(ScriptChange.Cosmetic, statuses[2].Change);

        var summary = StatusBuilder.Summarize(
            statuses,
            input.History,
            Target,
            "migrations",
            service: null,
            new DatabaseInfo("Test", "1", User: null),
            holder: null
        );
        Assert.Equal((9, 5, 4, 1), (summary.Total, summary.Applied, summary.Pending, summary.Failed));
        Assert.Equal("006", summary.Current!.Text);
        Assert.False(summary.Healthy);
    }

    [Fact]
    public void A_failed_undo_leaves_it_applied_and_tells_the_error()
    {
        var journal = new Journal()
            .Add("001_one", JournalEvent.Applied)
            .Add("001_one", JournalEvent.Failed, MigrationDirection.Down, error: "in use");
        var status = Assert.Single(StatusBuilder.Build(Input(journal, Migration("001_one")), Target, "migrations", service: null));
        Assert.Equal((MigrationState.Applied, "in use"), (status.State, status.Error));
    }
}
