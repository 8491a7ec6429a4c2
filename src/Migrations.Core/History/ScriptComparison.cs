using Migrations.Sql;

namespace Migrations.History;

/// <summary>
/// Decides whether two texts of a script differ in substance, by their tokens: comments, white space, the case of words and a last
/// semicolon do not count.
/// </summary>
public static class ScriptComparison
{
    private static readonly string[] Directives =
    [
        "transaction:",
        "foreign-keys:",
        "row-loss:",
        "timeout:",
        "lock-timeout:",
        "environment:",
        "depends-on:",
        "+goose",
        "migrate:",
        "+migrate",
        "no-transaction",
    ];

    /// <summary>Compares the applied text with the one in the folder.</summary>
    public static ScriptChange Compare(ISqlDialect dialect, string applied, string current)
    {
        if (string.Equals(applied, current, StringComparison.Ordinal))
            return ScriptChange.None;
        using var left = Substance(dialect, applied).GetEnumerator();
        using var right = Substance(dialect, current).GetEnumerator();
        while (true)
        {
            var more = left.MoveNext();
            if (more != right.MoveNext())
                return ScriptChange.Statement;
            if (!more)
                return ScriptChange.Cosmetic;
            if (!Same(left.Current, right.Current))
                return ScriptChange.Statement;
        }
    }

    /// <summary>A text that is the same for two statements that do not differ in substance.</summary>
    internal static string KeyOf(ISqlDialect dialect, string statement) =>
        string.Join(
            ' ',
            Substance(dialect, statement)
                .Select(t => t.Kind is SqlTokenKind.Word or SqlTokenKind.Comment ? t.Text.ToUpperInvariant() : t.Text)
        );

    private static bool Same((SqlTokenKind Kind, string Text) left, (SqlTokenKind Kind, string Text) right) =>
        left.Kind == right.Kind
        && string.Equals(
            left.Text,
            right.Text,
            left.Kind is SqlTokenKind.Word or SqlTokenKind.Comment ? StringComparison.OrdinalIgnoreCase : StringComparison.Ordinal
        );

    private static IEnumerable<(SqlTokenKind Kind, string Text)> Substance(ISqlDialect dialect, string text)
    {
        var semicolon = false;
        foreach (var token in dialect.Tokenize(text))
        {
            switch (token.Kind)
            {
                case SqlTokenKind.WhiteSpace:
                    continue;
                case SqlTokenKind.Comment:
                    foreach (var directive in DirectivesIn(token.In(text).ToString()))
                        yield return (SqlTokenKind.Comment, directive);
                    continue;
                case SqlTokenKind.Semicolon:
                    // Emitted only before the next token: a last semicolon, and a doubled one, change nothing.
                    semicolon = true;
                    continue;
            }

            if (semicolon)
                yield return (SqlTokenKind.Semicolon, ";");
            semicolon = false;
            yield return (token.Kind, Normal(token.In(text).ToString()));
        }
    }

    private static string Normal(string text) => text.Contains('\r', StringComparison.Ordinal) ? text.ReplaceLineEndings("\n") : text;

    private static IEnumerable<string> DirectivesIn(string comment)
    {
        foreach (var line in comment.Split('\n'))
        {
            var words = line.Trim().TrimStart('-', '/', '*', ' ').TrimEnd('/', '*', ' ', '\r');
            if (Directives.Any(d => words.StartsWith(d, StringComparison.OrdinalIgnoreCase)))
                yield return string.Join(' ', words.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries));
        }
    }
}
