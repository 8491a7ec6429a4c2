using Migrations.History;

namespace Migrations.Planning;

/// <summary>What squashes ask of a plan. Pure.</summary>
internal static class SquashPlan
{
    /// <summary>What a name of something replaced means where it is a target: the squash.</summary>
    public static Migration SquashOf(PlanningInput input, Migration migration) =>
        input.Squashes.LastOrDefault(u => u.Names.Contains(migration.FullName))?.Record ?? migration;

    /// <summary>What the history says of a migration; of a squash that is recorded, of the last that it replaces.</summary>
    public static HistoryRecord? LastOf(PlanningInput input, Migration migration) =>
        input.Squashes.FirstOrDefault(u => u.Record.Key == migration.Key) is { IsComplete: true, Applied: [.., var last] }
            ? last
            : input.RecordOf(migration);

    /// <summary>What a name of a squash means where what it replaces has run: all of those.</summary>
    public static IEnumerable<Migration> AllOf(PlanningInput input, Migration migration) =>
        input.Squashes.FirstOrDefault(u => u.Record.Key == migration.Key) is { } use
            ? input.Migrations.Where(m => use.Names.Contains(m.FullName) && !m.IsSquashRecord && input.RecordOf(m) is { IsApplied: true })
            : [migration];

    /// <summary>Refuses to record a squash while something that it replaces has not run and is not in the archive.</summary>
    /// <exception cref="PlanException"><see cref="ErrorId.SquashIncomplete"/>.</exception>
    public static void Demand(PlanningInput input, IReadOnlyList<Migration> chosen)
    {
        foreach (var use in input.Squashes.Where(u => u.Lacking.Count > 0 && chosen.Any(m => m.Key == u.Record.Key)))
            throw new PlanException(
                ErrorId.SquashIncomplete,
                $"{use.Squash} replaces migrations of which this database has only a part, and those that it lacks are not in the "
                    + $"folder 'archive': {string.Join(", ", use.Lacking)}.",
                "Restore their files, as they were when they were replaced, in the folder 'archive' below the migration folder, and run "
                    + "the command again: they are applied first.",
                use.Lacking
            );
    }
}
