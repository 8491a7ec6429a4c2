using Migrations.History;

namespace Migrations.Cli.Output;

/// <summary>Prints errors for people: what happened, where, what was and was not applied, and what to do next.</summary>
internal static class ErrorPrinter
{
    public static void Print(Terminal terminal, DatabaseTarget? target, Exception exception, bool verbose)
    {
        if (exception is MigrationException error)
            PrintKnown(terminal, target, error);
        else
            PrintUnexpected(terminal, target, exception);
        if (verbose && (exception is MigrationException ? exception.InnerException : exception) is { } cause)
            terminal.Error(ScriptRedaction.Hide(cause.ToString()), Tone.Faint);
    }

    private static void PrintKnown(Terminal terminal, DatabaseTarget? target, MigrationException error)
    {
        terminal.Error($"error {error.Id}: {error.Message}", Tone.Bad);
        // A message that begins with the place says it once.
        if (error.Location is { } place && !error.Message.StartsWith($"{place}: ", StringComparison.Ordinal))
            terminal.Error("  at " + place);
        if (error is StatementException statement)
            PrintStatement(terminal, statement);
        PrintFact(terminal, "Database", target?.Display);
        foreach (var (name, value) in ErrorFacts.OfRun(error))
            PrintFact(terminal, name, value);
        PrintFact(terminal, "Next", error.NextStep.ToString());
    }

    private static void PrintStatement(Terminal terminal, StatementException error)
    {
        if (error.Statement is { } text && error.Location is { } location)
        {
            terminal.Error();
            foreach (var line in StatementExcerpt.Lines(text, error.StatementOffset, location.Line))
                terminal.Error(line);
            terminal.Error();
        }

        foreach (var (name, value) in ErrorFacts.OfStatement(error))
            PrintFact(terminal, name, value);
    }

    private static void PrintUnexpected(Terminal terminal, DatabaseTarget? target, Exception exception)
    {
        terminal.Error($"error {exception.GetType().Name}: {exception.Message}", Tone.Bad);
        PrintFact(terminal, "Database", target?.Display);
        PrintFact(
            terminal,
            "Next",
            "Check the database with: migrations status. Run the command again with --verbose for the origin of the error."
        );
    }

    private static void PrintFact(Terminal terminal, string name, string? value)
    {
        if (!string.IsNullOrEmpty(value))
            terminal.Error($"  {name}: {value.TrimEnd().ReplaceLineEndings("\n    ")}");
    }
}
