using Migrations.History;
using Migrations.Planning;
using Migrations.Sql;

namespace Migrations.Cli.Output;

/// <summary>Prints what a run would do, with the SQL of each step.</summary>
internal static class PlanListing
{
    public static void Print(Terminal terminal, string database, MigrationPlan plan, ISqlDialect dialect, IReadOnlyList<StepLoss> losses)
    {
        foreach (var skip in plan.Skipped)
            terminal.Out($"Would skip {skip.Migration.FullName}: it {skip.Reason}.", Tone.Notice);
        foreach (var hook in plan.Hooks)
            terminal.Out($"Would run {hook.Name} {hook.Point.When()} ({hook.Script.File}).");
        if (plan.HooksSkipped.Count > 0)
            terminal.Out(Skipped(plan.HooksSkipped), Tone.Notice);
        foreach (var step in plan.Steps)
            Statements(terminal, step.Migration.FullName, step.Script, dialect);

        Losses(terminal, losses);
        var count = plan.Steps.Count == 0 ? "nothing" : PlainText.Count(plan.Steps.Count, "migration");
        terminal.Out(
            plan.Direction == MigrationDirection.Up
                ? $"What if: {count} would be applied to {database}. Nothing was changed."
                : $"What if: {count} would be rolled back in {database}. Nothing was changed."
        );
    }

    /// <summary>Which hooks are left out.</summary>
    public static string Skipped(IReadOnlyList<string> hooks) => $"Hooks left out (--no-hooks): {string.Join(", ", hooks)}.";

    /// <summary>Prints the SQL of a script.</summary>
    public static void Statements(Terminal terminal, string name, MigrationScript script, ISqlDialect dialect)
    {
        var batches = script.Header.Batch is { } batch ? $", {batch}" : "";
        terminal.Out($"-- {name} ({script.File}){batches}", Tone.Notice);
        foreach (var statement in dialect.Split(script))
            terminal.Out(ScriptRedaction.Show(dialect, statement.Text) + ";");
        terminal.Out();
    }

    /// <summary>Prints what would be lost.</summary>
    public static void Losses(Terminal terminal, IReadOnlyList<StepLoss> losses)
    {
        foreach (var sentence in losses.SelectMany(l => l.Sentences()))
            terminal.Out("! " + sentence, Tone.Bad);
        foreach (var line in losses.SelectMany(l => l.ObjectLines()))
            terminal.Out("! " + line, Tone.Notice);
        foreach (var unknown in losses.SelectMany(l => l.Unforeseen()))
            terminal.Out("? " + unknown, Tone.Notice);
    }
}
