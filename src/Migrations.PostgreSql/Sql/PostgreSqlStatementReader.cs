namespace Migrations.PostgreSql;

/// <summary>Reads a script piece by piece, keeping no more of it than the statement it is in.</summary>
internal static class PostgreSqlStatementReader
{
    private const int LargestPart = 64 * 1024;

    /// <summary>Reads all pieces of a script.</summary>
    /// <param name="script">The script.</param>
    /// <param name="longestText">How many characters of a piece are wanted.</param>
    /// <exception cref="IOException">The file cannot be read.</exception>
    public static IEnumerable<SqlPiece> Read(MigrationScript script, int longestText = int.MaxValue)
    {
        using var text = script.OpenText();
        foreach (var piece in Read(text, script.FirstLine, longestText: longestText))
            yield return piece;
    }

    /// <summary>Reads all pieces of a text.</summary>
    /// <param name="source">The text.</param>
    /// <param name="firstLine">The number of its first line.</param>
    /// <param name="partSize">How many characters are read at once; null lets the reader choose.</param>
    /// <param name="longestText">How many characters of a piece are wanted.</param>
    public static IEnumerable<SqlPiece> Read(TextReader source, int firstLine = 1, int? partSize = null, int longestText = int.MaxValue)
    {
        using var splitter = new PostgreSqlSplitter(firstLine, longestText);
        // Small scripts need no large buffer.
        var part = partSize ?? 2048;
        var statementLine = firstLine;
        while (true)
        {
            while (splitter.Take() is { } piece)
            {
                statementLine = piece.Kind == SqlPieceKind.Statement ? piece.Line : statementLine;
                yield return piece;
            }

            if (splitter.IsComplete)
                break;
            splitter.Feed(source, part, exactly: partSize is not null);
            part = partSize ?? Math.Min(part * 2, LargestPart);
        }

        if (splitter.EndedInData)
            yield return new SqlPiece(SqlPieceKind.Gap, "", statementLine, 1)
            {
                UnterminatedLine = statementLine,
                Unterminated = "COPY with its data, which end with a line \\.,",
            };
    }
}
