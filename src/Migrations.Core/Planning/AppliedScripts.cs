namespace Migrations.Planning;

/// <summary>Checks that applied migrations are still in the folder as they were applied.</summary>
internal static class AppliedScripts
{
    private static readonly Advice SkipHint = $"or continue without them with {CallOption.SkipChecksum} (recorded in the history)";

    /// <summary>Refuses, or notes as overruled, edited and missing scripts of all applied migrations.</summary>
    public static void Check(PlanningInput input, bool skip, List<string> overruled)
    {
        FolderIdentity.Check(input, skip);
        Check(input, _ => true, skip, overruled);
    }

    /// <summary>Refuses, or notes as overruled, edited and missing scripts of some applied migrations.</summary>
    public static void Check(PlanningInput input, Func<MigrationKey, bool> concerns, bool skip, List<string> overruled)
    {
        var changed = input
            .Migrations.Where(m =>
                !m.IsRepeatable
                && input.ChangeOf(m.Key) == ScriptChange.Statement
                && input.RecordOf(m) is { IsApplied: true } r
                && concerns(r.Key)
            )
            .Select(m => m.FullName)
            .ToList();
        // A repeatable whose file is gone asks for nothing: what it made stays until a migration removes it.
        var missing = input.Missing.Where(r => r.Version is not null && concerns(r.Key)).Select(r => r.Name).ToList();
        if (skip)
        {
            if (changed.Count > 0)
                overruled.Add("edited after it was applied: " + string.Join(", ", changed));
            if (missing.Count > 0)
                overruled.Add("file missing: " + string.Join(", ", missing));
            return;
        }

        if (changed.Count > 0)
        {
            throw new PlanException(
                ErrorId.MigrationChanged,
                $"Edited after it was applied: {string.Join(", ", changed)}. Statements differ, not only comments or white space.",
                $"Restore the file and write a new migration; or accept the edit with '{Call.Repair.On(changed[0])}',"
                    + $" which shows the difference; {SkipHint}.",
                changed
            );
        }

        if (missing.Count > 0)
        {
            throw new PlanException(
                ErrorId.MigrationMissing,
                $"Applied, but the file is missing from the folder: {string.Join(", ", missing)}.",
                $"Restore the file; or remove the migration from the history with "
                    + $"'{Call.Repair.On(missing[0]).With(CallOption.RemoveMissing)}'; "
                    + $"{SkipHint}.",
                missing
            );
        }
    }

    /// <summary>
    /// A line for each applied migration whose file was renamed, or edited in comments or white space only; and for a service that may be
    /// the wrong one.
    /// </summary>
    public static IReadOnlyList<Advice> Warnings(PlanningInput input) =>
        [
            .. FolderIdentity.ServiceWarning(input) is { } service ? [service] : (Advice[])[],
            .. input
                .Match.Renamed.Where(r => !r.IsRenumbered)
                .Select(r =>
                    Advice.Of(
                        $"{r.Migration} was applied as {r.Record.Name}: its file was renamed afterwards; "
                            + $"'{Call.Repair.On(r.Migration)}' "
                            + $"records the new name."
                    )
                ),
            .. input
                .Migrations.Where(m => input.ChangeOf(m.Key) == ScriptChange.Cosmetic)
                .Select(m =>
                    Advice.Of(
                        $"{m} was edited after it was applied, in comments or white space only; '{Call.Repair.On(m)}' records the new "
                            + $"text."
                    )
                ),
        ];
}
