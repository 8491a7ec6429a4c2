using Migrations.Planning;
using Migrations.Sql;

namespace Migrations.Cli.Output;

/// <summary>Reports scripts that are no migrations to people.</summary>
internal sealed class TextScriptReport(Terminal terminal, Detail detail) : IScriptReport
{
    public void Plan(DatabaseTarget target, string? service, DatabaseScriptPlan plan, ISqlDialect dialect)
    {
        PlanListing.Statements(terminal, plan.Name, plan.Script, dialect);
        PlanListing.Losses(terminal, plan.Losses);
        terminal.Out($"What if: {PlainText.Clean(plan.Name)} would be run on {target.Display}. Nothing was changed.");
    }

    // On a screen it is text for people.
    public bool TakesText => !Console.IsOutputRedirected;

    public void Exported(ExportedScript script, string? text)
    {
        if (text is not null)
            terminal.Out(text.TrimEnd('\n'));
        if (script.File is null || detail == Detail.Quiet)
            return;
        var what = script.Migrations.Count == 0 ? "nothing" : PlainText.Count(script.Migrations.Count, "migration");
        var verb = script.Direction == MigrationDirection.Up ? "applies" : "rolls back";
        terminal.Out($"Wrote {PlainText.Clean(script.File)}, which {verb} {what} with {script.Client.Word()}.");
        if (script.Secrets.Count > 0)
            terminal.Out($"psql must be given {string.Join(", ", script.Secrets)}: in the environment, or with \\set.");
    }

    public void Initialized(InitializationResult result)
    {
        if (detail == Detail.Quiet && result.Outcome != InitializationOutcome.WhatIf)
            return;
        if (result.Outcome == InitializationOutcome.AlreadyInitialized)
        {
            terminal.Out($"Already initialized, nothing to do: {result.Database}.");
            return;
        }

        var isWhatIf = result.Outcome == InitializationOutcome.WhatIf;
        foreach (var line in Lines(result))
            terminal.Out(isWhatIf ? "Would " + line.Would : line.Did);
        terminal.Out(
            isWhatIf
                ? $"What if: {result.Database} would be initialized. Nothing was changed."
                : $"Initialized {result.Database} in {PlainText.Of(result.Duration)}."
        );
    }

    private static IEnumerable<(string Did, string Would)> Lines(InitializationResult result)
    {
        if (result.Created)
            yield return ($"Created the database {result.Database}.", $"create the database {result.Database}.");
        if (result.Script is { } script)
            yield return ($"Ran {PlainText.Clean(script)}.", $"run {PlainText.Clean(script)}.");
        if (result.Applied.Count > 0)
        {
            var applied = $"{PlainText.Count(result.Applied.Count, "migration")}: {PlainText.Clean(string.Join(", ", result.Applied))}.";
            yield return ("Applied " + applied, "apply " + applied);
        }

        if (result.Seed is { } seed)
            yield return ($"Ran {PlainText.Clean(seed)}.", $"run {PlainText.Clean(seed)}.");
        if (result.Stamp is { } stamp)
            yield return ($"Stamped it as '{PlainText.Clean(stamp)}'.", $"stamp it as '{PlainText.Clean(stamp)}'.");
    }

    public IRowReport Rows(bool csv) => csv ? new CsvRows(terminal) : new TableRows(terminal, detail);
}
