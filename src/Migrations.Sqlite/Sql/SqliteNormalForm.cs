using System.Text;
using Migrations.Sql;

namespace Migrations.Sqlite;

/// <summary>
/// Writes SQL so that texts of the same meaning are equal: one blank between tokens, key words in capitals, names in small letters and
/// without quotes where none are needed (SQLite compares names without regard to case), and one way to write each operator.
/// </summary>
internal static class SqliteNormalForm
{
    /// <summary>Writes tokens.</summary>
    /// <param name="tokens">The tokens.</param>
    /// <param name="isName">
    /// Distinguishes names from literals among texts in double quotes: what is no name there is a literal to SQLite (<see
    /// href="https://sqlite.org/quirks.html#dblquote"/>). Null where only the context shows it: then each is a name.
    /// </param>
    public static string Write(IReadOnlyList<SqliteToken> tokens, Func<string, bool>? isName = null)
    {
        var text = new StringBuilder();
        for (var i = 0; i < tokens.Count; i++)
        {
            var isQualified = i > 0 && tokens[i - 1].Is('.');
            if (i > 0 && HasSpace(tokens[i - 1], tokens[i], i > 1 && tokens[i - 2].Is('.')))
                text.Append(' ');
            // A table before its column, or a function.
            var isNameAnyway = i + 1 < tokens.Count && (tokens[i + 1].Is('.') || tokens[i + 1].Is('('));
            text.Append(Write(tokens[i], isQualified, isNameAnyway ? null : isName));
        }

        return text.ToString();
    }

    /// <summary>Writes an expression, without parentheses around all of it.</summary>
    public static string WriteExpression(List<SqliteToken> tokens, Func<string, bool>? isName)
    {
        while (tokens.Count > 2 && tokens[0].Is('(') && new SqliteTokenCursor(tokens).TakeParenthesised().Count == tokens.Count - 2)
            tokens = tokens.GetRange(1, tokens.Count - 2);
        return Write(tokens, isName);
    }

    /// <summary>
    /// Writes the list of an index or a key: single words are names, and ascending is what is meant when nothing is said.
    /// </summary>
    public static string WriteKey(List<SqliteToken> tokens, Func<string, bool>? isName) =>
        string.Join(
            ", ",
            SqliteTokenCursor
                .SplitAtCommas(tokens)
                .Select(item =>
                {
                    var rest = item.Where((t, i) => i == 0 || !t.Is("ASC")).ToList();
                    // A script that SQLite has yet to refuse may leave an item out.
                    if (rest.Count == 0)
                        return "";
                    var isBare = rest.Count == 1 || rest[1].Is("COLLATE") || rest[1].Is("DESC") || rest[1].Is("NULLS");
                    if (!isBare)
                        return WriteExpression(rest, isName);
                    var name = SqliteNames.Fold(rest[0].Name);
                    return rest.Count == 1 ? name : name + " " + Write(rest.GetRange(1, rest.Count - 1));
                })
        );

    /// <summary>A text as a literal.</summary>
    public static string Literal(string text) => "'" + text.Replace("'", "''", StringComparison.Ordinal) + "'";

    private static string Write(SqliteToken token, bool isQualified, Func<string, bool>? isName) =>
        token.Kind switch
        {
            SqlTokenKind.Word when isQualified => SqliteNames.Fold(token.Text),
            SqlTokenKind.Word when SqliteKeywords.IsReserved(token.Text) || SqliteKeywords.IsContextual(token.Text) =>
                token.Text.ToUpperInvariant(),
            SqlTokenKind.Word => SqliteNames.Fold(token.Text),
            SqlTokenKind.QuotedName when token.Text[0] == '"' && !isQualified && isName?.Invoke(token.Name) == false => Literal(token.Name),
            SqlTokenKind.QuotedName when !isQualified && SqliteKeywords.IsContextual(token.Name) => token.Name.ToUpperInvariant(),
            SqlTokenKind.QuotedName => SqliteNames.Fold(token.Name),
            SqlTokenKind.Number => token.Text.ToLowerInvariant(),
            SqlTokenKind.Literal when token.Text[0] is 'x' or 'X' => token.Text.ToUpperInvariant(),
            SqlTokenKind.Symbol => token.Text switch
            {
                "==" => "=",
                "!=" => "<>",
                var other => other,
            },
            _ => token.Text,
        };

    private static bool HasSpace(SqliteToken before, SqliteToken token, bool isQualified)
    {
        if (before.Is('(') || before.Is('.') || token.Is(')') || token.Is(',') || token.Is('.') || token.Kind == SqlTokenKind.Semicolon)
            return false;
        if (!token.Is('('))
            return true;
        // The parenthesis of a call.
        return !(
            before.Kind switch
            {
                SqlTokenKind.Word => isQualified || !(SqliteKeywords.IsReserved(before.Text) || SqliteKeywords.IsContextual(before.Text)),
                SqlTokenKind.QuotedName => isQualified || !SqliteKeywords.IsContextual(before.Name),
                _ => false,
            }
        );
    }
}
