using Migrations.Databases;

namespace Migrations.Cli.Output;

/// <summary>Prints rows to people, one table for each result set. Columns are as wide as in the first rows.</summary>
internal sealed class TableRows(Terminal terminal, Detail detail) : IRowReport
{
    private const int RowsToMeasure = 500;
    private const int WidestValue = 200;

    private readonly List<string[]> _held = [];
    private IReadOnlyList<RowColumn> _columns = [];
    private int[] _widths = [];
    private long _count;
    private bool _isOpen;

    public void Restart() => Reset();

    public void Begin(IReadOnlyList<RowColumn> columns)
    {
        End();
        Reset();
        (_columns, _isOpen) = (columns, true);
    }

    public void Add(IReadOnlyList<object?> values)
    {
        _count++;
        var cells = values.Select((value, i) => Cell(value, _columns[i].Type)).ToArray();
        if (_widths.Length > 0)
        {
            terminal.Out(TablePrinter.Line(cells, _widths));
            return;
        }

        _held.Add(cells);
        if (_held.Count == RowsToMeasure)
            PrintHeld();
    }

    public void Complete(DatabaseScriptResult result)
    {
        Dispose();
        if (detail == Detail.Quiet)
            return;
        var rows = result.RowsAffected is { } affected and > 0 ? $", {PlainText.Count(affected, "row")} changed" : "";
        terminal.Out(
            $"Ran {PlainText.Clean(result.Name)} on {result.Database} in {PlainText.Of(result.Duration)}: "
                + $"{PlainText.Count(result.Statements, "statement")}{rows}."
        );
    }

    public void Dispose()
    {
        End();
        Reset();
    }

    private void End()
    {
        if (!_isOpen)
            return;
        if (_widths.Length == 0)
            PrintHeld();
        terminal.Out($"({PlainText.Count(_count, "row")})");
        terminal.Out();
    }

    private void Reset()
    {
        _held.Clear();
        (_widths, _count, _isOpen) = ([], 0, false);
    }

    private void PrintHeld()
    {
        using var listing = terminal.Listing();
        _widths = TablePrinter.Print(terminal, [.. _columns.Select(c => PlainText.Clean(c.Name))], _held);
        _held.Clear();
    }

    private static string Cell(object? value, string? type) =>
        RowText.Of(value, type) is { } text ? PlainText.Shorten(PlainText.Clean(text.ReplaceLineEndings(" ")), WidestValue) : "NULL";
}
