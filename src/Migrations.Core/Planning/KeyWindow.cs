using Migrations.Folders;

namespace Migrations.Planning;

/// <summary>From which migration up to which foreign keys may be open: what <c>Foreign-Keys: open-until</c> in a header says.</summary>
/// <param name="Opened">The migration whose header says so.</param>
/// <param name="Until">The migration by which the keys must be closed again.</param>
/// <param name="Place">Its place in the folder's order.</param>
internal sealed record KeyWindow(Migration Opened, Migration Until, int Place)
{
    /// <summary>The windows of a folder.</summary>
    /// <exception cref="PlanException">A header names a migration that is not there, or that does not come later.</exception>
    public static IReadOnlyList<KeyWindow> Of(IReadOnlyList<Migration> migrations)
    {
        var windows = new List<KeyWindow>();
        for (var at = 0; at < migrations.Count; at++)
        {
            if (migrations[at].Header.ForeignKeysOpenUntil is { } text)
                windows.Add(Of(migrations, at, text));
        }

        return windows;
    }

    private static KeyWindow Of(IReadOnlyList<Migration> migrations, int at, string text)
    {
        try
        {
            var until = MigrationResolver.Find(migrations, text);
            var place = migrations.TakeWhile(m => m.Key != until.Key).Count();
            return place > at
                ? new KeyWindow(migrations[at], until, place)
                : throw Invalid(migrations[at], text, $"{until} is not a later migration.");
        }
        catch (PlanException e) when (e.Id != ErrorId.HeaderInvalid)
        {
            throw Invalid(migrations[at], text, e.Message);
        }
    }

    private static PlanException Invalid(Migration migration, string text, string why) =>
        new(
            ErrorId.HeaderInvalid,
            $"{HeaderLocation.Of(migration.Up, "Foreign-Keys", text)}: 'Foreign-Keys: open-until {text}' in the header of "
                + $"{migration}: {why}",
            "Specify the later migration that closes the foreign keys.",
            [migration.FullName]
        );

    /// <summary>The windows that are open now; none where a header is wrong, which a run refuses.</summary>
    public static IReadOnlyList<KeyWindow> OpenIn(PlanningInput input)
    {
        if (input.Migrations.All(m => m.Header.ForeignKeysOpenUntil is null))
            return [];
        var applied = input.History.Applied.Select(r => r.Key).ToHashSet();
        try
        {
            return [.. Of(input.Migrations).Where(w => w.IsOpen(applied))];
        }
        catch (PlanException)
        {
            return [];
        }
    }

    /// <summary>Whether it is open when these are applied.</summary>
    public bool IsOpen(IReadOnlySet<MigrationKey> applied) => applied.Contains(Opened.Key) && !applied.Contains(Until.Key);

    /// <summary>Says of each step whether it may leave keys open, and for which migrations it must close them.</summary>
    /// <param name="migrations">The folder's migrations, in order.</param>
    /// <param name="applied">What is applied before the first step.</param>
    /// <param name="steps">The steps.</param>
    public static IReadOnlyList<PlanStep> Mark(
        IReadOnlyList<Migration> migrations,
        IEnumerable<MigrationKey> applied,
        IReadOnlyList<PlanStep> steps
    )
    {
        var windows = Of(migrations);
        if (windows.Count == 0)
            return steps;
        var keys = applied.ToHashSet();
        return [.. steps.Select(step => Mark(windows, migrations, keys, step))];
    }

    private static PlanStep Mark(
        IReadOnlyList<KeyWindow> windows,
        IReadOnlyList<Migration> migrations,
        HashSet<MigrationKey> keys,
        PlanStep step
    )
    {
        var wasOpen = windows.Where(w => w.IsOpen(keys)).ToList();
        if (step.Direction == MigrationDirection.Down)
        {
            _ = keys.Remove(step.Migration.Key);
            return step with { MayLeaveKeysOpen = windows.Any(w => w.IsOpen(keys)) };
        }

        keys.Add(step.Migration.Key);
        var place = migrations.TakeWhile(m => m.Key != step.Migration.Key).Count();
        var due = wasOpen.Where(w => place >= w.Place).Select(w => w.Opened.FullName).ToList();
        return step with { MayLeaveKeysOpen = windows.Any(w => w.Opened.Key == step.Migration.Key), KeysDue = due };
    }
}
