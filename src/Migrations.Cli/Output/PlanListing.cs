using Migrations.History;
using Migrations.Planning;
using Migrations.Sql;

namespace Migrations.Cli.Output;

/// <summary>Prints what a run would do, with the SQL of each step.</summary>
internal static class PlanListing
{
    public static void Print(
        Terminal terminal,
        DatabaseTarget target,
        MigrationPlan plan,
        ISqlDialect dialect,
        IReadOnlyList<StepLoss> losses
    )
    {
        foreach (var skip in plan.Skipped)
            terminal.Out($"Would skip {skip.Migration.FullName}: it {skip.Reason}.", Tone.Notice);
        foreach (var step in plan.Steps)
        {
            terminal.Out($"-- {step.Migration.FullName} ({step.Script.File})", Tone.Notice);
            foreach (var statement in dialect.Split(step.Script))
                terminal.Out(ScriptRedaction.Show(dialect, statement.Text) + ";");
            terminal.Out();
        }

        foreach (var sentence in losses.SelectMany(l => l.Sentences()))
            terminal.Out("! " + sentence, Tone.Bad);
        foreach (var line in losses.SelectMany(l => l.ObjectLines()))
            terminal.Out("! " + line, Tone.Notice);
        foreach (var unknown in losses.SelectMany(l => l.Unforeseen()))
            terminal.Out("? " + unknown, Tone.Notice);
        var count = plan.Steps.Count == 0 ? "nothing" : PlainText.Count(plan.Steps.Count, "migration");
        terminal.Out(
            plan.Direction == MigrationDirection.Up
                ? $"What if: {count} would be applied to {target.Display}. Nothing was changed."
                : $"What if: {count} would be rolled back in {target.Display}. Nothing was changed."
        );
    }
}
