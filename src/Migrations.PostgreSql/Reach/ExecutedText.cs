using Migrations.Sql;

namespace Migrations.PostgreSql;

/// <summary>
/// Finds text that is executed and not seen: whose literals do not say what kind of statement it is. What they leave open may be names and
/// values; where it is the kind, the text may be any statement.
/// </summary>
internal static class ExecutedText
{
    private const int DeepestVariable = 4;

    private static readonly HashSet<string> Kinds = new(StringComparer.Ordinal)
    {
        "ACCESS",
        "AGGREGATE",
        "CAST",
        "COLLATION",
        "CONSTRAINT",
        "CONVERSION",
        "DEFAULT",
        "DOMAIN",
        "EVENT",
        "FUNCTION",
        "INDEX",
        "LARGE",
        "MATERIALIZED",
        "OPERATOR",
        "POLICY",
        "PROCEDURE",
        "PUBLICATION",
        "ROUTINE",
        "RULE",
        "SCHEMA",
        "SEQUENCE",
        "STATISTICS",
        "TABLE",
        "TEXT",
        "TRANSFORM",
        "TRIGGER",
        "TYPE",
        "VIEW",
    };

    private static readonly HashSet<string> BeforeKinds = new(StringComparer.Ordinal)
    {
        "GLOBAL",
        "LOCAL",
        "OR",
        "RECURSIVE",
        "REPLACE",
        "TEMP",
        "TEMPORARY",
        "UNIQUE",
        "UNLOGGED",
    };

    private static readonly HashSet<string> Verbs = new(StringComparer.Ordinal)
    {
        "ANALYZE",
        "CLUSTER",
        "COMMENT",
        "DEALLOCATE",
        "DELETE",
        "DISCARD",
        "INSERT",
        "LISTEN",
        "LOCK",
        "MERGE",
        "NOTIFY",
        "REFRESH",
        "REINDEX",
        "RESET",
        "SECURITY",
        "SHOW",
        "TABLE",
        "TRUNCATE",
        "UNLISTEN",
        "UPDATE",
        "VACUUM",
    };

    private static readonly HashSet<string> Changing = new(StringComparer.Ordinal)
    {
        "CHR",
        "CONVERT_FROM",
        "DECODE",
        "OVERLAY",
        "REGEXP_REPLACE",
        "REPLACE",
        "REVERSE",
        "TRANSLATE",
    };

    // https://www.postgresql.org/docs/current/functions-xml.html, https://www.postgresql.org/docs/current/textsearch-features.html,
    // tablefunc, and what the trusted languages have.
    private static readonly HashSet<string> RunningFunctions = new(StringComparer.Ordinal)
    {
        "QUERY_TO_XML",
        "QUERY_TO_XMLSCHEMA",
        "QUERY_TO_XML_AND_XMLSCHEMA",
        "TS_STAT",
        "TS_REWRITE",
        "CONNECTBY",
        "CROSSTAB",
        "CROSSTAB2",
        "CROSSTAB3",
        "CROSSTAB4",
        "SPI_EXEC_QUERY",
        "SPI_QUERY",
        "SPI_PREPARE",
        "SPI_EXEC",
    };

    /// <summary>Whether a function of this name, in upper case, runs text.</summary>
    public static bool IsRunBy(string function) => RunningFunctions.Contains(function);

    /// <summary>What executes text that is not seen; null when nothing does.</summary>
    /// <param name="tokens">A statement, or a body.</param>
    /// <param name="isBody">Whether it is a body, in which EXECUTE runs text, and not what was prepared.</param>
    public static ReachToken? FindUnseen(List<ReachToken> tokens, bool isBody)
    {
        for (var at = 0; at + 1 < tokens.Count; at++)
        {
            var argument = tokens[at].Word switch
            {
                "EXECUTE" when isBody && tokens[at + 1].Word is not ("FUNCTION" or "PROCEDURE" or "ON") => at + 1,
                // Only what runs any statement: the others take queries.
                "SPI_EXEC_QUERY" or "SPI_PREPARE" or "SPI_EXEC" or "QUERY_TO_XML" when tokens[at + 1].Word is "(" => at + 2,
                _ => 0,
            };
            if (argument > 0 && !IsSeen(tokens, argument, 0))
                return tokens[at];
        }

        return null;
    }

    /// <summary>
    /// The text of literals that are put together, with whatever between: what is not known stands in it as a name. Ends at the last one.
    /// </summary>
    public static string Joined(List<ReachToken> tokens, ref int at)
    {
        var text = SqlLiterals.ValueOf(tokens[at].Text);
        while (at + 3 < tokens.Count && tokens[at + 1].Word is "|" && tokens[at + 2].Word is "|")
        {
            var next = at + 3;
            if (tokens[next].Kind == SqlTokenKind.Literal)
                text += SqlLiterals.ValueOf(tokens[next].Text);
            else if (
                tokens.FindIndex(next, t => t.Kind is SqlTokenKind.Literal or SqlTokenKind.Semicolon) is > 0 and var later
                && tokens[later].Kind == SqlTokenKind.Literal
                && tokens[later - 1].Word is "|"
            )
                (text, next) = ($"{text} x {SqlLiterals.ValueOf(tokens[later].Text)}", later);
            else
                break;
            at = next;
        }

        return text;
    }

    /// <summary>Whether an expression begins with what shows the kind of statement.</summary>
    private static bool IsSeen(List<ReachToken> tokens, int at, int depth)
    {
        while (
            at + 1 < tokens.Count
            && (
                tokens[at].Word is "(" or "[" or "ARRAY"
                || (tokens[at].Word is "FORMAT" or "CONCAT" or "COALESCE" && tokens[at + 1].Word is "(")
                || (tokens[at].Word is "PG_CATALOG" && tokens[at + 1].Word is ".")
                || tokens[at].Word is "."
            )
        )
            at++;
        if (at >= tokens.Count || depth > DeepestVariable)
            return false;
        if (tokens[at].Kind == SqlTokenKind.Literal || IsPerlText(tokens[at]))
            return ShowsKind(Joined(tokens, ref at));
        if (tokens[at].Word is "CASE")
            return SpanTells(tokens, at, tokens.FindIndex(at, t => t.Kind == SqlTokenKind.Semicolon));
        return tokens[at].IsName
            && (at + 1 == tokens.Count || tokens[at + 1].Word is not "(")
            && IsSeenVariable(tokens, tokens[at].Word, depth + 1);
    }

    private static bool IsPerlText(ReachToken token) =>
        token.Kind == SqlTokenKind.QuotedName && token.Text.Contains(' ', StringComparison.Ordinal);

    /// <summary>Whether all that a variable is given is seen: by assignments, queries and loops.</summary>
    private static bool IsSeenVariable(List<ReachToken> tokens, string name, int depth)
    {
        var isGiven = false;
        for (var at = 0; at + 2 < tokens.Count; at++)
        {
            if (!string.Equals(tokens[at].Word, name, StringComparison.Ordinal))
                continue;
            bool? isSeen =
                at > 0 && tokens[at - 1].Word is "INTO" ? SpanTells(tokens, Beginning(tokens, at), End(tokens, at))
                : at > 0 && tokens[at - 1].Word is "FOR" or "FOREACH" ? SpanTells(tokens, at, tokens.FindIndex(at, t => t.Word is "LOOP"))
                : Value(tokens, at) is var value and > 0 && !IsAppended(tokens, value, name) ? IsSeen(tokens, value, depth)
                : null;
            if (isSeen is false)
                return false;
            isGiven |= isSeen is true;
        }

        return isGiven;
    }

    /// <summary>
    /// Where the value begins that a variable is given by an assignment or its declaration; 0 when it is given none there.
    /// </summary>
    private static int Value(List<ReachToken> tokens, int at)
    {
        if (tokens[at + 1].Word is "=" && at > 0 && !ReachReader.BeginsStatement(tokens[at - 1]))
            return 0;
        var i = at + 1;
        // Its type, of one or two words: character varying(100).
        while (
            i < tokens.Count
            && i < at + 8
            && (tokens[i].Kind is SqlTokenKind.Word or SqlTokenKind.Number || tokens[i].Word is "(" or ")" or "[" or "]" or ".")
            && tokens[i].Word is not "DEFAULT"
        )
            i++;
        var isDeclared =
            i == at + 1 || at == 0 || tokens[at - 1].Kind == SqlTokenKind.Semicolon || tokens[at - 1].Word is "DECLARE" or "CONSTANT";
        if (i + 1 >= tokens.Count || !isDeclared)
            return 0;
        return tokens[i].Word switch
        {
            ":=" or "=" or "DEFAULT" => i + 1,
            ":" when tokens[i + 1].Word is "=" => i + 2,
            _ => 0,
        };
    }

    private static bool IsAppended(List<ReachToken> tokens, int at, string name) =>
        at + 1 < tokens.Count && string.Equals(tokens[at].Word, name, StringComparison.Ordinal) && tokens[at + 1].Word is "|";

    private static int Beginning(List<ReachToken> tokens, int at)
    {
        while (at > 0 && !ReachReader.BeginsStatement(tokens[at - 1]))
            at--;
        return at;
    }

    private static int End(List<ReachToken> tokens, int at) => tokens.FindIndex(at, t => t.Kind == SqlTokenKind.Semicolon);

    /// <summary>Whether a query's literals show the kind, and none is changed.</summary>
    private static bool SpanTells(List<ReachToken> tokens, int from, int to)
    {
        to = to < 0 ? tokens.Count : to;
        var shows = false;
        for (var at = from; at < to; at++)
        {
            if (Changing.Contains(tokens[at].Word) && at + 1 < to && tokens[at + 1].Word is "(")
                return false;
            if (tokens[at].Kind == SqlTokenKind.Literal)
                shows |= ShowsKind(Joined(tokens, ref at));
        }

        return shows;
    }

    private static bool ShowsKind(string text)
    {
        var tokens = ReachToken.Read(text, line: 0);
        if (tokens.Count == 0)
            return false;
        if (StatementReach.Of(tokens, 0) is not null)
            return true;
        var words = new TokenWords(tokens, 0);
        return words[0] switch
        {
            "CREATE" or "ALTER" or "DROP" => NamesKind(words),
            "GRANT" or "REVOKE" => words.ContainsAnyBeforeEnd("ON", "ON"),
            "COPY" => words.ContainsAnyBeforeEnd("TO", "FROM"),
            "SET" => words.KindAt(1) == SqlTokenKind.Word
                && (words[1] is not ("LOCAL" or "SESSION") || words.KindAt(2) == SqlTokenKind.Word),
            "SELECT" or "WITH" or "VALUES" or "CALL" => !words.IsEnd(1) && words[1] is not "%",
            "DO" => words.KindAt(1) == SqlTokenKind.Literal,
            var verb => Verbs.Contains(verb),
        };
    }

    private static bool NamesKind(TokenWords words)
    {
        var at = 1;
        while (BeforeKinds.Contains(words[at]))
            at++;
        if (words[at] is "EXTENSION")
            return words.KindAt(words[at + 1] is "IF" ? at + (words[at + 2] is "NOT" ? 4 : 3) : at + 1)
                is SqlTokenKind.Word
                    or SqlTokenKind.QuotedName;
        return Kinds.Contains(words[at]);
    }
}
