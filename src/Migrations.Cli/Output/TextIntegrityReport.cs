using System.Globalization;
using Migrations.Diagrams;
using Migrations.Generating;
using Migrations.Integrity;
using Migrations.Linting;
using Migrations.Reporting;
using Migrations.Schema;

namespace Migrations.Cli.Output;

/// <summary>Prints schemas, checks and rehearsals for people.</summary>
internal sealed class TextIntegrityReport(Terminal terminal) : IIntegrityReport
{
    // What every query or change of rows takes, and no one has to wait for.
    private static readonly HashSet<string> Ordinary = new(["ACCESS SHARE", "ROW SHARE", "ROW EXCLUSIVE"], StringComparer.Ordinal);

    public void Checks(DatabaseTarget target, IReadOnlyList<CheckResult> results)
    {
        terminal.Progress(null);
        foreach (var category in results.GroupBy(r => r.Category))
        {
            terminal.Out(category.Key.Word());
            foreach (var result in category)
                Check(result);
        }

        terminal.Out();
        terminal.Out($"{target.Display}: {Counts(results)}", results.Any(r => r.Status == CheckStatus.Fail) ? Tone.Bad : Tone.Good);
    }

    public void Rehearsal(DatabaseTarget target, RehearsalReport report)
    {
        terminal.Progress(null);
        foreach (var result in report.Results)
            Rehearsed(result);
        foreach (var check in report.Checks)
            Check(check);
        var good = report.Results.Count(r => r.IsGood);
        var notRun = report.Results.Count(r => r.NotRun is not null);
        terminal.Out(
            report.Results.Count == 0
                ? $"Nothing to rehearse: {target.Display} has nothing pending. With --all the applied migrations are rehearsed too."
                : $"Rehearsed {PlainText.Count(report.Results.Count, "migration")} of {target.Display} on a copy: {good} good, "
                    + $"{report.Results.Count - good - notRun} not{(notRun == 0 ? "" : $", {notRun} not run")}."
        );
    }

    public void Schema(DatabaseTarget target, SchemaSnapshot snapshot, bool asSql)
    {
        if (asSql)
        {
            terminal.Out(SchemaScript.Write(snapshot).TrimEnd('\n'));
            return;
        }

        TablePrinter.Print(
            terminal,
            ["Type", "Name", "Definition"],
            [
                .. snapshot.Objects.Select(o =>
                    new[] { SchemaWords.Of(o.Type), o.Name, PlainText.Shorten(o.Definition.ReplaceLineEndings(" "), 100) }
                ),
            ]
        );
        terminal.Out();
        terminal.Out($"{target.Display}: {PlainText.Count(snapshot.Objects.Count, "object")}, fingerprint {snapshot.Fingerprint}");
    }

    public void Diagram(DatabaseTarget target, SchemaSnapshot snapshot, DiagramFormat format) =>
        terminal.Out(SchemaDiagram.Of(snapshot).Write(format).TrimEnd('\n'));

    public void Findings(DatabaseTarget? target, IReadOnlyList<LintFinding> findings) => LintListing.Print(terminal, target, findings);

    public void Generated(IReadOnlyList<GeneratedMigration> results) => GenerationListing.Print(terminal, results, Difference);

    public void Exported(ExportedReport report)
    {
        terminal.Progress(null);
        var good = report.Databases - report.Unread - report.Unhealthy;
        terminal.Out(
            $"Wrote {PlainText.Clean(report.File)} ({PlainText.OfBytes(report.Size)}) about "
                + $"{PlainText.Count(report.Databases, "database")}: {good} as they should be, "
                + $"{report.Unhealthy} not{(report.Unread == 0 ? "" : $", {report.Unread} could not be read")}.",
            report.Unread + report.Unhealthy == 0 ? Tone.Good : Tone.Notice
        );
    }

    public void Differences(string left, string right, IReadOnlyList<SchemaDifference> differences)
    {
        terminal.Progress(null);
        foreach (var difference in differences)
            Difference(difference, "");
        terminal.Out(
            differences.Count == 0
                ? $"No difference between {left} and {right}."
                : $"{PlainText.Count(differences.Count, "difference")} between {left} and {right}."
        );
    }

    private void Check(CheckResult result)
    {
        var (mark, tone) = result.Status switch
        {
            CheckStatus.Pass => ("pass   ", Tone.Good),
            CheckStatus.Warn => ("warn   ", Tone.Notice),
            CheckStatus.Fail => ("FAIL   ", Tone.Bad),
            _ => ("not run", Tone.Notice),
        };
        terminal.Out($"  {mark}  {result.Name}: {result.Message}", tone);
        if (result is { Status: not CheckStatus.Pass, Recommendation: { } recommendation })
            terminal.Out("           " + recommendation.ReplaceLineEndings("\n           "));
    }

    private void Rehearsed(RehearsalResult result)
    {
        var (mark, tone) =
            result.NotRun is not null ? ("[ ]", Tone.Notice)
            : result.IsGood ? ("[x]", Tone.Good)
            : ("[!]", Tone.Bad);
        terminal.Out($"{mark} {result.Name} ({Facts(result)})", tone);
        foreach (var change in result.RowsChanged)
            terminal.Out(
                string.Create(
                    CultureInfo.InvariantCulture,
                    $"      {change.Table}: {change.Inserted:N0} inserted, {change.Updated:N0} updated, {change.Deleted:N0} deleted"
                )
            );
        foreach (var held in result.Locks.Where(l => !Ordinary.Contains(l.Mode)))
            terminal.Out($"      line {held.Line} locks {held.Table}: {held.Mode}, {PlainText.Of(held.Held)}");
        foreach (var table in result.Rewrites)
            terminal.Out($"      rewrites {table}", Tone.Notice);
        foreach (var lost in result.ObjectsLost)
            terminal.Out("      " + LostObjectText.Line(lost), Tone.Notice);
        foreach (var lost in result.RowsLost)
            terminal.Out($"      its undo loses {PlainText.Count(lost.Rows ?? 0, "row")} of {lost.Table}", Tone.Notice);
        foreach (var difference in result.ValueDifferences)
            terminal.Out("      " + difference, Tone.Bad);
        foreach (var difference in result.Differences)
            Difference(difference, "      ");
        if (result.NotRun is { } reason)
            terminal.Out("      " + reason, Tone.Notice);
        else if (result.Failure is { } failure)
            terminal.Out("      " + failure.MessageWithPlace, Tone.Bad);
    }

    private static string Facts(RehearsalResult result)
    {
        var undo = result.UndoProven == false ? "UNDO NOT PROVEN" : result.UndoMessage;
        return result is { Applies: false, NotRun: not null } ? "not run"
            : result.Applies
                ? $"{PlainText.Of(result.Duration)}, {PlainText.Count(result.Statements, "statement")}, "
                    + $"{PlainText.Count(result.ObjectsChanged.Count, "object")} changed, {undo}"
            : "CANNOT BE APPLIED";
    }

    private void Difference(SchemaDifference difference, string indent)
    {
        var sign = difference.Kind switch
        {
            DifferenceKind.Added => "+",
            DifferenceKind.Removed => "-",
            _ => "~",
        };
        terminal.Out($"{indent}{sign} {SchemaWords.Of(difference.ObjectType)} {difference.Name}", Tone.Bad);
        if (difference.Left is { } left)
            terminal.Out($"{indent}    expected: {left.ReplaceLineEndings($"\n{indent}              ")}");
        if (difference.Right is { } right)
            terminal.Out($"{indent}    found:    {right.ReplaceLineEndings($"\n{indent}              ")}");
        if (difference.Fix is { } fix)
            terminal.Out($"{indent}    fix:      {fix.ReplaceLineEndings($"\n{indent}              ")}");
    }

    private static string Counts(IReadOnlyList<CheckResult> results)
    {
        int Of(CheckStatus status) => results.Count(r => r.Status == status);
        return string.Create(
            CultureInfo.InvariantCulture,
            $"{Of(CheckStatus.Pass)} passed, {Of(CheckStatus.Warn)} warned, {Of(CheckStatus.Fail)} failed, {Of(CheckStatus.NotRun)} not run"
        );
    }
}
