namespace Migrations.PostgreSql;

/// <summary>Reads a script piece by piece, keeping no more of it than the statement it is in.</summary>
internal static class PostgreSqlStatementReader
{
    /// <summary>Reads all pieces of a script.</summary>
    /// <exception cref="IOException">The file cannot be read.</exception>
    public static IEnumerable<SqlPiece> Read(MigrationScript script)
    {
        using var text = script.OpenText();
        foreach (var piece in Read(text, script.FirstLine))
            yield return piece;
    }

    /// <summary>Reads all pieces of a text.</summary>
    /// <param name="source">The text.</param>
    /// <param name="firstLine">The number of its first line.</param>
    /// <param name="partSize">How many characters are read at once; null lets the reader choose.</param>
    public static IEnumerable<SqlPiece> Read(TextReader source, int firstLine = 1, int? partSize = null)
    {
        var splitter = new PostgreSqlSplitter(firstLine);
        var part = new char[partSize ?? 4096];
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
            if (part.Length < splitter.Appetite && partSize is null)
                part = new char[splitter.Appetite];
            var read = source.ReadBlock(part);
            splitter.Feed(part.AsSpan(0, read));
            if (read == 0)
                splitter.Complete();
        }

        if (splitter.EndedInData)
            yield return new SqlPiece(SqlPieceKind.Gap, "", statementLine, 1) { UnterminatedLine = statementLine, Unterminated = "COPY with its data, which end with a line \\.," };
    }
}
