using Migrations.Sql;
using Migrations.Tables;

namespace Migrations.PostgreSql;

/// <summary>A token of an expression that means something.</summary>
/// <param name="Kind">What it is.</param>
/// <param name="Text">Its text; of operators all characters.</param>
internal sealed record ExpressionToken(SqlTokenKind Kind, string Text)
{
    /// <summary>Whether it is this word, without quotes, or this mark.</summary>
    public bool Is(string text) =>
        Kind is SqlTokenKind.Word or SqlTokenKind.Symbol && string.Equals(Text, text, StringComparison.OrdinalIgnoreCase);

    /// <summary>A name without quotes.</summary>
    public string Name =>
        Kind == SqlTokenKind.QuotedName ? Text[1..^1].Replace("\"\"", "\"", StringComparison.Ordinal) : Text.ToLowerInvariant();
}

/// <summary>A place among the tokens of an expression as the server writes it.</summary>
/// <param name="text">The expression.</param>
internal sealed class ExpressionTokens(string text)
{
    private const string OperatorCharacters = "+-*/<>=~!@#%^&|?:";
    private static readonly ExpressionToken End = new(SqlTokenKind.WhiteSpace, "");

    private readonly List<ExpressionToken> _tokens = Read(text);
    private int _at;

    /// <summary>The token here; an empty one at the end.</summary>
    public ExpressionToken Current => Ahead(0);

    /// <summary>Whether all tokens are passed.</summary>
    public bool IsAtEnd => _at >= _tokens.Count;

    /// <summary>The place here, to return to.</summary>
    public int Mark() => _at;

    /// <summary>Goes back, or on, to a place.</summary>
    public void ReturnTo(int mark) => _at = mark;

    /// <summary>A later token.</summary>
    public ExpressionToken Ahead(int count) => _at + count < _tokens.Count ? _tokens[_at + count] : End;

    /// <summary>The token here, passing it.</summary>
    public ExpressionToken Take()
    {
        var token = Current;
        _at++;
        return token;
    }

    /// <summary>Passes these words or marks, if all of them are here.</summary>
    public bool Skip(params string[] texts)
    {
        for (var i = 0; i < texts.Length; i++)
        {
            if (!Ahead(i).Is(texts[i]))
                return false;
        }

        _at += texts.Length;
        return true;
    }

    /// <summary>Passes a word or a mark that must be here.</summary>
    /// <exception cref="UntranslatableException">It is not.</exception>
    public void Demand(string text)
    {
        if (!Skip(text))
            throw new UntranslatableException($"'{Current.Text}' has no equal");
    }

    private static List<ExpressionToken> Read(string text)
    {
        var found = new List<ExpressionToken>();
        for (var at = 0; at < text.Length; )
        {
            var scanned = PostgreSqlLexer.Scan(text.AsSpan(at), final: true, ScanMode.Sql);
            var length = Math.Max(1, scanned.Length);
            var isOperator = scanned.Kind == SqlTokenKind.Symbol && OperatorCharacters.Contains(text[at], StringComparison.Ordinal);
            while (isOperator && at + length < text.Length && OperatorCharacters.Contains(text[at + length], StringComparison.Ordinal))
                length++;
            if (scanned.Kind is not (SqlTokenKind.WhiteSpace or SqlTokenKind.Comment))
                found.Add(new ExpressionToken(scanned.Kind, text.Substring(at, length)));
            at += length;
        }

        return found;
    }
}
