namespace Migrations.Generating;

/// <summary>Writes a derived undo as a script.</summary>
internal static class UndoText
{
    /// <summary>The script as it is rehearsed.</summary>
    public static MigrationScript Script(UndoFinding finding) =>
        MigrationScript.OfText($"{finding.Migration.FullName} (undo)", GeneratedText.Write([], finding.Down.Statements));

    /// <summary>The script as it is written.</summary>
    public static string Write(UndoFinding finding, UndoVerdict verdict) =>
        GeneratedText.Write(Notes(finding, verdict), finding.Down.Statements);

    private static IEnumerable<string> Notes(UndoFinding finding, UndoVerdict verdict)
    {
        yield return $"Undo: {finding.Migration.Header.Description ?? finding.Migration.FullName}";
        var found = verdict == UndoVerdict.ValuesDiffer ? "the schema comes back" : verdict.Message();
        yield return $"Derived from {Path.GetFileName(finding.Migration.Up.File)} and tried on a copy: {found}.";
        foreach (var loss in finding.Down.Losses)
            yield return $"Loses {loss}.";
        foreach (var gone in finding.Up.Losses)
            yield return $"Does not bring back {gone}: only the definition.";
        foreach (var text in finding.Down.Locks)
            yield return text;
        foreach (var condition in finding.Down.Conditions)
            yield return $"Needs this, or it fails: {condition}";
    }
}
