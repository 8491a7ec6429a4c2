using Migrations.Databases;
using Migrations.History;
using Npgsql;

namespace Migrations.PostgreSql;

/// <summary>Keeps secrets of statements out of messages.</summary>
internal static class Secrets
{
    /// <summary>Replaces the inside of literals behind the word PASSWORD by asterisks; lengths stay as they are.</summary>
    public static string Mask(string text) => Mask(text, text);

    /// <summary>The same for the server's context of an error, which repeats a statement of a body in double quotes.</summary>
    public static string MaskContext(string text) => Mask(text, text.Replace('"', ' '));

    /// <summary>The server's error without the secrets in the statements that it repeats; the same one where there are none.</summary>
    public static PostgresException Without(PostgresException e)
    {
        var (where, query) = (e.Where is null ? null : MaskContext(e.Where), e.InternalQuery is null ? null : Mask(e.InternalQuery));
        return string.Equals(where, e.Where, StringComparison.Ordinal) && string.Equals(query, e.InternalQuery, StringComparison.Ordinal)
            ? e
            : new PostgresException(
                e.MessageText, e.Severity, e.InvariantSeverity, e.SqlState, e.Detail, e.Hint, e.Position, e.InternalPosition, query, where,
                e.SchemaName, e.TableName, e.ColumnName, e.DataTypeName, e.ConstraintName, e.File, e.Line, e.Routine);
    }

    private static string Mask(string text, string statement)
    {
        var secrets = ScriptRedaction.Find(new PostgreSqlDialect(), statement);
        if (secrets.Count == 0)
            return text;
        var masked = text.ToCharArray();
        foreach (var (start, length, isNested) in secrets)
        {
            if (isNested)
                masked.AsSpan(start, length).Fill('*');
            else if (length > 2)
                masked.AsSpan(start + 1, length - 2).Fill('*');
        }

        return new string(masked);
    }

    /// <summary>The first words of another session's statement, without its literals.</summary>
    public static string FirstWords(string text, int most = 60)
    {
        var words = new System.Text.StringBuilder();
        foreach (var token in new PostgreSqlDialect().Tokenize(text))
        {
            if (words.Length >= most)
                return words.Append("...").ToString();
            words.Append(token.Kind switch
            {
                SqlTokenKind.Literal => "'...'",
                SqlTokenKind.WhiteSpace or SqlTokenKind.Comment => " ",
                _ => token.In(text),
            });
        }

        return words.ToString().Trim();
    }
}
