using Migrations.History;
using Migrations.Planning;

namespace Migrations.Exporting;

/// <summary>What no client can run, whichever it is.</summary>
internal static class ExportObstacles
{
    /// <summary>Refuses code, and a script that an earlier run did not finish.</summary>
    /// <exception cref="MigrationException"><see cref="ErrorId.ExportRefused"/></exception>
    public static void Demand(MigrationPlan plan, HistoryView history)
    {
        List<string> code =
        [
            .. plan.Steps.Where(s => s.Script.Code is not null).Select(s => s.Migration.FullName),
            .. plan.Hooks.Where(h => h.Script.Code is not null).Select(h => h.Name),
        ];
        if (code.Count > 0)
        {
            throw new MigrationException(
                ErrorId.ExportRefused,
                $"{string.Join(", ", code)} {(code.Count == 1 ? "is" : "are")} code, which no database client runs. No script was written.",
                $"Write the script up to it with {CallOption.Target}, let the tool run it, and write another script for the rest."
            );
        }

        if (plan.Steps.FirstOrDefault(s => s.Script.Header.Batch is not null) is { } batched)
        {
            throw new MigrationException(
                ErrorId.ExportRefused,
                $"{batched.Migration} runs in batches, whose keys are read from the table while they run; no client does that. "
                    + "No script was written.",
                $"Write the script up to it with {CallOption.Target}, let the tool run it, and write another script for the rest."
            );
        }

        if (plan.Steps.FirstOrDefault(s => IsUnfinished(s, history)) is { } step)
        {
            throw new MigrationException(
                ErrorId.ExportRefused,
                $"{step.Migration} has begun to run without a transaction and is not finished: only the tool knows where it goes on. "
                    + "No script was written.",
                $"Finish it first: {Call.Up}"
            );
        }
    }

    private static bool IsUnfinished(PlanStep step, HistoryView history) =>
        history.Find(step.Migration.Key)?.Resume is { } resume
        && resume.Direction == step.Direction
        && (resume.Completed.Count > 0 || resume.Undecided is not null);
}
