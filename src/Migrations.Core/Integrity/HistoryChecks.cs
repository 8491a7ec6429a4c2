namespace Migrations.Integrity;

/// <summary>Asks the history and the folder: failed, edited, missing and out-of-order migrations, and missing down scripts. Pure.</summary>
internal static class HistoryChecks
{
    private const int LongestError = 200;
    private static readonly Advice OtherFolder =
        $"Is this the right folder? Specify another one with {CallOption.Path}; or restore the files of the applied migrations.";

    /// <summary>The answers for one database.</summary>
    public static IEnumerable<CheckResult> Judge(IReadOnlyList<MigrationStatus> all)
    {
        List<MigrationStatus> statuses = [.. all.Where(s => s.State != MigrationState.NotHere)];
        return [.. Scripts(statuses), .. States(statuses), .. ForeignKeys(statuses), .. DownScripts(statuses), .. Verdicts(statuses)];
    }

    private static IEnumerable<CheckResult> Scripts(List<MigrationStatus> statuses)
    {
        yield return Of(
            "history-failed",
            statuses.Where(s => s.State == MigrationState.Failed || s.Error is not null),
            CheckStatus.Fail,
            "No migration failed.",
            "The last run failed",
            $"Correct the script and run '{Call.Up}' again; '{Call.Status}' shows the error."
        );
        yield return Of(
            "history-changed",
            statuses.Where(s => s.State == MigrationState.Changed),
            CheckStatus.Fail,
            "No applied script was edited.",
            "Edited after it was applied",
            $"Restore the scripts and write a new migration; or accept the edits with '{Call.Repair}'."
        );
        yield return Of(
            "history-identity",
            statuses.Where(s => s is { RecordedAs: not null, AppliedAt: null }),
            CheckStatus.Fail,
            "No version was applied as a different migration.",
            "The version was applied as a different migration",
            OtherFolder
        );
        yield return Of(
            "history-renumbered",
            statuses.Where(s => s.IsRenumbered),
            CheckStatus.Fail,
            "No applied migration was renumbered.",
            "Renumbered after it was applied",
            $"Record the new versions with '{Call.Repair}'."
        );
        yield return Of(
            "history-renamed",
            statuses.Where(s => s is { RecordedAs: not null, IsRenumbered: false, AppliedAt: not null }),
            CheckStatus.Warn,
            "No applied script was renamed.",
            "Renamed after it was applied",
            $"Record the new names with '{Call.Repair}'."
        );
        yield return Of(
            "history-cosmetic",
            statuses.Where(s => s.Change == ScriptChange.Cosmetic),
            CheckStatus.Warn,
            "No applied script differs in comments or white space.",
            "Edited after it was applied, in comments or white space only",
            $"Accept the edits with '{Call.Repair}'."
        );
    }

    private static IEnumerable<CheckResult> States(List<MigrationStatus> statuses)
    {
        yield return Of(
            "history-missing",
            statuses.Where(s => s is { State: MigrationState.Missing, Version: not null }),
            CheckStatus.Fail,
            "The file of every applied migration exists.",
            "Applied, but the file is missing",
            IsOtherFolder(statuses)
                ? OtherFolder
                : $"Restore the files; or remove the migrations from the history with '{Call.Repair.With(CallOption.RemoveMissing)}'."
        );
        yield return Of(
            "history-out-of-order",
            statuses.Where(s => s.State == MigrationState.OutOfOrder),
            CheckStatus.Fail,
            "No pending migration is older than an applied one.",
            "Pending, and older than applied ones",
            $"Give them newer versions; or apply them with '{Call.Up.With(CallOption.AllowOutOfOrder)}'."
        );
        yield return Of(
            "history-pending",
            statuses.Where(s => s.State is MigrationState.Pending or MigrationState.RolledBack),
            CheckStatus.Warn,
            "Every migration is applied.",
            "Pending",
            $"Apply them with '{Call.Up}'."
        );
    }

    private static IEnumerable<CheckResult> ForeignKeys(List<MigrationStatus> statuses)
    {
        var open = statuses.Where(s => s.OpenForeignKeys.Count > 0).ToList();
        if (open.Count == 0)
            yield break;
        yield return Of(
            "open-foreign-keys",
            open,
            CheckStatus.Warn,
            "",
            "Foreign keys are open, as a header allows",
            $"Apply the migration that closes them: {Call.Up}"
        );
    }

    private static IEnumerable<CheckResult> DownScripts(List<MigrationStatus> statuses)
    {
        var versioned = statuses.Where(s => s is { Version: not null, State: not MigrationState.Missing }).ToList();
        yield return versioned.Count == 0
            ? Nothing("undo-missing", "No migration needs a down script.")
            : Of(
                "undo-missing",
                versioned.Where(s => !s.HasUndo && !s.IsIrreversible),
                CheckStatus.Warn,
                versioned.Exists(s => s.IsIrreversible)
                    ? "Every migration has a down script or is declared irreversible."
                    : "Every migration has a down script.",
                "No down script",
                "Write one, or declare the migration irreversible in the header of the up script: -- Irreversible: yes"
            );
    }

    private static IEnumerable<CheckResult> Verdicts(List<MigrationStatus> statuses)
    {
        var undos = statuses.Where(s => s.HasUndo).ToList();
        if (undos.Count == 0)
        {
            yield return Nothing("undo-unproven", "There is no down script to prove.");
            yield break;
        }

        yield return Of(
            "undo-bad",
            undos.Where(s => s.UndoProven == false),
            CheckStatus.Warn,
            "No undo is known to be faulty.",
            "A rehearsal found a fault in the undo",
            $"Correct the down scripts, and rehearse them: {Call.Test.With(CallOption.All)}"
        );
        yield return Of(
            "undo-schema-only",
            undos.Where(s => s.UndoVerdict == UndoVerdict.SchemaOnly),
            CheckStatus.Warn,
            "No undo is proven for the schema only.",
            "The undo is proven for the schema only, because there were no rows to compare",
            $"Rehearse such migrations with rows, before they are applied: {Call.Test.With(CallOption.WithData)}"
        );
        yield return Of(
            "undo-unproven",
            undos.Where(s => s.UndoVerdict == UndoVerdict.NotRun),
            CheckStatus.Warn,
            undos.TrueForAll(s => s.UndoProven == true) ? "Every undo is proven." : "Every undo was rehearsed.",
            "The undo was never rehearsed",
            $"Rehearse them: {Call.Test.With(CallOption.All)}"
        );
    }

    private static bool IsOtherFolder(List<MigrationStatus> statuses) =>
        statuses.Exists(s => s is { RecordedAs: not null, AppliedAt: null })
        || !statuses.Exists(s => s is { AppliedAt: not null, State: not MigrationState.Missing });

    private static CheckResult Nothing(string name, string message) =>
        new()
        {
            Name = name,
            Category = CheckCategory.History,
            Status = CheckStatus.NotRun,
            Message = message,
        };

    private static CheckResult Of(
        string name,
        IEnumerable<MigrationStatus> found,
        CheckStatus bad,
        string good,
        string what,
        Advice recommendation
    )
    {
        var isAboutNames = name is "history-identity" or "history-renumbered" or "history-renamed";
        var all = found.ToList();
        var names = all.ConvertAll(s =>
            isAboutNames ? $"{s.Name} (applied: {s.RecordedAs})"
            : name is "history-failed" && s.Error is { } error ? $"{s.Name} ({FirstLine(error)})"
            : name is "open-foreign-keys" ? $"{s.Name} ({string.Join("; ", s.OpenForeignKeys)})"
            : s.Name
        );
        return new CheckResult
        {
            Name = name,
            Category = CheckCategory.History,
            Status = names.Count == 0 ? CheckStatus.Pass : bad,
            Expected = "none",
            Actual = names.Count == 0 ? "none" : string.Join(", ", names),
            Message = names.Count == 0 ? good : $"{what}: {string.Join(", ", names)}.",
            NextStep = names.Count == 0 ? null : recommendation,
            Target = all is [var only] ? only.Name : null,
        };
    }

    private static string FirstLine(string error)
    {
        var line = error.Split('\n')[0].TrimEnd('.', '\r', ' ');
        return line.Length <= LongestError ? line : line[..(LongestError - 1)] + "…";
    }
}
