using Migrations.Databases;
using Migrations.History;
using Migrations.Planning;
using Migrations.Sql;

namespace Migrations.Running;

/// <summary>Makes the steps of a run: each with its row of the history and the hooks around it.</summary>
/// <param name="recorder">Makes the rows.</param>
/// <param name="mirror">Keeps another tool's table in step; null where none is.</param>
/// <param name="hooks">The hooks at some points around a step.</param>
internal sealed class StepGroups(JournalRecorder recorder, StepMirror? mirror, Func<HookPoint[], PlanStep, List<StepExecution>> hooks)
{
    /// <summary>The steps of a plan, each with the hooks around it.</summary>
    /// <param name="plan">The plan.</param>
    /// <param name="analyses">What is known of each step's script.</param>
    /// <param name="concludes">Whether nothing runs after them: what is last in a run gets the schema's fingerprint.</param>
    public List<StepGroup> Of(MigrationPlan plan, IReadOnlyList<ScriptAnalysis> analyses, bool concludes)
    {
        var groups = new List<StepGroup>();
        foreach (var step in plan.Steps)
        {
            var isLast = concludes && groups.Count == plan.Steps.Count - 1;
            var after = hooks(HookScripts.After, step);
            if (isLast && after.Count > 0)
                after[^1] = after[^1] with { IsLast = true };
            var execution = Prepare(step, analyses[groups.Count], plan.Overruled) with { IsLast = isLast && after.Count == 0 };
            groups.Add(
                new StepGroup(groups.Count + 1, plan.Steps.Count, execution) { Before = hooks(HookScripts.Before, step), After = after }
            );
        }

        return groups;
    }

    private StepExecution Prepare(PlanStep step, ScriptAnalysis analysis, string? overruled)
    {
        return new StepExecution
        {
            Migration = step.Migration,
            Direction = step.Direction,
            Script = step.Script,
            MayLeaveKeysOpen = step.MayLeaveKeysOpen,
            KeysDue = step.KeysDue,
            Analysis = analysis,
            Entry = recorder.Step(step.Migration, step.Direction) with
            {
                ErrorMessage = NoteOf(step, overruled),
                Beside = mirror?.Of(step) ?? [],
            },
        };
    }

    private static string? NoteOf(PlanStep step, string? overruled)
    {
        var note = CodeNote.For(step.Script);
        return overruled is null ? note : $"{(note is null ? "" : note + " ")}Overruled: {overruled}";
    }
}
