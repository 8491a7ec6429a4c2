using System.Text;
using Migrations.Databases;

namespace Migrations.History;

/// <summary>Takes secrets out of a script's text before it is stored.</summary>
public static class ScriptRedaction
{
    /// <summary>What stands in place of a secret.</summary>
    public const string Mask = "'***'";

    private const string Word = "password";

    /// <summary>Replaces every literal that follows the word PASSWORD (with nothing, <c>=</c> or <c>NULL</c> aside), inside bodies and literals too.</summary>
    public static string Redact(ISqlDialect dialect, string text)
    {
        var result = new StringBuilder(text.Length);
        var at = 0;
        foreach (var (start, length, isNested) in Find(dialect, text))
        {
            // A nested literal's quotes are doubled, or more: what is between them goes.
            result.Append(text, at, start - at).Append(isNested ? "***" : Mask);
            at = start + length;
        }

        return at == 0 ? text : result.Append(text, at, text.Length - at).ToString();
    }

    /// <summary>
    /// Finds the secrets of a statement or script: each literal that follows the word PASSWORD; and in a body or literal (of a <c>DO</c> block, for <c>EXECUTE</c>)
    /// what stands between the quotes of such a literal.
    /// </summary>
    public static IReadOnlyList<(int Start, int Length, bool IsNested)> Find(ISqlDialect dialect, string text)
    {
        var found = new List<(int, int, bool)>();
        if (HoldsWord(text))
            Find(dialect, text, 0, closing: 0, found);
        return found;
    }

    private static void Find(ISqlDialect dialect, string text, int offset, int closing, List<(int Start, int Length, bool IsNested)> found)
    {
        var afterPassword = false;
        foreach (var token in dialect.Tokenize(text))
        {
            var span = token.In(text);
            if (token.Kind is SqlTokenKind.WhiteSpace or SqlTokenKind.Comment || span is "=")
                continue;
            if (token.Kind == SqlTokenKind.Literal && afterPassword)
                Take(offset + token.Start, token.Length, closing, offset > 0, found);
            else if (token.Kind == SqlTokenKind.Literal && HoldsWord(span))
                FindInside(dialect, span.ToString(), offset + token.Start, closing, found);
            afterPassword = token.Kind == SqlTokenKind.Word && span.Equals(Word, StringComparison.OrdinalIgnoreCase);
        }
    }

    private static void Take(int start, int length, int closing, bool isNested, List<(int Start, int Length, bool IsNested)> found)
    {
        if (!isNested)
            found.Add((start, length, false));
        else if (length - 2 - closing > 0)
            found.Add((start + 1, length - 2 - closing, true));
    }

    private static void FindInside(ISqlDialect dialect, string literal, int offset, int closing, List<(int Start, int Length, bool IsNested)> found)
    {
        var open = literal[0] == '$' ? literal.IndexOf('$', 1) : literal.IndexOf('\'', StringComparison.Ordinal);
        var end = literal[0] == '$' ? literal.LastIndexOf('$', literal.Length - 2) : literal.Length - 1;
        if (open < 0 || end <= open)
            return;
        var inside = literal[(open + 1)..end];
        // A doubled quote is one to the inner statement; the blank keeps the places, and stands before the closing one inside the literal.
        if (literal[0] != '$')
            Find(dialect, inside.Replace("''", " '", StringComparison.Ordinal), offset + open + 1, closing + 1, found);
        else
            Find(dialect, inside, offset + open + 1, closing, found);
    }

    private static bool HoldsWord(ReadOnlySpan<char> text) => text.Contains(Word, StringComparison.OrdinalIgnoreCase);
}
