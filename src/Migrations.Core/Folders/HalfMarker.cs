using System.Text;

namespace Migrations.Folders;

/// <summary>
/// A comment that says no more than "from here on it is the undo" (or the up script), in whatever words, and is not a marker that is
/// understood. Such a comment above statements is never passed over: the other half would run with this one.
/// </summary>
/// <param name="Line">The comment's line.</param>
/// <param name="Text">The comment as it is written.</param>
/// <param name="EndsWithReturn">Whether its line ends with CR alone, which ends no line where markers are read.</param>
internal readonly record struct HalfMarker(int Line, string Text, bool EndsWithReturn = false)
{
    /// <summary>Longer comments say more than a marker does.</summary>
    public const int LongestText = 120;

    private const string Signs = "+@!";

    private static readonly HashSet<string> DownWords = new(StringComparer.Ordinal)
    {
        "down",
        "downs",
        "undo",
        "rollback",
        "rollbacks",
        "revert",
        "downgrade",
        "backward",
        "backwards",
        "reverse",
        "unapply",
    };

    private static readonly HashSet<string> UpWords = new(StringComparer.Ordinal) { "up", "ups" };

    /// <summary>What stands beside the word in a marker: tools' names, and words for a part of a file.</summary>
    private static readonly HashSet<string> OtherWords = new(StringComparer.Ordinal)
    {
        "migrate",
        "migration",
        "migrations",
        "goose",
        "rambler",
        "dbmate",
        "tern",
        "shmig",
        "mybatis",
        "micrate",
        "evolutions",
        "sql",
        "section",
        "script",
        "scripts",
        "part",
        "half",
        "begin",
        "begins",
        "beginning",
        "start",
        "starts",
        "here",
        "step",
        "steps",
        "block",
        "region",
        "statement",
        "statements",
        "code",
        "operation",
        "operations",
        "changes",
        "name",
        "direction",
        "phase",
    };

    private static readonly HashSet<string> BeginWords = new(StringComparer.Ordinal) { "begin", "beginning", "start", "end" };

    /// <summary>Whether a comment's text is such a marker.</summary>
    /// <param name="comment">The text, with or without the marks around it.</param>
    /// <param name="down">Whether the marker of the undo is looked for, and not the up script's.</param>
    public static bool IsMarker(string comment, bool down)
    {
        var words = Words(comment);
        if (words.Count == 0 || IsHeader(words))
            return false;
        // tern: "---- create above / drop below ----"
        if (words is ["create", "above", "drop", "below"])
            return down;
        // What stands below the end of one half is the other.
        if (words is ["end", _, ..])
        {
            words.RemoveAt(0);
            down = !down;
        }

        if (words.Exists((down ? UpWords : DownWords).Contains))
            return false;
        var sought = down ? DownWords : UpWords;
        if (
            words.Exists(sought.Contains) && words.TrueForAll(w => sought.Contains(w) || OtherWords.Contains(w) || w.All(char.IsAsciiDigit))
        )
            return true;
        return IsOfUnknownTool(comment, words, sought);
    }

    /// <summary>Whether a comment holds a statement: an undo that is commented out does not run.</summary>
    public static bool IsStatement(string comment)
    {
        var text = comment.Trim();
        return text.EndsWith(';')
            || Words(text) switch
            {
                [
                    "drop"
                    or "alter"
                    or "create"
                    or "truncate",
                    "table"
                    or "index"
                    or "unique"
                    or "view"
                    or "trigger"
                    or "column"
                    or "type"
                    or "schema"
                    or "sequence"
                    or "function"
                    or "procedure"
                    or "materialized"
                    or "extension"
                    or "policy"
                    or "or"
                    or "if"
                    or "domain"
                    or "constraint",
                    ..,
                ] => true,
                ["delete", "from", ..] or ["insert", "into", ..] => true,
                ["update", ..] words => words.Contains("set"),
                _ => false,
            };
    }

    /// <summary>The problem with a marker above statements.</summary>
    /// <param name="file">The file.</param>
    /// <param name="down">Whether it begins the undo.</param>
    /// <param name="rule">What markers mean in the file.</param>
    /// <param name="dialect">Whose markers the file uses; null when it has none.</param>
    public FileProblem Problem(string file, bool down, SectionRule rule, SectionDialect? dialect)
    {
        var (begun, half) = down ? ("down", "up") : ("up", "down");
        var marker = SectionMarker.Write(dialect ?? SectionDialect.Plain, down);
        Advice way = rule switch
        {
            _ when EndsWithReturn => "Save the file with LF or CRLF line endings: with CR alone, no marker is recognized",
            SectionRule.UpOnly or SectionRule.DownOnly => $"Move what follows into the file of the {begun} script",
            SectionRule.Ignored => Advice.Of(
                $"Move what follows into a separate {begun} script, or enable sections: {CallOption.Layout.Of("sections")}"
            ),
            _ when dialect is null =>
                $"Write '{SectionMarker.Write(SectionDialect.Plain, down: false)}' above the up script and '{marker}' in place of "
                    + "this line",
            _ => $"Write '{marker}' in place of this line",
        };
        return new FileProblem(
            ErrorId.SectionInvalid,
            new ScriptLocation(file, Line),
            $"'{Text}' looks like the beginning of {(down ? "a down" : "an up")} section, but is not a marker that is recognized "
                + $"here: what follows would run as part of the {half} script.",
            $"{way}; if it is only a comment, reword it."
        );
    }

    /// <summary><c>Migration: 003_undo</c> is a header entry.</summary>
    private static bool IsHeader(List<string> words) =>
        words[0].Equals("migration", StringComparison.Ordinal) && words.Exists(w => w.All(char.IsAsciiDigit));

    /// <summary><c>+tool Down</c>, <c>@UNDO</c> or <c>tool:down</c>, which no one writes in prose.</summary>
    private static bool IsOfUnknownTool(string comment, List<string> words, HashSet<string> sought)
    {
        var text = comment.Trim().TrimStart('-', '/', '*', '#', ' ', '\t');
        return words.Count <= 2
            && sought.Contains(words[^1])
            && text.Length > 0
            && (
                Signs.Contains(text[0], StringComparison.Ordinal)
                || (text.Contains(':', StringComparison.Ordinal) && !text.Any(char.IsWhiteSpace))
            );
    }

    /// <summary>The words, in lower case; "roll back" is one, and "start of" does not differ from "start".</summary>
    private static List<string> Words(string comment)
    {
        var words = new List<string>();
        var word = new StringBuilder();
        foreach (var c in comment)
        {
            if (char.IsLetterOrDigit(c))
                word.Append(char.ToLowerInvariant(c));
            else if (word.Length > 0)
                Take();
        }

        if (word.Length > 0)
            Take();
        return words;

        void Take()
        {
            var text = word.ToString();
            word.Clear();
            if (text is "back" && words is [.., "roll"])
                words[^1] = "rollback";
            else if (text is not "of" || words is not [.., var last] || !BeginWords.Contains(last))
                words.Add(text);
        }
    }
}
