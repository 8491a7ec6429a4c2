namespace Migrations.PostgreSql;

/// <summary>Reads what a statement means for transactions. Only its own words count, never those in literals, comments or bodies.</summary>
internal static class StatementClassifier
{
    /// <summary>Reads a statement's role.</summary>
    public static StatementRole Classify(string text)
    {
        var words = new StatementWords(text);
        return words[0] switch
        {
            "BEGIN" => StatementRole.Begin,
            "START" when words[1] is "TRANSACTION" => StatementRole.Begin,
            "COMMIT" or "END" => End(words, StatementRole.Commit),
            "ROLLBACK" or "ABORT" => End(words, StatementRole.Rollback),
            "PREPARE" when words[1] is "TRANSACTION" => StatementRole.PrepareTransaction,
            "SET" when words[1] is "TRANSACTION" && words[2] is not "SNAPSHOT" => StatementRole.SetTransaction,
            "SET" when words[1] is not "CONSTRAINTS" => StatementRole.Setting,
            "RESET" => StatementRole.Setting,
            "SELECT" when words[1] is "SET_CONFIG" || words.StartWith("SELECT PG_CATALOG . SET_CONFIG") => StatementRole.Setting,
            "ANALYZE" or "ANALYSE" => StatementRole.Analyze,
            "COPY" when words.Contain("TO", "STDOUT") => StatementRole.CopyToClient,
            _ => RunsOnlyOutside(words) ? StatementRole.OutsideOnly : StatementRole.Ordinary,
        };
    }

    /// <summary>
    /// Whether a statement says how the script is written, as dumps do. A script is UTF-8, whatever it says: with another encoding the
    /// server would take its bytes, and those of the history row, for other letters. So it is passed over.
    /// </summary>
    public static bool NamesClientEncoding(string text)
    {
        var words = new StatementWords(text);
        return words[0] is "SET" && words[words[1] is "LOCAL" or "SESSION" ? 2 : 1] is "CLIENT_ENCODING" or "NAMES";
    }

    /// <summary>Whether a statement of a dump is not for a server: scripts are UTF-8 whatever it says, and an older server does not know a
    /// newer one's setting.</summary>
    /// <param name="text">The statement.</param>
    /// <param name="server">The server's major version.</param>
    public static bool IsPassedOver(string text, int server) => NamesClientEncoding(text) || TransactionTimeout.IsRefused(text, server);

    /// <summary>
    /// The transaction modes that <c>BEGIN</c>, <c>START TRANSACTION</c> or <c>SET TRANSACTION</c> names; empty when it names none.
    /// </summary>
    public static string ModesOf(string text)
    {
        var words = new StatementWords(text);
        var first = words[1] is "TRANSACTION" or "WORK" ? 2 : 1;
        return string.Join(' ', Enumerable.Range(first, Math.Max(0, words.Count() - first)).Select(i => words[i]))
            .Replace(" ,", ",", StringComparison.Ordinal);
    }

    /// <summary>Whether a statement may hold <c>$1</c>: it prepares another one, or defines a routine.</summary>
    public static bool MayHaveParameters(string text)
    {
        var words = new StatementWords(text);
        return words[0] is "PREPARE" || (words[0] is "CREATE" && words[words[1] is "OR" ? 3 : 1] is "FUNCTION" or "PROCEDURE");
    }

    private static StatementRole End(StatementWords words, StatementRole role)
    {
        if (words[1] is "PREPARED")
            return StatementRole.OutsideOnly;
        var next = words[1] is "WORK" or "TRANSACTION" ? 2 : 1;
        return words[next] switch
        {
            "TO" when role == StatementRole.Rollback => StatementRole.Ordinary,
            "AND" when words[next + 1] is "CHAIN" => StatementRole.Chain,
            _ => role,
        };
    }

    /// <summary>
    /// The statements that call <c>PreventInTransactionBlock</c> in the server, as their reference pages say ("cannot be executed inside a
    /// transaction block").
    /// </summary>
    private static bool RunsOnlyOutside(StatementWords words) =>
        words[0] switch
        {
            "VACUUM" => true,
            "CREATE" => words[1] is "DATABASE" or "TABLESPACE"
                || words.StartWith("CREATE INDEX CONCURRENTLY")
                || words.StartWith("CREATE UNIQUE INDEX CONCURRENTLY")
                || (words[1] is "SUBSCRIPTION" && !SaysFalse(words, "CONNECT") && !SaysFalse(words, "CREATE_SLOT")),
            "DROP" => words[1] is "DATABASE" or "TABLESPACE" or "SUBSCRIPTION" || words.StartWith("DROP INDEX CONCURRENTLY"),
            "ALTER" => AlterRunsOnlyOutside(words),
            "REINDEX" => Reindex(words),
            "CLUSTER" => words.Count() == 1
                || words.Count() == 2 && words[1] is "VERBOSE"
                || words.StartWith("CLUSTER ( * )") && words.Count() == 4,
            _ => false,
        };

    private static bool AlterRunsOnlyOutside(StatementWords words) =>
        words[1] switch
        {
            "SYSTEM" => true,
            "DATABASE" => words.StartWith("ALTER DATABASE * SET TABLESPACE"),
            "TABLE" => words.Contain("DETACH", "PARTITION") && words[words.Count() - 1] is "CONCURRENTLY",
            "SUBSCRIPTION" => words[3] is "REFRESH" || (words[4] is "PUBLICATION" && !SaysFalse(words, "REFRESH")),
            _ => false,
        };

    private static bool Reindex(StatementWords words)
    {
        var target = 1;
        if (words[1] is "(")
        {
            while (words[target] is not (")" or ""))
                target++;
            target++;
        }

        var isConcurrent = words.Contain("CONCURRENTLY") && !SaysFalse(words, "CONCURRENTLY");
        return isConcurrent || words[target] is "DATABASE" or "SYSTEM" or "SCHEMA";
    }

    /// <summary>Whether an option in parentheses is switched off: <c>connect = false</c>, <c>CONCURRENTLY OFF</c>.</summary>
    public static bool SaysFalse(StatementWords words, string option)
    {
        for (var i = 0; words[i].Length > 0; i++)
        {
            if (
                string.Equals(words[i], option, StringComparison.Ordinal)
                && words[words[i + 1] is "=" ? i + 2 : i + 1].Trim('\'').ToUpperInvariant() is "FALSE" or "OFF" or "0"
            )
                return true;
        }

        return false;
    }

    /// <summary>
    /// Whether a statement only defines: it changes no rows, and nothing on the connection. False where that depends on what it calls.
    /// </summary>
    public static bool IsDefinition(string text)
    {
        var words = new StatementWords(text);
        return words[0] switch
        {
            "DROP" or "COMMENT" or "GRANT" or "REVOKE" => true, // Not ALTER: a default, a USING or an extension's update may call anything.
            "CREATE" => words[1] switch
            {
                // An index of an expression calls its functions for every row that is there.
                "INDEX" or "UNIQUE" => !words.Contain("WHERE") && !CallsFunctions(words),
                "TYPE"
                or "DOMAIN"
                or "SEQUENCE"
                or "TRIGGER"
                or "VIEW"
                or "FUNCTION"
                or "PROCEDURE"
                or "POLICY"
                or "ROLE"
                or "STATISTICS" => true,
                "OR" => words[3] is "FUNCTION" or "PROCEDURE" or "VIEW" or "TRIGGER",
                // CREATE TABLE AS fills what it makes, and the bound of a partition may call anything.
                "TABLE" => words[2] is not "PG_TEMP" && !words.Contain("AS") && !words.Contain("FOR", "VALUES"),
                _ => false,
            },
            _ => false,
        };
    }

    // A parenthesis inside another, as of f(a) in an index on (f(a)).
    private static bool CallsFunctions(StatementWords words)
    {
        var depth = 0;
        for (var i = 0; words[i].Length > 0; i++)
        {
            depth +=
                words[i] is "(" ? 1
                : words[i] is ")" ? -1
                : 0;
            if (depth > 1)
                return true;
        }

        return false;
    }
}
