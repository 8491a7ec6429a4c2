using Migrations.History;

namespace Migrations.Planning;

/// <summary>Plans which applied migrations to undo, newest application first. Pure.</summary>
public static class UndoPlanner
{
    /// <summary>Makes the plan.</summary>
    /// <exception cref="PlanException">A down script is missing, later migrations stand in the way, or a name is unknown.</exception>
    public static MigrationPlan Plan(PlanningInput input, UndoRequest request)
    {
        var byKey = input.Migrations.ToDictionary(m => m.Key);
        // Newest first. What counts as applied since a baseline never ran here, and repeatables have no down script: both stay.
        var applied = input.History.Applied.Where(r => r.Version is not null || byKey.GetValueOrDefault(r.Key) is { IsRepeatable: false }).Reverse().ToList();
        var undoable = applied.Where(r => !r.IsBaseline).ToList();
        var chosen = Choose(input, request, applied, undoable);

        var keys = chosen.Select(r => r.Key).ToHashSet();
        var overruled = new List<string>();
        AppliedScripts.Check(input, keys.Contains, request.SkipChecksum, overruled);
        CheckDownScripts(byKey, chosen);
        var migrations = chosen.Select(r => byKey[r.Key]).ToList();
        UndoProof.Demand(input, request, migrations);
        return new MigrationPlan
        {
            Direction = MigrationDirection.Down,
            Steps = [.. chosen.Select(r => new PlanStep(byKey[r.Key], MigrationDirection.Down, byKey[r.Key].Down!))],
            Warnings = UndoProof.Warnings(input, migrations),
            TransactionMode = request.TransactionMode,
            Overruled = overruled.Count == 0 ? null : string.Join("; ", overruled),
        };
    }

    private static List<HistoryRecord> Choose(PlanningInput input, UndoRequest request, List<HistoryRecord> applied, List<HistoryRecord> undoable)
    {
        if (request is { Name: { } name })
            return Exactly([MigrationResolver.Find(input.Migrations, name)], applied);
        if (request is { Only: { } only })
            return Exactly([.. only.Select(text => MigrationResolver.Find(input.Migrations, text))], applied);
        if (request is { To: { } to })
            return DownTo(input, to, undoable);
        if (request.All)
            return undoable;
        return [.. undoable.Take(request.Last ?? 1)];
    }

    /// <summary>The named migrations, newest application first. Nothing that was applied after one of them may stay applied.</summary>
    private static List<HistoryRecord> Exactly(List<Migration> named, List<HistoryRecord> applied)
    {
        var keys = named.Select(m => m.Key).ToHashSet();
        var chosen = applied.Where(r => keys.Contains(r.Key)).ToList();
        foreach (var migration in named)
            CheckUndoable(migration, chosen.Find(r => r.Key == migration.Key));

        var oldest = applied.FindLastIndex(r => keys.Contains(r.Key));
        var later = applied.Take(oldest).Where(r => !keys.Contains(r.Key)).Select(r => r.Name).ToList();
        if (later.Count > 0)
        {
            throw new PlanException(
                ErrorId.UndoOutOfOrder,
                $"{applied[oldest].Name} cannot be undone before the later migrations that are still applied: {string.Join(", ", later)}.",
                $"Undo those first, one by one in this order, or all at once with 'migrations down --last {oldest + 1}'.",
                later);
        }

        return chosen;
    }

    private static void CheckUndoable(Migration migration, HistoryRecord? record)
    {
        if (record is null)
        {
            throw new PlanException(
                ErrorId.MigrationNotApplied, $"{migration} is not applied, so there is nothing to undo.", "'migrations status' shows what is applied.", [migration.FullName]);
        }

        if (record.IsBaseline)
        {
            throw new PlanException(
                ErrorId.UndoMissing,
                $"{migration} counts as applied since a baseline: it never ran here, so there is nothing to undo.",
                "What the baseline stands for was there before the first migration ran, and stays.",
                [migration.FullName]);
        }
    }

    private static List<HistoryRecord> DownTo(PlanningInput input, string to, List<HistoryRecord> undoable)
    {
        if (to is "0")
            return undoable;
        var last = MigrationResolver.Find(input.Migrations, to);
        if (input.History.Find(last.Key) is not { IsApplied: true, FirstApplied: { } stays })
        {
            throw new PlanException(
                ErrorId.MigrationNotApplied, $"{last} is not applied, so nothing can be undone down to it.", "'migrations status' shows what is applied.", [last.FullName]);
        }

        return [.. undoable.TakeWhile(r => r.FirstApplied!.Id > stays.Id)];
    }

    private static void CheckDownScripts(Dictionary<MigrationKey, Migration> byKey, List<HistoryRecord> chosen)
    {
        var gone = chosen.Where(r => !byKey.ContainsKey(r.Key)).Select(r => r.Name).ToList();
        if (gone.Count > 0)
        {
            throw new PlanException(
                ErrorId.MigrationMissing,
                $"Applied, but the file is gone from the folder, and with it the down script: {string.Join(", ", gone)}.",
                "Put the files back, and run the command again.",
                gone);
        }

        var without = chosen.Where(r => !byKey[r.Key].HasUndo).Select(r => byKey[r.Key]).ToList();
        if (without.Count == 0)
            return;
        var first = without[0];
        throw new PlanException(
            ErrorId.UndoMissing,
            first.Down is null
                ? $"No down script: {string.Join(", ", without)}. Nothing was undone."
                : $"The down script is empty, so the migration is irreversible: {string.Join(", ", without)}. Nothing was undone.",
            $"Write the down script of {first}; or undo only what comes after it: migrations down --to {first}",
            [.. without.Select(m => m.FullName)]);
    }
}
