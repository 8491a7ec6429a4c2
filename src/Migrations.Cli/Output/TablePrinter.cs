namespace Migrations.Cli.Output;

/// <summary>Prints rows in columns as wide as their widest cell; the last column is never padded.</summary>
internal static class TablePrinter
{
    /// <summary>Prints a header and rows.</summary>
    /// <returns>The widths of the columns.</returns>
    public static int[] Print(Terminal terminal, string[] header, IReadOnlyList<string[]> rows)
    {
        var widths = new int[header.Length];
        for (var column = 0; column < header.Length; column++)
            widths[column] = Math.Max(header[column].Length, rows.Count == 0 ? 0 : rows.Max(row => row[column].Length));
        using var _ = terminal.Listing();
        terminal.Out(Line(header, widths));
        terminal.Out(Line([.. widths.Select(width => new string('-', width))], widths));
        foreach (var row in rows)
            terminal.Out(Line(row, widths));
        return widths;
    }

    /// <summary>A row in columns of given widths.</summary>
    public static string Line(string[] cells, int[] widths) =>
        string.Join("  ", cells.Select((cell, column) => column == cells.Length - 1 ? cell : cell.PadRight(widths[column]))).TrimEnd();
}
