using Migrations.Linting;
using Migrations.Logging;

namespace Migrations.Cli.Output;

/// <summary>Lists for people what rules find in migrations.</summary>
internal static class LintListing
{
    private const int StatementLines = 6;

    /// <summary>Prints it, for a build service's summary too.</summary>
    public static void Print(Terminal terminal, DatabaseTarget? target, IReadOnlyList<LintFinding> findings)
    {
        foreach (var finding in findings)
        {
            Print(terminal, finding);
            terminal.Commands(
                LogCommands.Issue(terminal.Format, finding.IsError, LintText.Line(finding), finding.Location),
                toError: false
            );
        }

        var where = target is null ? "" : $" for {target.Display}";
        terminal.Out(
            findings.Count == 0
                ? $"Nothing found{where}."
                : $"{PlainText.Count(findings.Count, "finding")} in "
                    + $"{PlainText.Count(findings.Select(f => f.File).Distinct(StringComparer.Ordinal).Count(), "file")}{where}.",
            findings.Count == 0 ? Tone.Good : Tone.Notice
        );
    }

    private static void Print(Terminal terminal, LintFinding finding)
    {
        var place = new ScriptLocation(Relative(finding.File), finding.Line, finding.Column);
        terminal.Out($"{place}: {finding.Rule}", finding.IsError ? Tone.Bad : Tone.Notice);
        terminal.Out("  " + finding.Message);
        if (finding.Statement is { } statement)
        {
            var lines = statement.Split('\n');
            foreach (var line in lines.Take(StatementLines))
                terminal.Out("    | " + line.TrimEnd());
            if (lines.Length > StatementLines)
                terminal.Out("    | ...");
        }

        terminal.Out("  Why:  " + finding.Why);
        terminal.Out("  Safe: " + finding.Advice);
        foreach (var step in finding.Rewrite)
        {
            terminal.Out($"    -- {step.When}:", Tone.Faint);
            terminal.Out("    " + step.Sql.ReplaceLineEndings("\n    "));
        }

        foreach (var file in finding.Written)
            terminal.Out("  Proven: " + Relative(file), Tone.Good);
        if (finding.NotWritten is { } reason)
            terminal.Out($"  Not written: {reason}.", Tone.Notice);
        terminal.Out("  See:  " + finding.Link, Tone.Faint);
        terminal.Out();
    }

    private static string Relative(string file)
    {
        var relative = Path.GetRelativePath(Directory.GetCurrentDirectory(), file);
        return relative.StartsWith("..", StringComparison.Ordinal) ? file : relative;
    }
}
