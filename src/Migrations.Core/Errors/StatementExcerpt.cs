using System.Globalization;
using System.Text;

namespace Migrations;

/// <summary>Shows the part of a failed statement around its error, with line numbers and a caret.</summary>
public static class StatementExcerpt
{
    private const int LinesBefore = 3;
    private const int LinesAfter = 2;
    private const int LinesWithoutPlace = 8;
    private const int MaximumWidth = 110;
    private const int TabWidth = 4;

    /// <summary>The lines to show.</summary>
    /// <param name="statement">The statement, or the part of it around the error.</param>
    /// <param name="offset">Where in it the error is; null when that is not known.</param>
    /// <param name="line">The file's line: of the error when its place is known, else of the statement's beginning.</param>
    public static IEnumerable<string> Lines(string statement, int? offset, int line)
    {
        var lines = statement.TrimEnd().Split('\n');
        var (errorLine, errorColumn) = offset is { } place ? Find(statement, place) : (-1, 0);
        // An error "at the end" may lie in the white space that is not shown: its place is then behind the last character that is.
        if (errorLine >= lines.Length)
            (errorLine, errorColumn) = (lines.Length - 1, int.MaxValue);
        var firstNumber = errorLine < 0 ? line : line - errorLine;
        var from = Math.Max(0, errorLine - LinesBefore);
        var to = Math.Min(lines.Length - 1, errorLine < 0 ? LinesWithoutPlace - 1 : errorLine + LinesAfter);
        var width = Math.Max(4, (firstNumber + to).ToString(CultureInfo.InvariantCulture).Length);
        for (var i = from; i <= to; i++)
        {
            var number = (firstNumber + i).ToString(CultureInfo.InvariantCulture).PadLeft(width);
            var (text, caret) = Fit(lines[i].TrimEnd('\r'), i == errorLine ? errorColumn : 0);
            yield return $"  {number} | {text}".TrimEnd();
            if (i == errorLine)
                yield return $"  {new string(' ', width)} | {new string(' ', caret)}^";
        }

        if (to < lines.Length - 1)
            yield return $"  {new string(' ', width)} | ...";
    }

    private static (int Line, int Column) Find(string statement, int offset)
    {
        var before = statement.AsSpan(0, Math.Clamp(offset, 0, statement.Length));
        return (before.Count('\n'), before.Length - before.LastIndexOf('\n') - 1);
    }

    // Tabs are widened so that the caret stands below its character, and a long line is cut to a window around it.
    private static (string Text, int Caret) Fit(string line, int column)
    {
        var text = new StringBuilder(line.Length);
        var caret = 0;
        for (var i = 0; i < line.Length; i++)
        {
            if (i == column)
                caret = text.Length;
            if (line[i] == '\t')
                text.Append(' ', TabWidth - (text.Length % TabWidth));
            else
                text.Append(line[i]);
        }

        if (column >= line.Length)
            caret = text.Length;
        if (text.Length <= MaximumWidth)
            return (text.ToString(), caret);
        var start = Math.Clamp(caret - (MaximumWidth / 2), 0, text.Length - MaximumWidth);
        var window = text.ToString(start, MaximumWidth);
        var (head, tail) = (start > 0 ? "…" : "", start + MaximumWidth < text.Length ? "…" : "");
        return (head + window + tail, caret - start + head.Length);
    }
}
