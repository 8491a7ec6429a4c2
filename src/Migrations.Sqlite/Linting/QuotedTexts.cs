using Migrations.Sql;

namespace Migrations.Sqlite;

/// <summary>
/// Finds texts in double quotes, which SQLite takes for texts only where no name fits, and only where it is allowed to
/// (<see href="https://sqlite.org/quirks.html#dblquote"/>).
/// </summary>
internal static class QuotedTexts
{
    /// <summary>Finds them in a definition: a default, or a CHECK, of a table.</summary>
    public static IEnumerable<LintHazard> InDefinition(KnownSchema schema, ScriptStatement statement, StatementHead head)
    {
        if (head is not { What: "TABLE", Name: { } name, IsFromQuery: false } || !statement.Text.Contains('"', StringComparison.Ordinal))
            yield break;
        var table = schema.TryFind(name)?.Text;
        var tokens = SqliteTokenCursor.Read(statement.Text);
        var (depth, check) = (0, -1);
        for (var i = 0; i < tokens.Count; i++)
        {
            if (tokens[i].Is('('))
                check = ++depth > 1 && check < 0 && i > 0 && tokens[i - 1].Is("CHECK") ? depth : check;
            else if (tokens[i].Is(')'))
                check = depth-- == check ? -1 : check;
            var isText = tokens[i].Text.StartsWith('"') && tokens[i].Kind == SqlTokenKind.QuotedName;
            if (!isText || !((i > 0 && tokens[i - 1].Is("DEFAULT")) || (check > 0 && table?.HasColumn(tokens[i].Name) == false)))
                continue;
            yield return new LintHazard(
                "double-quoted-text",
                statement,
                $"{tokens[i].Text} stands in double quotes, as a name, and is meant as a text."
            )
            {
                At = statement.Text.IndexOf(tokens[i].Text, StringComparison.Ordinal),
                Rewrite = SqliteRewrites.InPlace(SqliteNormalForm.Literal(tokens[i].Name)),
            };
        }
    }
}
