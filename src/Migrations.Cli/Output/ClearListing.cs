namespace Migrations.Cli.Output;

/// <summary>Prints what clearing a database did, or would do.</summary>
internal static class ClearListing
{
    public static void Print(Terminal terminal, ClearResult result)
    {
        var isWhatIf = result.Outcome == MigrationOutcome.WhatIf;
        foreach (var table in result.Tables.Where(t => isWhatIf && !t.IsHistory))
            terminal.Out($"  {table.Name} ({(table.Rows is { } rows ? PlainText.Count(rows, "row") : "rows not counted")})");
        var tables = result.Tables.Count(t => !t.IsHistory);
        var parts = new List<string>();
        if (result.Tables.Count > 0)
            parts.Add($"{PlainText.Count(tables, "table")} with {PlainText.Count(result.Rows, "row")} removed");
        if (result.Applied.Count > 0)
            parts.Add(PlainText.Count(result.Applied.Count, "migration") + " applied");
        if (result.Seed is { } seed)
            parts.Add($"{seed} run");
        var database = result.Service is { } service ? $"{result.Database} (service {service})" : result.Database;
        var what = parts.Count == 0 ? "nothing to do" : string.Join(", ", parts);
        terminal.Out(
            isWhatIf
                ? $"What if: {database} would be cleared: {what}. Nothing was changed."
                : $"Cleared {database} in {PlainText.Of(result.Duration)}: {what}."
        );
    }
}
