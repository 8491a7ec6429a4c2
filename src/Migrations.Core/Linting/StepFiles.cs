using System.Text;
using Migrations.Sql;

namespace Migrations.Linting;

/// <summary>A script whose statements are taken in safe steps: what is left of it, and the migrations that follow it.</summary>
/// <param name="Text">The text of its file.</param>
/// <param name="Following">The migrations that follow, in their order.</param>
internal sealed record StepFiles(string Text, IReadOnlyList<StepFile> Following)
{
    private const int BatchRows = 5000;

    /// <summary>Whether a safe way can be written: all its steps say where.</summary>
    public static bool CanBeWritten(LintFinding finding) =>
        finding.Statement is not null && finding.Rewrite.Count > 0 && finding.Rewrite.All(s => s.Place != LintStepPlace.Advice);

    /// <summary>Puts the steps of findings in place of their statements.</summary>
    /// <param name="dialect">How scripts are read.</param>
    /// <param name="migration">The migration.</param>
    /// <param name="findings">The findings; of several about one statement the first counts.</param>
    /// <param name="inBatches">Whether rows are changed in batches.</param>
    /// <returns>The files; null where the statements are not in the file as they run.</returns>
    public static StepFiles? Of(ISqlDialect dialect, Migration migration, IReadOnlyList<LintFinding> findings, bool inBatches)
    {
        var text = migration.Up.ReadOriginalText();
        var statements = dialect.Split(migration.Up).ToList();
        var chosen = statements
            .Select(s => (Statement: s, Finding: findings.FirstOrDefault(f => IsOf(f, s))))
            .Where(c => c.Finding is not null)
            .ToList();
        var following = new List<StepFile>();
        foreach (var (statement, finding) in Enumerable.Reverse(chosen))
        {
            if (Place(text, migration.Up, statement) is not var (start, end))
                return null;
            var here = finding!.Rewrite.TakeWhile(s => s.Place == LintStepPlace.InPlace).ToList();
            following.InsertRange(0, finding.Rewrite.Skip(here.Count).Select(s => FileOf(migration, finding, s, inBatches)));
            text = string.Concat(text.AsSpan(0, start), string.Join('\n', here.Select(s => s.Sql)), text.AsSpan(end));
        }

        if (statements.Count > chosen.Count || chosen.Any(c => c.Finding!.Rewrite[0].Place == LintStepPlace.InPlace))
            return new StepFiles(text, following);
        // Nothing is left of it, so the first step takes its place.
        return new StepFiles(following[0].Text, following[1..]);
    }

    private static bool IsOf(LintFinding finding, ScriptStatement statement) =>
        string.Equals(finding.Statement, statement.Text, StringComparison.Ordinal)
        && finding.Line >= statement.Location.Line
        && finding.Line <= statement.Location.Line + statement.Text.AsSpan().Count('\n');

    /// <summary>Where a statement stands, with the semicolon behind it.</summary>
    private static (int Start, int End)? Place(string text, MigrationScript script, ScriptStatement statement)
    {
        var start = 0;
        for (var line = script.FirstLine; line < statement.Location.Line && start >= 0; line++)
            start = text.IndexOf('\n', start) + 1;
        start += (statement.Location.Column ?? 1) - 1;
        var end = start + statement.Text.Length;
        if (end > text.Length || !text.AsSpan(start, statement.Text.Length).SequenceEqual(statement.Text))
            return null;
        var behind = end;
        while (behind < text.Length && char.IsWhiteSpace(text[behind]))
            behind++;
        return (start, behind < text.Length && text[behind] is ';' ? behind + 1 : end);
    }

    private static StepFile FileOf(Migration migration, LintFinding finding, LintStep step, bool inBatches)
    {
        var text = new StringBuilder($"-- Description: {migration}: {step.When.ToLowerInvariant()}\n");
        if (step.Place == LintStepPlace.Batches && inBatches)
            text.Append("-- Batch: ").Append(BatchRows).Append(" rows\n");
        if (step.Place == LintStepPlace.Contract)
            text.Append("-- Breaking: yes\n-- allow: ").Append(finding.Rule).Append(" no program uses it when this runs\n");
        var what = step.Place switch
        {
            LintStepPlace.Batches => "backfill",
            LintStepPlace.Contract => "contract",
            _ => "step",
        };
        return new StepFile(what, text.Append('\n').Append(step.Sql).Append('\n').ToString());
    }
}
