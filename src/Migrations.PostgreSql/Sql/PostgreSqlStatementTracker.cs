using Migrations.Sql;

namespace Migrations.PostgreSql;

/// <summary>Follows the tokens of a script and knows where a statement ends, and where COPY data begins and ends.</summary>
internal sealed class PostgreSqlStatementTracker
{
    private int _parentheses;
    private int _bodies;
    private bool _isCopy;
    private Previous _previous;
    private bool _setsEscapes;
    private bool _escapesSet;
    private bool _escapes;

    private enum Previous
    {
        Other,
        Begin,
        From,
        AsOrDot,
    }

    /// <summary>How the next token is to be read.</summary>
    public ScanMode Mode { get; private set; }

    /// <summary>Whether a statement has begun and not ended.</summary>
    public bool IsOpen { get; private set; }

    /// <summary>Whether a parenthesis or a <c>BEGIN ATOMIC</c> body is open, so that a semicolon ends nothing.</summary>
    public bool IsNested => _parentheses > 0 || _bodies > 0;

    /// <summary>Whether a parenthesis is open, in which no word matters.</summary>
    public bool IsInParentheses => _parentheses > 0;

    /// <summary>Whether the statement so far is <c>COPY ... FROM STDIN</c>.</summary>
    public bool CopiesFromClient { get; private set; }

    /// <summary>
    /// Whether the last token is a literal that ends elsewhere for the server: the script has set
    /// <see href="https://www.postgresql.org/docs/current/runtime-config-compatible.html">standard_conforming_strings</see> off, and
    /// <c>\'</c> does not end it then.
    /// </summary>
    public bool IsMisread { get; private set; }

    /// <summary>Takes the next token.</summary>
    /// <returns>Whether it is the semicolon that ends a statement (or an empty one).</returns>
    public bool Observe(SqlTokenKind kind, ReadOnlySpan<char> text)
    {
        if (Mode != ScanMode.Sql)
        {
            if (Mode == ScanMode.CopyTail)
                Mode = ScanMode.CopyData;
            else if (text.TrimEnd("\r\n") is "\\.")
                Mode = ScanMode.Sql;
            return false;
        }

        FollowEscapes(kind, text);
        switch (kind)
        {
            case SqlTokenKind.WhiteSpace or SqlTokenKind.Comment:
                return false;
            case SqlTokenKind.Shell:
                Close();
                return false;
            case SqlTokenKind.Semicolon when !IsNested:
                var copies = CopiesFromClient;
                Close();
                Mode = copies ? ScanMode.CopyTail : ScanMode.Sql;
                return true;
            case SqlTokenKind.Word:
                Word(text);
                break;
            default:
                Symbol(text);
                break;
        }

        IsOpen = true;
        return false;
    }

    /// <summary>Ends the statement that has begun.</summary>
    public void Close()
    {
        _parentheses = 0;
        _bodies = 0;
        _isCopy = false;
        _previous = Previous.Other;
        CopiesFromClient = false;
        IsOpen = false;
        _escapes = _setsEscapes ? _escapesSet : _escapes;
        _setsEscapes = false;
    }

    // SET standard_conforming_strings = off; set_config('standard_conforming_strings', 'off', false).
    private void FollowEscapes(SqlTokenKind kind, ReadOnlySpan<char> text)
    {
        IsMisread = _escapes && kind == SqlTokenKind.Literal && text[0] == '\'' && EscapesItsEnd(text);
        if (kind is not (SqlTokenKind.Word or SqlTokenKind.Literal or SqlTokenKind.Number or SqlTokenKind.QuotedName))
            return;
        var value = text.Trim("'\"");
        if (Is(value, "standard_conforming_strings"))
            (_setsEscapes, _escapesSet) = (true, false);
        else if (_setsEscapes && (Is(value, "off") || Is(value, "false") || Is(value, "no") || value is "0"))
            _escapesSet = true;
    }

    // A quote behind an odd number of backslashes, but for the first.
    private static bool EscapesItsEnd(ReadOnlySpan<char> literal)
    {
        var backslashes = 0;
        foreach (var c in literal[1..])
        {
            if (c == '\'' && backslashes % 2 == 1)
                return true;
            backslashes = c == '\\' ? backslashes + 1 : 0;
        }

        return false;
    }

    private void Symbol(ReadOnlySpan<char> text)
    {
        if (text is "(")
            _parentheses++;
        else if (text is ")" && _parentheses > 0)
            _parentheses--;
        _previous = text is "." ? Previous.AsOrDot : Previous.Other;
    }

    private void Word(ReadOnlySpan<char> text)
    {
        if (!IsOpen)
            _isCopy = Is(text, "COPY");
        if (_parentheses == 0)
            TopLevelWord(text);
        _previous = text.Length switch
        {
            2 when Is(text, "AS") => Previous.AsOrDot,
            4 when Is(text, "FROM") => Previous.From,
            5 when Is(text, "BEGIN") => Previous.Begin,
            _ => Previous.Other,
        };
    }

    private void TopLevelWord(ReadOnlySpan<char> text)
    {
        if (_isCopy && _previous == Previous.From && Is(text, "STDIN"))
            CopiesFromClient = true;
        else if (_previous == Previous.Begin && Is(text, "ATOMIC"))
            _bodies = 1;
        // After AS or a dot even CASE and END are plain names.
        else if (_bodies > 0 && _previous != Previous.AsOrDot)
            _bodies +=
                Is(text, "CASE") ? 1
                : Is(text, "END") ? -1
                : 0;
    }

    private static bool Is(ReadOnlySpan<char> text, string word) => text.Equals(word, StringComparison.OrdinalIgnoreCase);
}
