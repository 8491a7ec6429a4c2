using Migrations.History;
using Migrations.Planning;
using Xunit;
using static Migrations.Core.Tests.Planning.Journal;

namespace Migrations.Core.Tests.Planning;

public class UndoPlannerTests
{
    private static readonly Migration One = Migration("001_one");
    private static readonly Migration Two = Migration("002_two");
    private static readonly Migration Three = Migration("003_three");

    private static Journal AllApplied =>
        new Journal().Add("001_one", JournalEvent.Applied).Add("002_two", JournalEvent.Applied).Add("003_three", JournalEvent.Applied);

    [Fact]
    public void Without_a_choice_only_the_last_one_is_undone()
    {
        Assert.Equal(["003_three"], Names(Plan(AllApplied, new UndoRequest())));
        Assert.Empty(Plan(new Journal(), new UndoRequest()).Steps);
    }

    [Fact]
    public void Undo_is_the_reverse_of_application()
    {
        Assert.Equal(["003_three", "002_two"], Names(Plan(AllApplied, new UndoRequest { Last = 2 })));
        Assert.Equal(["003_three", "002_two"], Names(Plan(AllApplied, new UndoRequest { To = "1" })));
        Assert.Equal(["003_three", "002_two", "001_one"], Names(Plan(AllApplied, new UndoRequest { All = true })));
        Assert.Equal(["003_three", "002_two", "001_one"], Names(Plan(AllApplied, new UndoRequest { To = "0" })));

        var late = new Journal()
            .Add("001_one", JournalEvent.Applied)
            .Add("003_three", JournalEvent.Applied)
            .Add("002_two", JournalEvent.Applied);
        Assert.Equal(["002_two", "003_three"], Names(Plan(late, new UndoRequest { Last = 2 })));
    }

    [Fact]
    public void One_below_later_ones_is_refused_and_they_are_named_in_order()
    {
        var error = Assert.Throws<PlanException>(() => Plan(AllApplied, new UndoRequest { Name = "001_one" }));
        Assert.Equal(ErrorId.UndoOutOfOrder, error.Id);
        Assert.Equal(["003_three", "002_two"], error.Migrations);
        Assert.Equal(["003_three"], Names(Plan(AllApplied, new UndoRequest { Name = "three" })));
    }

    [Fact]
    public void Chosen_ones_must_be_the_last_ones()
    {
        Assert.Equal(["003_three", "002_two"], Names(Plan(AllApplied, new UndoRequest { Only = ["002_two", "003_three"] })));
        var error = Assert.Throws<PlanException>(() => Plan(AllApplied, new UndoRequest { Only = ["001_one", "003_three"] }));
        Assert.Equal(ErrorId.UndoOutOfOrder, error.Id);
        Assert.Equal(["002_two"], error.Migrations);
    }

    [Fact]
    public void What_is_not_applied_cannot_be_undone()
    {
        var journal = new Journal().Add("001_one", JournalEvent.Applied);
        Assert.Equal(ErrorId.MigrationNotApplied, Assert.Throws<PlanException>(() => Plan(journal, new UndoRequest { Name = "002" })).Id);
        Assert.Equal(ErrorId.MigrationNotApplied, Assert.Throws<PlanException>(() => Plan(journal, new UndoRequest { To = "002" })).Id);
    }

    [Fact]
    public void A_missing_or_empty_down_script_is_refused_before_anything_runs()
    {
        var without = Migration("002_two", down: false);
        var error = Assert.Throws<PlanException>(() =>
            UndoPlanner.Plan(Input(AllApplied, One, without, Three), new UndoRequest { All = true })
        );
        Assert.Equal(ErrorId.UndoMissing, error.Id);
        Assert.Equal(["002_two"], error.Migrations);

        var empty = Two with { Down = Two.Down! with { IsEmpty = true } };
        error = Assert.Throws<PlanException>(() => UndoPlanner.Plan(Input(AllApplied, One, empty, Three), new UndoRequest { Last = 2 }));
        Assert.Equal(ErrorId.UndoMissing, error.Id);
        Assert.Contains("irreversible", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_missing_file_and_an_edited_script_are_refused()
    {
        Assert.Equal(
            ErrorId.MigrationMissing,
            Assert.Throws<PlanException>(() => UndoPlanner.Plan(Input(AllApplied, One, Two), new UndoRequest())).Id
        );
        var edited = Input(AllApplied, One, Two, Three) with
        {
            Changes = new Dictionary<MigrationKey, ScriptChange> { [Three.Key] = ScriptChange.Statement },
        };
        Assert.Equal(ErrorId.MigrationChanged, Assert.Throws<PlanException>(() => UndoPlanner.Plan(edited, new UndoRequest())).Id);
        Assert.Single(UndoPlanner.Plan(edited, new UndoRequest { SkipChecksum = true }).Steps);
    }

    [Fact]
    public void A_baseline_is_the_floor()
    {
        var journal = new Journal().Add("001_one", JournalEvent.Baselined).Add("002_two", JournalEvent.Applied);
        Assert.Equal(["002_two"], Names(Plan(journal, new UndoRequest { All = true })));
        journal.Add("002_two", JournalEvent.RolledBack, MigrationDirection.Down);
        Assert.Empty(Plan(journal, new UndoRequest()).Steps);
        Assert.Equal(ErrorId.UndoMissing, Assert.Throws<PlanException>(() => Plan(journal, new UndoRequest { Name = "001" })).Id);
    }

    [Fact]
    public void Repeatables_are_left_alone()
    {
        var journal = AllApplied.Add("R__views", JournalEvent.Applied);
        var input = Input(journal, One, Two, Three, Migration("R__views", down: false));
        Assert.Equal(["003_three"], Names(UndoPlanner.Plan(input, new UndoRequest())));
    }

    private static MigrationPlan Plan(Journal journal, UndoRequest request) => UndoPlanner.Plan(Input(journal, One, Two, Three), request);

    private static IEnumerable<string> Names(MigrationPlan plan) => plan.Steps.Select(s => s.Migration.FullName);
}
