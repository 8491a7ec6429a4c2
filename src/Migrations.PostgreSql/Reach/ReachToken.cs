using System.Runtime.InteropServices;
using Migrations.Sql;

namespace Migrations.PostgreSql;

/// <summary>A token of a statement, body or literal that is searched for what reaches beyond its database.</summary>
/// <param name="Kind">What it is.</param>
/// <param name="Word">
/// A word in upper case; a quoted name without its quotes, and in upper case when it is one that needs none; all else as written.
/// </param>
/// <param name="Text">As written.</param>
/// <param name="Line">Its line, from 0.</param>
[StructLayout(LayoutKind.Auto)]
internal readonly record struct ReachToken(SqlTokenKind Kind, string Word, string Text, int Line)
{
    /// <summary>Whether it can be a name.</summary>
    public bool IsName => Kind is SqlTokenKind.Word or SqlTokenKind.QuotedName;

    /// <summary>
    /// Reads all tokens but white space and comments; and, of an INSERT, which may be as large as a table, only names and what calls a
    /// function.
    /// </summary>
    /// <param name="text">The text.</param>
    /// <param name="line">The number of its first line.</param>
    public static List<ReachToken> Read(string text, int line)
    {
        var tokens = new List<ReachToken>();
        var at = 0;
        while (at < text.Length)
        {
            var token = PostgreSqlLexer.Scan(text.AsSpan(at), final: true, ScanMode.Sql);
            var span = text.AsSpan(at, token.Length);
            if (token.Kind is not (SqlTokenKind.WhiteSpace or SqlTokenKind.Comment) && !IsValue(tokens, token.Kind, span))
            {
                var written = span.ToString();
                tokens.Add(new ReachToken(token.Kind, WordOf(token.Kind, written), written, line));
            }

            line += span.Count('\n');
            at += token.Length;
        }

        return tokens;
    }

    private static bool IsValue(List<ReachToken> tokens, SqlTokenKind kind, ReadOnlySpan<char> text) =>
        tokens.Count > 0
        && tokens[0].Word is "INSERT"
        && kind switch
        {
            SqlTokenKind.Literal or SqlTokenKind.Number => true,
            SqlTokenKind.Symbol => !(text is "." || (text is "(" && tokens[^1].IsName)),
            _ => false,
        };

    /// <summary>What <see cref="Word"/> is of a token.</summary>
    // "pg_read_file" is the function that pg_read_file is; "Pg_Read_File" is another.
    public static string WordOf(SqlTokenKind kind, string written) =>
        kind switch
        {
            SqlTokenKind.Word => written.ToUpperInvariant(),
            SqlTokenKind.QuotedName => Folded(SqlNames.Plain(SqlLiterals.WithoutEscapes(written))),
            _ => written,
        };

    /// <summary>A name in upper case when it is one that needs no quotes.</summary>
    public static string Folded(string name) =>
        string.Equals(name, name.ToLowerInvariant(), StringComparison.Ordinal) ? name.ToUpperInvariant() : name;
}
