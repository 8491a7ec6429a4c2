using FsCheck;
using FsCheck.Fluent;
using Migrations.Planning;
using Xunit;
using static Migrations.Core.Tests.Planning.Journal;

namespace Migrations.Core.Tests.Planning;

/// <summary>What holds for every folder and every sequence of runs.</summary>
public class PlanningProperties
{
    private static readonly Gen<int[]> Runs = Gen.ArrayOf(Gen.Choose(-4, 4), 12);
    private static readonly Gen<int> Sizes = Gen.Choose(1, 9);

    [Fact]
    public void A_plan_never_applies_what_is_applied_and_undo_is_always_the_reverse()
    {
        Prop.ForAll(
                Arb.From(Sizes),
                Arb.From(Runs),
                (size, runs) =>
                {
                    var folder = Folder(size);
                    var journal = new Journal();
                    var applied = new Stack<string>();
                    foreach (var run in runs)
                    {
                        if (run >= 0)
                        {
                            var plan = ApplyPlanner.Plan(Input(journal, folder), new ApplyRequest { First = run });
                            foreach (var step in plan.Steps)
                            {
                                if (applied.Contains(step.Migration.FullName))
                                    return false;
                                applied.Push(step.Migration.FullName);
                            }

                            journal.Play(plan);
                            continue;
                        }

                        var undo = UndoPlanner.Plan(Input(journal, folder), new UndoRequest { Last = -run });
                        if (undo.Steps.Any(step => applied.Pop() != step.Migration.FullName))
                            return false;
                        journal.Play(undo);
                    }

                    return applied.Count == journal.View.Applied.Count;
                }
            )
            .QuickCheckThrowOnFailure();
    }

    [Fact]
    public void Applying_a_plan_and_undoing_it_gives_the_start()
    {
        Prop.ForAll(
                Arb.From(Sizes),
                Arb.From(Gen.Choose(0, 9)),
                Arb.From(Gen.Choose(1, 9)),
                (size, before, more) =>
                {
                    var folder = Folder(size);
                    var journal = new Journal();
                    journal.Play(ApplyPlanner.Plan(Input(journal, folder), new ApplyRequest { First = before }));
                    var start = journal.View.Applied.Select(r => r.Name).ToList();
                    var plan = ApplyPlanner.Plan(Input(journal, folder), new ApplyRequest { First = more });
                    journal.Play(plan);
                    if (plan.Steps.Count > 0)
                        journal.Play(UndoPlanner.Plan(Input(journal, folder), new UndoRequest { Last = plan.Steps.Count }));
                    return start.SequenceEqual(journal.View.Applied.Select(r => r.Name));
                }
            )
            .QuickCheckThrowOnFailure();
    }

    private static Migration[] Folder(int size) => [.. Enumerable.Range(1, size).Select(i => Migration($"{i:000}_step"))];
}
