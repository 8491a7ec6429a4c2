namespace Migrations;

/// <summary>A script's text with the values of its variables in it, and the way back to the places in its file.</summary>
/// <param name="Text">The text.</param>
/// <param name="Values">The values in it, in order. None has a line end, so lines are those of the file.</param>
internal sealed record FilledText(string Text, IReadOnlyList<FilledValue> Values)
{
    /// <summary>The column in the file of a column in the text; within a value, where its reference begins.</summary>
    public int ColumnInFile(int line, int column)
    {
        var moved = 0;
        foreach (var value in Values)
        {
            if (value.Line != line || value.Column > column)
                continue;
            if (column < value.Column + value.Length)
                return value.Column + moved;
            moved += value.ReferenceLength - value.Length;
        }

        return column + moved;
    }
}

/// <summary>A value in a script.</summary>
/// <param name="Line">The line it is on.</param>
/// <param name="Column">The column at which it begins, in the filled text.</param>
/// <param name="Length">Its length, in characters.</param>
/// <param name="ReferenceLength">The length of what the file has in its place.</param>
internal sealed record FilledValue(int Line, int Column, int Length, int ReferenceLength);
