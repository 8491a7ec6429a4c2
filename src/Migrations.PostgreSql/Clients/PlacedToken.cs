using System.Runtime.InteropServices;
using Migrations.Sql;

namespace Migrations.PostgreSql;

/// <summary>A token of a statement, with its place there.</summary>
/// <param name="Kind">What it is.</param>
/// <param name="Word">The word, as <see cref="ReachToken.Word"/>.</param>
/// <param name="Start">Its first character.</param>
/// <param name="End">Behind its last character.</param>
[StructLayout(LayoutKind.Auto)]
internal readonly record struct PlacedToken(SqlTokenKind Kind, string Word, int Start, int End)
{
    /// <summary>Reads all tokens but white space and comments.</summary>
    public static List<PlacedToken> Read(string text)
    {
        var tokens = new List<PlacedToken>();
        for (var at = 0; at < text.Length; )
        {
            var token = PostgreSqlLexer.Scan(text.AsSpan(at), final: true, ScanMode.Sql);
            if (token.Kind is not (SqlTokenKind.WhiteSpace or SqlTokenKind.Comment))
                tokens.Add(
                    new PlacedToken(token.Kind, ReachToken.WordOf(token.Kind, text.Substring(at, token.Length)), at, at + token.Length)
                );
            at += token.Length;
        }

        return tokens;
    }

    /// <summary>The name that stands at a place, with its schema; null where none does. The place is then behind it.</summary>
    public static string? NameAt(List<PlacedToken> tokens, ref int at)
    {
        string? name = null;
        for (; at < tokens.Count && tokens[at].Kind is SqlTokenKind.Word or SqlTokenKind.QuotedName; at++)
        {
            name = name is null ? tokens[at].Word : $"{name}.{tokens[at].Word}";
            if (at + 1 >= tokens.Count || tokens[++at].Word is not ".")
                break;
        }

        return at < tokens.Count ? name : null;
    }
}
