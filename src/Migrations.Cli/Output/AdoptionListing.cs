using Migrations.Adoption;

namespace Migrations.Cli.Output;

/// <summary>Prints what of another tool's history was, or would be, taken over.</summary>
internal static class AdoptionListing
{
    public static void Print(Terminal terminal, AdoptionResult result)
    {
        terminal.Progress(null);
        terminal.Out($"{result.Title}, table {result.Table}, in {result.Database}");
        var width = result.Migrations.Count == 0 ? 0 : result.Migrations.Max(m => m.Name.Length);
        foreach (var migration in result.Migrations)
            terminal.Out($"  {migration.Name.PadRight(width)}  {Notes(migration)}", ToneOf(migration));
        List("Stays pending: ", result.Pending);
        List("Recorded there, without a file: ", result.UnmatchedEntries);
        List("Not recorded there: ", result.UnmatchedFiles);
        foreach (var obstacle in result.Obstacles)
            terminal.Out("  ! " + obstacle, Tone.Bad);
        terminal.Out(Total(result), result.Obstacles.Count == 0 ? Tone.Good : Tone.Bad);

        void List(string title, IReadOnlyList<string> names)
        {
            if (names.Count > 0)
                terminal.Out(title + string.Join(", ", names).ReplaceLineEndings(" "));
        }
    }

    public static void Print(Terminal terminal, AdoptionUndoResult result)
    {
        foreach (var statement in result.Statements)
            terminal.Out(statement + ";");
        terminal.Out(
            result.IsWritten
                ? $"The history of {result.Title} ({result.Table}) counts again in {result.Database}."
                : $"What if: the history of {result.Title} ({result.Table}) would count again in {result.Database}"
                    + (result.Statements.Count == 0 ? "." : ", with the statements above (--write-back).")
        );
    }

    private static string Notes(AdoptedMigration migration)
    {
        var notes = new List<string> { "proof: " + migration.Proof.Word() };
        if (migration.IsInferred)
            notes.Add("inferred from " + migration.RecordedAs);
        else if (!string.Equals(migration.RecordedAs, migration.Name, StringComparison.Ordinal))
            notes.Add("recorded as " + migration.RecordedAs);
        if (migration.AppliedAt is { } moment)
            notes.Add($"applied: {PlainText.Of(moment)}");
        if (migration.Content == ContentMatch.Different)
            notes.Add("edited since");
        else if (migration.Content == ContentMatch.Cosmetic)
            notes.Add("only white space edited since");
        return string.Join(", ", notes);
    }

    private static Tone ToneOf(AdoptedMigration migration) =>
        migration.Content == ContentMatch.Different ? Tone.Bad
        : migration.Proof == AdoptionProof.NameOnly ? Tone.Notice
        : Tone.Good;

    private static string Total(AdoptionResult result)
    {
        // Names without a file are what is taken over from programs.
        var names = result.UnmatchedEntries.Count;
        var count =
            names > 0 && result.Migrations.Count == 0
                ? PlainText.Count(names, "name")
                : PlainText.Count(result.Migrations.Count, "migration");
        var schema = result.Verdict switch
        {
            AdoptionVerdict.Proven when result.SqlPath is { } sql => $"the SQL in {sql} makes the schema of this database",
            AdoptionVerdict.Different when result.SqlPath is { } sql => $"the SQL in {sql} makes another schema",
            AdoptionVerdict.Proven => "replayed on a scratch database they make the schema of this one",
            AdoptionVerdict.Different => "replayed on a scratch database they make another schema",
            _ => $"the schema was not compared: {result.NotRun}",
        };
        return (result.IsWritten, result.Obstacles.Count) switch
        {
            (true, _) => $"Took over {count} from {result.Title}; {schema}.",
            (_, 0) => $"What if: {count} would be taken over from {result.Title}; {schema}.",
            _ => $"What if: nothing would be taken over from {result.Title}; {schema}.",
        };
    }
}
