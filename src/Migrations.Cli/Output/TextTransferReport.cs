using System.Globalization;
using Migrations.Schema;
using Migrations.Transfer;

namespace Migrations.Cli.Output;

/// <summary>Prints copies and comparisons of rows for people.</summary>
internal sealed class TextTransferReport(Terminal terminal, Detail detail) : ITransferReport
{
    private const int WidestColumn = 40;

    public void Forecast(DatabaseTarget source, DatabaseTarget target, CopyForecast forecast)
    {
        terminal.Progress(null);
        foreach (var table in forecast.Tables.Where(IsTable))
        {
            terminal.Out(
                $"{table.Table}{(table.TargetTable is null ? "" : $" -> {table.TargetTable}, {PlainText.Count(table.Rows, "row")}")}"
            );
            TablePrinter.Print(
                terminal,
                ["  Column", "Declared", "Type", "Values", "Why"],
                [
                    .. table.Columns.Select(c =>
                        new[] { "  " + c.Column, PlainText.Shorten(c.Declared, WidestColumn), c.Type, c.Values, Why(c) }
                    ),
                ]
            );
            terminal.Out();
        }

        foreach (var statement in forecast.Statements)
            terminal.Out(statement + ";");
        terminal.Out();
        NotCopied(forecast.Tables);
        foreach (var obstacle in forecast.Obstacles)
            terminal.Out("In the way: " + obstacle, Tone.Bad);
        foreach (var table in forecast.Replaced)
            terminal.Out($"Would be replaced, with its rows: {table}", Tone.Notice);
        var count = forecast.Tables.Count(IsTable);
        terminal.Out(
            forecast.Obstacles.Count == 0
                ? $"What if: {PlainText.Count(count, "table")} of {source.Display} would be copied into {target.Display}."
                : $"What if: nothing would be copied into {target.Display}, because of the above."
        );
    }

    public void Copied(DatabaseTarget source, DatabaseTarget target, IReadOnlyList<TableCopy> results, string? rejectFile)
    {
        terminal.Progress(null);
        var copied = results.Where(r => r.Outcome == CopyOutcome.Copied && IsTable(r)).ToList();
        if (detail > Detail.Quiet)
        {
            TablePrinter.Print(
                terminal,
                ["Table", "Rows", "Size", "Time", "MB/s", "Proof"],
                [
                    .. copied.Select(r =>
                        new[]
                        {
                            r.Table,
                            r.Rows.ToString(CultureInfo.InvariantCulture),
                            PlainText.OfBytes(r.Bytes),
                            PlainText.Of(r.Duration),
                            r.MegabytesPerSecond?.ToString("0.0", CultureInfo.InvariantCulture) ?? "",
                            "equal, " + r.TargetDigest,
                        }
                    ),
                ]
            );
            terminal.Out();
        }

        NotCopied(results);
        if (copied.Sum(r => r.Rejected) is var rejected and > 0)
            terminal.Out($"{PlainText.Count(rejected, "row")} left out, and written into {rejectFile}.", Tone.Bad);
        var refused = results.Sum(r => r.LeftOut.Count(l => l.IsRefused));
        if (refused > 0)
            terminal.Out($"{PlainText.Count(refused, "object")} refused by {target.Display}: the copy is not complete.", Tone.Bad);
        if (detail > Detail.Quiet)
            terminal.Out(
                $"Copied {PlainText.Count(copied.Count, "table")} with {PlainText.Count(copied.Sum(r => r.Rows), "row")} of "
                    + $"{source.Display} into {target.Display}: the rows of every table are proven equal.",
                refused == 0 ? Tone.Good : Tone.Notice
            );
    }

    public void Compared(DatabaseTarget left, DatabaseTarget right, IReadOnlyList<TableComparison> results)
    {
        terminal.Progress(null);
        foreach (var result in results.Where(r => detail > Detail.Quiet || !r.Equal))
        {
            terminal.Out($"{(result.Equal ? "=" : "~")} {result.Table} ({Rows(result, left, right)})", result.Equal ? Tone.Good : Tone.Bad);
            foreach (var column in result.LeftColumns)
                terminal.Out($"    - column {column}");
            foreach (var column in result.RightColumns)
                terminal.Out($"    + column {column}");
            foreach (var row in result.Differences)
                terminal.Out($"    {Sign(row)} {row.Key}{(row.Columns.Count == 0 ? "" : ": " + string.Join(", ", row.Columns))}");
            if (result.HasMore)
                terminal.Out("    and more");
        }

        var wrong = results.Count(r => !r.Equal);
        terminal.Out(
            wrong == 0
                ? $"{PlainText.Count(results.Count, "table")} of {left.Display} and {right.Display}: every row is equal."
                : $"{PlainText.Count(wrong, "table")} of {results.Count.ToString(CultureInfo.InvariantCulture)} "
                    + $"{(wrong == 1 ? "differs" : "differ")} between {left.Display} and {right.Display}."
        );
    }

    private static bool IsTable(TableCopy item) => item.Kind is "table" && item.TargetTable is not null;

    private static string Sign(RowDifference row) =>
        row.Kind switch
        {
            DifferenceKind.Added => "+",
            DifferenceKind.Removed => "-",
            _ => "~",
        };

    private static string Rows(TableComparison result, DatabaseTarget left, DatabaseTarget right) =>
        (result.LeftRows, result.RightRows) switch
        {
            ({ } rows, null) => $"{PlainText.Count(rows, "row")}, only in {left.Display}",
            (null, { } rows) => $"{PlainText.Count(rows, "row")}, only in {right.Display}",
            ({ } one, { } other) when one != other => string.Create(CultureInfo.InvariantCulture, $"{one} and {other} rows"),
            var (one, _) => PlainText.Count(one ?? 0, "row"),
        };

    private static string Why(ColumnCopy column) =>
        column.Converted == 0 ? column.Reason : $"{column.Reason} ({PlainText.Count(column.Converted, "value")} written in another form)";

    private void NotCopied(IReadOnlyList<TableCopy> tables)
    {
        foreach (var item in tables.SelectMany(t => t.LeftOut))
        {
            var place = item.Table is null || string.Equals(item.Table, item.Name, StringComparison.Ordinal) ? "" : $" of {item.Table}";
            terminal.Out(
                $"{(item.IsRefused ? "Refused" : "Not copied")}: {item.Kind} {item.Name}{place}. {item.Reason}",
                item.IsRefused ? Tone.Bad : Tone.Notice
            );
            if (item.Text is { } text)
                terminal.Out("    " + text.ReplaceLineEndings("\n    "), Tone.Faint);
            if (item.Advice is { } advice)
                terminal.Out("  In its place:\n    " + advice.ReplaceLineEndings("\n    "));
        }
    }
}
