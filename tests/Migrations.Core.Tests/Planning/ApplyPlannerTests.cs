using Migrations.History;
using Migrations.Planning;
using Xunit;
using static Migrations.Core.Tests.Planning.Journal;

namespace Migrations.Core.Tests.Planning;

public class ApplyPlannerTests
{
    private static readonly Migration One = Migration("001_one");
    private static readonly Migration Two = Migration("002_two", header: new MigrationHeader { SemanticVersion = "1.1.0" });
    private static readonly Migration Three = Migration("003_three");
    private static readonly Migration Repeatable = Migration("R__views", down: false);

    [Fact]
    public void Everything_pending_is_planned_in_order()
    {
        Assert.Equal(["001_one", "002_two", "003_three", "R__views"], Names(Plan(new Journal())));
    }

    [Fact]
    public void Nothing_is_planned_twice()
    {
        var journal = new Journal();
        journal.Play(Plan(journal));
        Assert.Empty(Plan(journal).Steps);
    }

    [Theory]
    [InlineData("2")]
    [InlineData("002")]
    [InlineData("1.1.0")]
    [InlineData("v1.1.0")]
    [InlineData("two")]
    [InlineData("002_two")]
    [InlineData("002_TWO.sql")]
    public void A_target_is_the_last_one_applied(string target)
    {
        Assert.Equal(["001_one", "002_two"], Names(Plan(new Journal(), new ApplyRequest { Target = target })));
    }

    [Fact]
    public void First_takes_so_many()
    {
        Assert.Equal(["001_one"], Names(Plan(new Journal(), new ApplyRequest { First = 1 })));
    }

    [Fact]
    public void An_unknown_target_offers_the_nearest_name()
    {
        var error = Assert.Throws<PlanException>(() => Plan(new Journal(), new ApplyRequest { Target = "003_thre" }));
        Assert.Equal(ErrorId.MigrationUnknown, error.Id);
        Assert.Contains("003_three", error.NextStep.ToString(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("1.0.0", "003_three")]
    [InlineData("v1.0.0", "003_three")]
    [InlineData("1", "001_one")]
    [InlineData("0001", "001_one")]
    [InlineData("2.0", "002_two")]
    public void A_semantic_version_is_not_taken_for_the_number_that_it_equals(string text, string expected)
    {
        Migration[] migrations =
        [
            Migration("001_one"),
            Migration("002_two"),
            Migration("003_three", header: new MigrationHeader { SemanticVersion = "1.0.0" }),
        ];
        Assert.Equal(expected, MigrationResolver.Find(migrations, text).FullName);
    }

    [Fact]
    public void A_name_that_two_migrations_have_is_ambiguous()
    {
        var input = Input(new Journal(), Migration("001_fix"), Migration("002_fix"));
        var error = Assert.Throws<PlanException>(() => ApplyPlanner.Plan(input, new ApplyRequest { Target = "fix" }));
        Assert.Equal(ErrorId.MigrationAmbiguous, error.Id);
        Assert.Equal(["001_fix", "002_fix"], error.Migrations);
    }

    [Fact]
    public void Out_of_order_is_refused_by_name_and_allowed_on_purpose()
    {
        var journal = new Journal().Add("001_one", JournalEvent.Applied).Add("003_three", JournalEvent.Applied);
        var error = Assert.Throws<PlanException>(() => Plan(journal));
        Assert.Equal(ErrorId.OutOfOrder, error.Id);
        Assert.Equal(["002_two"], error.Migrations);

        var plan = Plan(journal, new ApplyRequest { AllowOutOfOrder = true });
        Assert.Equal(["002_two", "R__views"], Names(plan));
        Assert.Contains("002_two", plan.Overruled, StringComparison.Ordinal);
    }

    [Fact]
    public void Choosing_a_later_one_alone_would_leave_others_out_of_order()
    {
        var error = Assert.Throws<PlanException>(() => Plan(new Journal(), new ApplyRequest { Only = ["002"] }));
        Assert.Equal(ErrorId.OutOfOrder, error.Id);
        Assert.Equal(["001_one"], error.Migrations);
        Assert.Equal(["001_one", "002_two"], Names(Plan(new Journal(), new ApplyRequest { Only = ["002", "001"] })));
    }

    [Fact]
    public void An_edited_statement_is_refused_and_a_cosmetic_edit_warned_of()
    {
        var journal = new Journal().Add("001_one", JournalEvent.Applied);
        var changed = Input(journal, One, Two) with
        {
            Changes = new Dictionary<MigrationKey, ScriptChange> { [One.Key] = ScriptChange.Statement },
        };
        Assert.Equal(ErrorId.MigrationChanged, Assert.Throws<PlanException>(() => ApplyPlanner.Plan(changed, new ApplyRequest())).Id);
        Assert.Contains(
            "001_one",
            ApplyPlanner.Plan(changed, new ApplyRequest { SkipChecksum = true }).Overruled,
            StringComparison.Ordinal
        );

        var cosmetic = changed with { Changes = new Dictionary<MigrationKey, ScriptChange> { [One.Key] = ScriptChange.Cosmetic } };
        Assert.Contains(
            "001_one",
            Assert.Single(ApplyPlanner.Plan(cosmetic, new ApplyRequest()).Warnings).ToString(),
            StringComparison.Ordinal
        );
    }

    [Fact]
    public void A_missing_file_is_refused_by_name()
    {
        var journal = new Journal().Add("001_one", JournalEvent.Applied).Add("002_two", JournalEvent.Applied);
        var error = Assert.Throws<PlanException>(() => ApplyPlanner.Plan(Input(journal, Two, Three), new ApplyRequest()));
        Assert.Equal(ErrorId.MigrationMissing, error.Id);
        Assert.Equal(["001_one"], error.Migrations);
        Assert.Equal(["003_three"], Names(ApplyPlanner.Plan(Input(journal, Two, Three), new ApplyRequest { SkipChecksum = true })));
    }

    [Fact]
    public void A_folder_with_none_of_the_applied_ones_is_another_folder()
    {
        var journal = new Journal().Add("001_one", JournalEvent.Applied);
        var error = Assert.Throws<PlanException>(() => ApplyPlanner.Plan(Input(journal, Two), new ApplyRequest()));
        Assert.Equal(ErrorId.OtherFolder, error.Id);
        Assert.Equal(["001_one"], error.Migrations);
        Assert.Equal(["002_two"], Names(ApplyPlanner.Plan(Input(journal, Two), new ApplyRequest { SkipChecksum = true })));
    }

    [Fact]
    public void Repeatables_run_again_when_edited_and_after_an_undo()
    {
        var journal = new Journal().Play(Plan(new Journal()));
        var edited = Input(journal, One, Two, Three, Repeatable) with
        {
            Changes = new Dictionary<MigrationKey, ScriptChange> { [Repeatable.Key] = ScriptChange.Statement },
        };
        Assert.Equal(["R__views"], Names(ApplyPlanner.Plan(edited, new ApplyRequest())));

        journal.Add("003_three", JournalEvent.RolledBack, MigrationDirection.Down);
        Assert.Equal(["003_three", "R__views"], Names(Plan(journal)));
    }

    [Fact]
    public void Migrations_of_other_environments_are_skipped_and_block_nothing()
    {
        var staging = Migration("001_data", header: new MigrationHeader { Environments = ["staging"] });
        var input = Input(new Journal(), staging, Two);
        var plan = ApplyPlanner.Plan(input, new ApplyRequest());
        Assert.Equal(["002_two"], Names(plan));
        Assert.Equal("001_data", Assert.Single(plan.Skipped).Migration.FullName);
        Assert.Equal(["001_data", "002_two"], Names(ApplyPlanner.Plan(input with { Environment = "Staging" }, new ApplyRequest())));

        var after = input with { History = new Journal().Add("002_two", JournalEvent.Applied).View };
        Assert.Empty(ApplyPlanner.Plan(after, new ApplyRequest()).Steps);
    }

    [Fact]
    public void Dependencies_must_be_applied_or_planned_before()
    {
        var needy = Migration("002_needy", header: new MigrationHeader { DependsOn = ["003_three"] });
        var error = Assert.Throws<PlanException>(() => ApplyPlanner.Plan(Input(new Journal(), One, needy, Three), new ApplyRequest()));
        Assert.Equal(ErrorId.DependencyMissing, error.Id);
        Assert.Equal(["002_needy", "003_three"], error.Migrations);

        var fine = Migration("004_needy", header: new MigrationHeader { DependsOn = ["three", "001"] });
        Assert.Equal(3, ApplyPlanner.Plan(Input(new Journal(), One, Three, fine), new ApplyRequest()).Steps.Count);
    }

    [Fact]
    public void A_failed_migration_is_tried_again()
    {
        var journal = new Journal().Add("001_one", JournalEvent.Applied).Add("002_two", JournalEvent.Failed);
        Assert.Equal(["002_two", "003_three", "R__views"], Names(Plan(journal)));
    }

    private static MigrationPlan Plan(Journal journal, ApplyRequest? request = null) =>
        ApplyPlanner.Plan(Input(journal, One, Two, Three, Repeatable), request ?? new ApplyRequest());

    private static IEnumerable<string> Names(MigrationPlan plan) => plan.Steps.Select(s => s.Migration.FullName);
}
