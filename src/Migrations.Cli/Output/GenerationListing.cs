using Migrations.Generating;
using Migrations.Schema;

namespace Migrations.Cli.Output;

/// <summary>Prints migrations and undo scripts that were written for the user, or not.</summary>
internal static class GenerationListing
{
    /// <summary>Prints them.</summary>
    /// <param name="terminal">Where.</param>
    /// <param name="results">What was written, or not.</param>
    /// <param name="difference">Prints a difference with an indent.</param>
    public static void Print(Terminal terminal, IReadOnlyList<GeneratedMigration> results, Action<SchemaDifference, string> difference)
    {
        terminal.Progress(null);
        if (results.Count == 0)
            terminal.Out("No migration lacks an undo.");
        foreach (var result in results)
        {
            Print(terminal, result);
            if (result.Outcome != GenerationOutcome.Refused)
                continue;
            foreach (var item in result.Differences)
                difference(item, "      ");
        }
    }

    private static void Print(Terminal terminal, GeneratedMigration result)
    {
        if (result is { Outcome: GenerationOutcome.Unchanged, IsSquash: true })
            terminal.Out($"Nothing to fold: {result.Name} is the first migration.");
        else if (result.Outcome == GenerationOutcome.Unchanged)
            terminal.Out("Nothing to write: the migrations already make that schema.");
        else if (result.Outcome == GenerationOutcome.Refused)
            terminal.Out($"[!] {result.Name}: not written", Tone.Bad);
        else
            terminal.Out(
                result.IsSquash
                    ? $"[x] {result.Name} (the same schema and the same rows as {result.Replaces.Count} migrations)"
                    : $"[x] {result.Name} ({result.UndoMessage})",
                Tone.Good
            );
        foreach (var reason in result.Reasons)
            terminal.Out("      " + reason.ReplaceLineEndings("\n      "), Tone.Bad);
        foreach (var loss in result.UpLosses)
            terminal.Out($"      applying it loses {loss}", Tone.Notice);
        foreach (var loss in result.DownLosses)
            terminal.Out($"      rolling it back loses {loss}", Tone.Notice);
        if (result.Unfilled.Count > 0 && result.IsGood)
            terminal.Out($"      schema only, because no rows were in: {string.Join(", ", result.Unfilled)}", Tone.Notice);
        foreach (var file in result.Files)
            terminal.Out((result.Outcome == GenerationOutcome.Written ? "      created " : "      would create ") + file);
        foreach (var file in result.Archived)
            terminal.Out((result.Outcome == GenerationOutcome.Written ? "      moved to " : "      would move to ") + file);
        if (result is { Outcome: GenerationOutcome.WhatIf })
            foreach (var script in (string?[])[result.Up, result.Down])
                if (script is not null)
                    terminal.Out("\n" + script.TrimEnd());
    }
}
