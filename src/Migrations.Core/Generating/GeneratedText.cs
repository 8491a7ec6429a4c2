using System.Text;

namespace Migrations.Generating;

/// <summary>Writes statements as a script that a person reads: with a header that says what to know, and a blank line between.</summary>
internal static class GeneratedText
{
    private const int Widest = 100;

    /// <summary>Writes a script.</summary>
    /// <param name="notes">The lines of the header, without dashes.</param>
    /// <param name="statements">The statements, without closing semicolons.</param>
    public static string Write(IEnumerable<string> notes, IReadOnlyList<string> statements)
    {
        var text = new StringBuilder();
        foreach (var line in notes.SelectMany(Wrapped))
            text.Append("-- ").Append(line).Append('\n');
        if (text.Length > 0)
            text.Append('\n');
        return text.Append(Statements(statements)).ToString();
    }

    // Statements that each fit on a line stand close together; the others have air around them.
    private static string Statements(IReadOnlyList<string> statements)
    {
        var text = new StringBuilder();
        for (var i = 0; i < statements.Count; i++)
        {
            var statement = statements[i].TrimEnd().TrimEnd(';').Replace("\r\n", "\n", StringComparison.Ordinal);
            if (i > 0 && (IsLong(statement) || IsLong(statements[i - 1])))
                text.Append('\n');
            // A comment at the end would take the semicolon with it.
            text.Append(statement).Append(EndsInComment(statement) ? "\n;\n" : ";\n");
        }

        return text.ToString();
    }

    private static bool IsLong(string statement) => statement.Contains('\n', StringComparison.Ordinal);

    private static bool EndsInComment(string statement) =>
        statement[(statement.LastIndexOf('\n') + 1)..].Contains("--", StringComparison.Ordinal);

    private static IEnumerable<string> Wrapped(string note)
    {
        var line = new StringBuilder();
        foreach (var word in note.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries))
        {
            if (line.Length > 0 && line.Length + word.Length >= Widest)
            {
                yield return line.ToString();
                line.Clear().Append(' ');
            }

            if (line.Length > 0)
                line.Append(' ');
            line.Append(word);
        }

        if (line.Length > 0)
            yield return line.ToString();
    }
}
