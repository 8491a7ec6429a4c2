using Migrations.History;

namespace Migrations.Planning;

/// <summary>Plans which applied migrations to undo, newest application first. Pure.</summary>
public static class UndoPlanner
{
    /// <summary>Creates the plan.</summary>
    /// <exception cref="PlanException">A down script is missing, later migrations block it, or a name is unknown.</exception>
    public static MigrationPlan Plan(PlanningInput input, UndoRequest request)
    {
        if (input.ServiceProblem is { } problem)
            throw problem;
        // Newest first. What counts as applied since a baseline never ran here, and repeatables have no down script: both stay.
        var applied = input
            .History.Applied.Where(r => r.Version is not null || input.Match.FileOf(r) is { IsRepeatable: false })
            // What a squash replaces ran here, and it did not.
            .Where(r => input.Match.FileOf(r) is not { IsSquashRecord: true })
            .Reverse()
            .ToList();
        var undoable = applied.Where(r => !r.IsBaseline).ToList();
        if (undoable.Count > 0 && FolderIdentity.OtherFolder(input) is { } other)
            throw other;
        var chosen = Choose(input, request, applied, undoable);

        var keys = chosen.Select(r => r.Key).ToHashSet();
        var overruled = new List<string>();
        FolderIdentity.Check(input, keys.Contains);
        AppliedScripts.Check(input, keys.Contains, request.SkipChecksum, overruled);
        CheckDownScripts(input, chosen);
        var migrations = chosen.Select(r => input.Match.FileOf(r)!).ToList();
        UndoProof.Demand(input, request, migrations);
        return new MigrationPlan
        {
            Direction = MigrationDirection.Down,
            Steps = KeyWindow.Mark(
                input.Migrations,
                input.History.Applied.Select(r => r.Key),
                [.. migrations.Select(m => new PlanStep(m, MigrationDirection.Down, m.Down!))]
            ),
            Warnings = UndoProof.Warnings(input, migrations),
            TransactionMode = request.TransactionMode,
            Overruled = overruled.Count == 0 ? null : string.Join("; ", overruled),
        };
    }

    private static List<HistoryRecord> Choose(
        PlanningInput input,
        UndoRequest request,
        List<HistoryRecord> applied,
        List<HistoryRecord> undoable
    )
    {
        if (request is { Name: { } name })
            return Exactly(input, [.. SquashPlan.AllOf(input, Find(input, name))], applied);
        if (request is { Only: { } only })
            return Exactly(input, [.. only.SelectMany(text => SquashPlan.AllOf(input, Find(input, text)))], applied);
        if (request is { To: { } to })
            return DownTo(input, to, undoable);
        if (request.All)
            return undoable;
        return [.. undoable.Take(request.Last ?? 1)];
    }

    /// <summary>A migration of the folder; of one that only the history knows, it is said why it cannot be undone.</summary>
    private static Migration Find(PlanningInput input, string text)
    {
        if (input.Missing.FirstOrDefault(r => string.Equals(r.Name, text, StringComparison.OrdinalIgnoreCase)) is { } gone)
        {
            FolderIdentity.Check(input, key => key == gone.Key);
            throw Gone([gone.Name]);
        }

        return MigrationResolver.Find(input.Migrations, text);
    }

    /// <summary>The named migrations, newest application first. Nothing that was applied after one of them may stay applied.</summary>
    private static List<HistoryRecord> Exactly(PlanningInput input, List<Migration> named, List<HistoryRecord> applied)
    {
        var keys = named.Select(m => input.RecordOf(m)?.Key).ToHashSet();
        var chosen = applied.Where(r => keys.Contains(r.Key)).ToList();
        foreach (var migration in named)
            CheckUndoable(input, migration, input.RecordOf(migration) is { } known ? chosen.Find(r => r.Key == known.Key) : null);

        var oldest = applied.FindLastIndex(r => keys.Contains(r.Key));
        var later = applied.Take(oldest).Where(r => !keys.Contains(r.Key)).Select(r => r.Name).ToList();
        if (later.Count > 0)
        {
            throw new PlanException(
                ErrorId.UndoOutOfOrder,
                $"{applied[oldest].Name} cannot be rolled back before the later migrations that are still applied: "
                    + $"{string.Join(", ", later)}.",
                $"Roll those back first, one by one in this order, or all at once with '{Call.Down.With(CallOption.Last.Of(oldest + 1))}'.",
                later
            );
        }

        return chosen;
    }

    private static void CheckUndoable(PlanningInput input, Migration migration, HistoryRecord? record)
    {
        if (record is null)
        {
            FolderIdentity.Check(input, key => key == migration.Key);
            throw new PlanException(
                ErrorId.MigrationNotApplied,
                $"{migration} is not applied, so there is nothing to roll back.",
                $"'{Call.Status}' shows what is applied.",
                [migration.FullName]
            );
        }

        if (record.IsBaseline)
        {
            throw new PlanException(
                ErrorId.UndoMissing,
                $"{migration} was recorded as applied by a baseline: it never ran on this database, so there is nothing to roll back.",
                "The schema that the baseline describes existed before the first migration ran, and is kept.",
                [migration.FullName]
            );
        }
    }

    private static List<HistoryRecord> DownTo(PlanningInput input, string to, List<HistoryRecord> undoable)
    {
        if (to is "0")
            return undoable;
        var last = Find(input, to);
        if (SquashPlan.LastOf(input, last) is not { IsApplied: true, FirstApplied: { } stays })
        {
            FolderIdentity.Check(input, key => key == last.Key);
            throw new PlanException(
                ErrorId.MigrationNotApplied,
                $"{last} is not applied, so migrations cannot be rolled back to it.",
                $"'{Call.Status}' shows what is applied.",
                [last.FullName]
            );
        }

        return [.. undoable.TakeWhile(r => r.FirstApplied!.Id > stays.Id)];
    }

    private static PlanException Gone(List<string> names, Migration? squash = null) =>
        new(
            ErrorId.MigrationMissing,
            squash is null
                ? $"Applied, but the file is missing from the folder, and with it the down script: {string.Join(", ", names)}."
                : $"Applied here before {squash} replaced them, and not in the folder 'archive', where the down scripts should be: "
                    + $"{string.Join(", ", names)}.",
            "Restore the files and run the command again.",
            names
        );

    private static void CheckDownScripts(PlanningInput input, List<HistoryRecord> chosen)
    {
        var gone = chosen.Where(r => input.Match.FileOf(r) is null).Select(r => r.Name).ToList();
        if (gone.Count > 0)
            throw Gone(gone, input.Squashes.FirstOrDefault(u => u.Names.Contains(gone[0]))?.Squash);
        var without = chosen.Select(r => input.Match.FileOf(r)!).Where(m => !m.HasUndo).ToList();
        if (without.Count == 0)
            return;
        var first = without[0];
        throw new PlanException(
            ErrorId.UndoMissing,
            first.IsIrreversible ? $"Declared irreversible (Irreversible: yes): {string.Join(", ", without)}. Nothing was rolled back."
                : first.Down is null ? $"No down script: {string.Join(", ", without)}. Nothing was rolled back."
                : $"The down script is empty, so the migration is irreversible: {string.Join(", ", without)}. Nothing was rolled back.",
            first.IsIrreversible
                ? Advice.Of(
                    $"Roll back only the migrations after it: {Call.Down.With(CallOption.To.Of(first))}; earlier states can only be "
                        + $"restored from a backup."
                )
                : $"Write the down script of {first}; or roll back only the migrations after it: {Call.Down.With(CallOption.To.Of(first))}",
            [.. without.Select(m => m.FullName)]
        );
    }
}
