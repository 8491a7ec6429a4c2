using Migrations.Sql;

namespace Migrations.Sqlite;

/// <summary>Reads the clauses behind a column or constraint of a CREATE TABLE.</summary>
/// <param name="tokens">The text, which is read on.</param>
internal sealed class SqliteClauseReader(SqliteTokenCursor tokens)
{
    /// <summary>The normal form of a check at the commit.</summary>
    public const string Deferred = " DEFERRABLE INITIALLY DEFERRED";

    /// <summary>
    /// What a foreign key does when its parent changes, and when it is checked. What SQLite ignores, and what is the default, is left out.
    /// </summary>
    public string ReadActions()
    {
        var (onDelete, onUpdate, deferral) = ("", "", "");
        while (true)
        {
            if (tokens.Current.Is("ON") && !tokens.Ahead(1).Is("CONFLICT"))
            {
                _ = tokens.Take();
                var what = tokens.Take();
                var action = ReadAction();
                if (what.Is("DELETE"))
                    onDelete = action.Length == 0 ? "" : " ON DELETE " + action;
                else if (what.Is("UPDATE"))
                    onUpdate = action.Length == 0 ? "" : " ON UPDATE " + action;
            }
            else if (tokens.Skip("MATCH"))
                _ = tokens.Take();
            else if (ReadDeferral() is { } text)
                deferral = text;
            else
                return onDelete + onUpdate + deferral;
        }
    }

    private string ReadAction()
    {
        var action = tokens.Take().Text.ToUpperInvariant();
        if (action is "SET" or "NO")
            action += " " + tokens.Take().Text.ToUpperInvariant();
        return action is "NO ACTION" ? "" : action;
    }

    /// <summary>When a foreign key is checked; null when the next words do not say it, empty when at once.</summary>
    public string? ReadDeferral()
    {
        var isNot = tokens.Current.Is("NOT") && tokens.Ahead(1).Is("DEFERRABLE");
        if (isNot)
            _ = tokens.Take();
        if (!tokens.Skip("DEFERRABLE"))
            return null;
        var isDeferred = tokens.Skip("INITIALLY") && tokens.Take().Is("DEFERRED");
        return isDeferred && !isNot ? Deferred : "";
    }

    /// <summary>What happens to a row that breaks a rule; empty for the default.</summary>
    public string ReadConflict()
    {
        if (!tokens.Current.Is("ON") || !tokens.Ahead(1).Is("CONFLICT"))
            return "";
        _ = tokens.Take();
        _ = tokens.Take();
        var action = tokens.Take().Text.ToUpperInvariant();
        return action is "ABORT" ? "" : " ON CONFLICT " + action;
    }

    /// <summary>A column's default.</summary>
    public string ReadDefault()
    {
        if (tokens.Current.Is('('))
            return Default(SqliteNormalForm.WriteExpression(tokens.TakeParenthesised(), static _ => false));
        if (tokens.Current.Is('+') || tokens.Current.Is('-'))
            return (tokens.Take().Is('-') ? "-" : "") + SqliteNormalForm.Write([tokens.Take()]);
        var value = tokens.Take();
        // A name is a literal here, but for the words of a truth value and the time.
        return value.Kind == SqlTokenKind.QuotedName || (value.Kind == SqlTokenKind.Word && !IsValue(value.Text))
                ? SqliteNormalForm.Literal(value.Name)
            : value.Kind == SqlTokenKind.Word ? value.Text.ToUpperInvariant()
            : SqliteNormalForm.Write([value]);
    }

    private static bool IsValue(string word) =>
        word.ToUpperInvariant() is "NULL" or "TRUE" or "FALSE" or "CURRENT_DATE" or "CURRENT_TIME" or "CURRENT_TIMESTAMP";

    // A single value means the same with and without parentheses; anything else needs them.
    private static string Default(string expression)
    {
        var tokens = SqliteTokenCursor.Read(expression);
        return tokens switch
        {
            [{ Kind: SqlTokenKind.Literal or SqlTokenKind.Number }] => expression,
            [var sign, { Kind: SqlTokenKind.Number }] when sign.Is('-') => "-" + tokens[1].Text,
            [{ Kind: SqlTokenKind.Word } word] when IsValue(word.Text) => word.Text.ToUpperInvariant(),
            _ => $"({expression})",
        };
    }
}
