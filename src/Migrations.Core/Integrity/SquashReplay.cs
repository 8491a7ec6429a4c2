using Migrations.History;
using Migrations.Planning;

namespace Migrations.Integrity;

/// <summary>
/// Which scripts make again what was applied: a squash where all that it replaces was, whether the archive is there or not.
/// </summary>
internal static class SquashReplay
{
    /// <summary>The migrations to run, in order, each with its name; without one where its file is gone.</summary>
    /// <param name="input">The folder and the history.</param>
    /// <param name="applied">What was applied, in order.</param>
    public static IReadOnlyList<(string Name, Migration? Migration)> Of(PlanningInput input, IReadOnlyList<HistoryRecord> applied)
    {
        var keys = applied.Select(r => r.Key).ToHashSet();
        var whole = input.Squashes.Where(u => u.IsComplete && u.Applied.All(r => keys.Contains(r.Key))).ToList();
        var replayed = new List<(string, Migration?)>();
        foreach (var record in applied)
        {
            // The outermost: it was folded from the others.
            if (whole.FindLast(u => u.Has(record)) is not { } use)
                replayed.Add((record.Name, input.Match.FileOf(record)));
            else if (use.Applied[0].Key == record.Key)
                replayed.Add((use.Squash.FullName, use.Squash));
        }

        return replayed;
    }
}
