using Migrations.History;
using Migrations.Sql;
using Npgsql;

namespace Migrations.PostgreSql;

/// <summary>Keeps secrets of statements out of messages.</summary>
internal static class Secrets
{
    private static readonly PostgreSqlDialect Dialect = new();

    /// <summary>A statement without its secrets; places in it stay as they are.</summary>
    public static string Mask(string text) => ScriptRedaction.Cover(Dialect, text);

    /// <summary>The same for the server's context of an error, which repeats a statement of a body in double quotes.</summary>
    public static string MaskContext(string text) => ScriptRedaction.Cover(text, ScriptRedaction.Find(Dialect, text.Replace('"', ' ')));

    /// <summary>The server's words without the secrets of the statement that they are about.</summary>
    public static string Hide(string words, string? statement) => ScriptRedaction.Hide(Dialect, statement, words);

    /// <summary>The server's error without the secrets of the statement, which it may repeat; the same one without any.</summary>
    public static PostgresException Without(PostgresException e, string? statement)
    {
        var masked = new PostgresException(
            Hide(e.MessageText, statement),
            e.Severity,
            e.InvariantSeverity,
            e.SqlState,
            Hidden(e.Detail),
            Hidden(e.Hint),
            e.Position,
            e.InternalPosition,
            e.InternalQuery is null ? null : Hide(Mask(e.InternalQuery), statement),
            e.Where is null ? null : Hide(MaskContext(e.Where), statement),
            Hidden(e.SchemaName),
            Hidden(e.TableName),
            Hidden(e.ColumnName),
            Hidden(e.DataTypeName),
            Hidden(e.ConstraintName),
            e.File,
            e.Line,
            e.Routine
        );
        return Words(masked).SequenceEqual(Words(e), StringComparer.Ordinal) ? e : masked;

        string? Hidden(string? words) => words is null ? null : Hide(words, statement);
    }

    /// <summary>All of an error that may repeat what a statement says; its data (<c>Exception.Data</c>) has the same.</summary>
    private static IEnumerable<string?> Words(PostgresException e) =>
        [
            e.MessageText,
            e.Detail,
            e.Hint,
            e.InternalQuery,
            e.Where,
            e.SchemaName,
            e.TableName,
            e.ColumnName,
            e.DataTypeName,
            e.ConstraintName,
        ];

    /// <summary>The first words of another session's statement, without its literals.</summary>
    public static string FirstWords(string text, int most = 60)
    {
        var words = new System.Text.StringBuilder();
        foreach (var token in new PostgreSqlDialect().Tokenize(text))
        {
            if (words.Length >= most)
                return words.Append("...").ToString();
            words.Append(
                token.Kind switch
                {
                    SqlTokenKind.Literal => "'...'",
                    SqlTokenKind.WhiteSpace or SqlTokenKind.Comment => " ",
                    _ => token.In(text),
                }
            );
        }

        return words.ToString().Trim();
    }
}
