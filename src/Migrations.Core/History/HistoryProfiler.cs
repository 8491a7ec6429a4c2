namespace Migrations.History;

/// <summary>Works out from the rows of the history how long each migration took. Pure.</summary>
internal static class HistoryProfiler
{
    /// <summary>One profile for each migration that was applied and measured, slowest last run first, with the row of that run.</summary>
    public static IReadOnlyList<(MigrationProfile Profile, JournalEntry Last)> Profile(
        IEnumerable<JournalEntry> entries,
        DatabaseTarget target
    )
    {
        var migrations = entries
            .Where(e => e is { Event: JournalEvent.Applied, Direction: MigrationDirection.Up, ExecutionTimeMs: not null })
            .GroupBy(e => (e.Service, e.Name))
            .Select(g => g.ToList())
            .ToList();
        var whole = migrations.Sum(runs => runs[^1].ExecutionTimeMs!.Value);
        return
        [
            .. migrations
                .Select(runs => (Of(runs, target, whole), runs[^1]))
                .OrderByDescending(p => p.Item1.Last)
                .ThenByDescending(p => p.Item1.Longest)
                .ThenBy(p => p.Item2.Id),
        ];
    }

    private static MigrationProfile Of(List<JournalEntry> runs, DatabaseTarget target, long whole)
    {
        var last = runs[^1];
        var times = runs.Select(r => r.ExecutionTimeMs!.Value).Order().ToList();
        return new MigrationProfile
        {
            Database = target.Display,
            Target = target,
            Service = last.Service,
            Version = last.Version,
            Name = last.Name,
            Runs = runs.Count,
            Last = TimeSpan.FromMilliseconds(last.ExecutionTimeMs!.Value),
            Median = TimeSpan.FromMilliseconds((times[(times.Count - 1) / 2] + times[times.Count / 2]) / 2.0),
            Longest = TimeSpan.FromMilliseconds(times[^1]),
            RowsAffected = last.RowsAffected,
            Share = whole == 0 ? 0 : (double)last.ExecutionTimeMs!.Value / whole,
        };
    }
}
