using System.Text;
using Migrations.Sql;

namespace Migrations.Sqlite;

/// <summary>
/// Writes SQL so that the <c>sqlite3</c> shell reads what was meant (<see href="https://sqlite.org/cli.html"/>). It reads line by line: a
/// line that holds only <c>/</c> or <c>go</c> ends a statement for it, and of a line end CR LF it drops the CR, in literals too.
/// </summary>
internal static class ShellText
{
    private const string LineEnd = "\r\n";

    private static readonly string[] Queries = ["INSERT", "REPLACE", "UPDATE", "DELETE", "SELECT", "WITH", "VALUES"];

    /// <summary>A literal of our own.</summary>
    public static string Literal(string text)
    {
        var quoted = "'" + text.Replace("\0", "", StringComparison.Ordinal).Replace("'", "''", StringComparison.Ordinal) + "'";
        return quoted.Contains(LineEnd, StringComparison.Ordinal) ? WithLineEnds(quoted) : quoted;
    }

    /// <summary>Whether a statement would not come through: a line end in a name, or in a text that SQLite keeps.</summary>
    public static bool LosesLineEnd(string statement) =>
        statement.Contains(LineEnd, StringComparison.Ordinal)
        && SqliteDialect
            .Instance.Tokenize(statement)
            .Any(t =>
                t.Kind is SqlTokenKind.Literal or SqlTokenKind.QuotedName
                && t.In(statement).Contains(LineEnd, StringComparison.Ordinal)
                && !(t.Kind == SqlTokenKind.Literal && t.In(statement)[0] == '\'' && IsQuery(statement))
            );

    /// <summary>A statement of a script.</summary>
    public static string Of(string statement)
    {
        var text = new StringBuilder(statement.Length);
        foreach (var token in SqliteDialect.Instance.Tokenize(statement))
        {
            var part = token.In(statement).ToString();
            if (token.Kind is SqlTokenKind.Literal && part.Contains(LineEnd, StringComparison.Ordinal))
            {
                text.Append(WithLineEnds(part));
                continue;
            }

            if (token.Kind is not (SqlTokenKind.WhiteSpace or SqlTokenKind.Comment) && StandsAlone(statement, token))
                text.Append("/**/ ");
            text.Append(part);
        }

        return text.ToString();
    }

    private static bool IsQuery(string statement) =>
        SqliteDialect
            .Instance.Tokenize(statement)
            .FirstOrDefault(t => t.Kind is not (SqlTokenKind.WhiteSpace or SqlTokenKind.Comment))
            .In(statement)
            .ToString()
            .ToUpperInvariant()
            is var word
        && Queries.Contains(word, StringComparer.Ordinal);

    private static string WithLineEnds(string quoted)
    {
        var mark = "{CR}";
        for (var i = 1; quoted.Contains(mark, StringComparison.Ordinal); i++)
            mark = $"{{CR{i}}}";
        return $"replace({quoted.Replace(LineEnd, mark + "\n", StringComparison.Ordinal)}, '{mark}', char(13))";
    }

    /// <summary>Whether a token is the whole of a line that the shell would take for the end of the statement.</summary>
    private static bool StandsAlone(string statement, SqlToken token)
    {
        if (token.In(statement) is not ("/" or ['g' or 'G', 'o' or 'O']))
            return false;
        var start = statement.LastIndexOf('\n', token.Start) + 1;
        var end = statement.IndexOf('\n', token.Start);
        var rest = statement.AsSpan((token.Start + token.Length)..(end < 0 ? statement.Length : end)).Trim();
        return statement.AsSpan(start..token.Start).IsWhiteSpace() && (rest.IsEmpty || rest.StartsWith("--") || rest.StartsWith("/*"));
    }
}
