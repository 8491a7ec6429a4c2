using System.Text;
using Migrations.Sql;

namespace Migrations.PostgreSql;

/// <summary>
/// A statement's tokens without white space and comments: words in upper case, quoted names and everything else as written. Read from the
/// front, as far as needed.
/// </summary>
internal sealed class StatementWords(string text)
{
    private readonly List<string> _words = [];
    private readonly List<int> _places = [];
    private int _at;

    /// <summary>The word at a place; empty behind the last.</summary>
    public string this[int index]
    {
        get
        {
            while (_words.Count <= index && Advance()) { }

            return index < _words.Count ? _words[index] : "";
        }
    }

    /// <summary>Whether the statement begins with these words, blank-separated; <c>*</c> stands for any one.</summary>
    public bool StartWith(string words)
    {
        var index = 0;
        foreach (var word in words.Split(' '))
        {
            if (word is not "*" && !string.Equals(word, this[index], StringComparison.Ordinal))
                return false;
            index++;
        }

        return true;
    }

    /// <summary>Whether these words stand somewhere in the statement, one after another.</summary>
    public bool Contain(string first, string? second = null)
    {
        for (var index = 0; this[index].Length > 0; index++)
        {
            if (
                string.Equals(this[index], first, StringComparison.Ordinal)
                && (second is null || string.Equals(this[index + 1], second, StringComparison.Ordinal))
            )
                return true;
        }

        return false;
    }

    /// <summary>Whether a word of the statement is one that a condition picks.</summary>
    public bool ContainAny(Predicate<string> condition) => Count() > 0 && _words.Exists(condition);

    /// <summary>Where the word at a place begins, in characters from the statement's beginning; its end behind the last.</summary>
    public int PlaceOf(int index) => this[index].Length > 0 ? _places[index] : text.Length;

    /// <summary>The text from one word up to another, as written.</summary>
    /// <param name="from">The first word.</param>
    /// <param name="to">The word behind the last.</param>
    public string TextOf(int from, int to) =>
        to <= from || this[to - 1].Length == 0 ? "" : text[PlaceOf(from)..(PlaceOf(to - 1) + this[to - 1].Length)];

    /// <summary>The same on one line and without comments.</summary>
    public string LineOf(int from, int to)
    {
        var line = new StringBuilder();
        for (var at = from; at < to && this[at].Length > 0; at++)
        {
            var start = PlaceOf(at);
            var isApart = at > from && start > PlaceOf(at - 1) + this[at - 1].Length;
            if (isApart && this[at - 1] is not "(" && this[at] is not (")" or ","))
                line.Append(' ');
            line.Append(text, start, this[at].Length);
        }

        return line.ToString();
    }

    /// <summary>How many words there are.</summary>
    public int Count()
    {
        while (Advance()) { }

        return _words.Count;
    }

    private bool Advance()
    {
        while (_at < text.Length)
        {
            var token = PostgreSqlLexer.Scan(text.AsSpan(_at), final: true, ScanMode.Sql);
            var span = text.AsSpan(_at, token.Length);
            _at += token.Length;
            if (token.Kind is SqlTokenKind.WhiteSpace or SqlTokenKind.Comment)
                continue;
            _places.Add(_at - token.Length);
            _words.Add(token.Kind == SqlTokenKind.Word ? span.ToString().ToUpperInvariant() : span.ToString());
            return true;
        }

        return false;
    }
}
