namespace Migrations.Cli.Output;

/// <summary>Prints where each migration stands, one line each, and the counts.</summary>
internal static class StatusListing
{
    public static void Print(Terminal terminal, DatabaseTarget target, IReadOnlyList<MigrationStatus> statuses)
    {
        using var _ = terminal.Listing();
        var title = "Migration Status: " + PlainText.Name(target, statuses.Count == 0 ? null : statuses[0].Service);
        terminal.Out(title);
        terminal.Out(new string('=', title.Length));
        terminal.Out();
        if (statuses.Count > 0 && statuses[0].ForeignHistory is { } foreign)
        {
            terminal.Out($"Recorded by {foreign}: what is applied is not known here.", Tone.Notice);
            return;
        }

        var width = statuses.Count == 0 ? 0 : statuses.Max(status => status.Name.Length);
        foreach (var status in statuses)
            PrintLine(terminal, status, width);
        if (statuses.Count > 0)
            terminal.Out();
        terminal.Out(Total(statuses));
    }

    private static void PrintLine(Terminal terminal, MigrationStatus status, int width)
    {
        var notes = Notes(status);
        var line =
            notes.Length == 0 ? $"{Mark(status.State)} {status.Name}" : $"{Mark(status.State)} {status.Name.PadRight(width)}  {notes}";
        terminal.Out(line, ToneOf(status));
        if (status.Error is { } error)
        {
            foreach (var part in error.TrimEnd().Split('\n'))
                terminal.Out("      " + part.TrimEnd('\r'), Tone.Bad);
        }
    }

    private static string Mark(MigrationState state) =>
        state switch
        {
            MigrationState.Applied => "[x]",
            MigrationState.Failed => "[!]",
            MigrationState.Changed => "[~]",
            MigrationState.Missing => "[?]",
            MigrationState.OutOfOrder => "[<]",
            MigrationState.NotHere => "[-]",
            _ => "[ ]",
        };

    private static string Notes(MigrationStatus status)
    {
        var notes = new List<string>();
        if (IsApplied(status.State) && status.AppliedAt is { } at)
            notes.Add($"(applied: {PlainText.Of(at)})");
        notes.Add(
            status.State switch
            {
                MigrationState.Failed => "failed",
                MigrationState.RolledBack => "rolled back",
                MigrationState.Changed => "edited since",
                MigrationState.Missing => "file is missing",
                MigrationState.OutOfOrder => "out of order: older than an applied one",
                MigrationState.NotHere => "not for this environment",
                _ => "",
            }
        );
        if (status.Kind != MigrationKind.Sql)
            notes.Add(status.Kind == MigrationKind.PowerShell ? "in PowerShell" : "in code");
        if (status.RecordedAs is { } other)
            notes.Add(IsApplied(status.State) ? $"applied as {other}" : $"this version was applied as {other}");
        if (status is { AdoptedFrom: { } tool, AdoptionProof: { } proof })
            notes.Add($"adopted from {tool}, proof: {proof.Word()}");
        if (status.Change == ScriptChange.Cosmetic)
            notes.Add("comments edited since");
        if (!status.HasUndo && status.State is not (MigrationState.Missing or MigrationState.NotHere))
            notes.Add(status.IsIrreversible ? "irreversible" : "no undo");
        if (status.UndoProven == false)
            notes.Add(status.UndoVerdict.Message());
        notes.RemoveAll(note => note.Length == 0);
        // The moment stands in brackets of its own; what follows is separated by commas.
        return notes.Count > 1 && notes[0][0] == '(' ? notes[0] + "  " + string.Join(", ", notes.Skip(1)) : string.Join(", ", notes);
    }

    private static Tone ToneOf(MigrationStatus status) =>
        status.State switch
        {
            MigrationState.Applied => status.Error is null && status.RecordedAs is null ? Tone.Good : Tone.Notice,
            MigrationState.Failed or MigrationState.Missing or MigrationState.Changed => Tone.Bad,
            MigrationState.OutOfOrder => Tone.Notice,
            MigrationState.NotHere => Tone.Faint,
            _ => Tone.Plain,
        };

    private static string Total(IReadOnlyList<MigrationStatus> statuses)
    {
        var applied = statuses.Count(status => IsApplied(status.State));
        var total = statuses.Count(status => status.State != MigrationState.NotHere);
        var line = $"Total: {total} | Applied: {applied} | Pending: {total - applied}";
        foreach (
            var (state, word) in (ReadOnlySpan<(MigrationState, string)>)
                [
                    (MigrationState.Failed, "Failed"),
                    (MigrationState.Changed, "Changed"),
                    (MigrationState.Missing, "Missing"),
                    (MigrationState.OutOfOrder, "Out of order"),
                    (MigrationState.NotHere, "Not for this environment"),
                ]
        )
        {
            var count = statuses.Count(status => status.State == state);
            if (count > 0)
                line += $" | {word}: {count}";
        }

        return line;
    }

    private static bool IsApplied(MigrationState state) =>
        state is MigrationState.Applied or MigrationState.Changed or MigrationState.Missing;
}
