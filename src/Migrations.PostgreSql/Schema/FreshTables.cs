namespace Migrations.PostgreSql;

/// <summary>
/// The tables that a script has made itself, with nothing in their definitions that could run code of the user's. Values that are put into
/// them row by row change nothing else and leave nothing on the connection: how many rows there are can be read from the script, which is
/// many times quicker than to let the server count.
/// </summary>
internal sealed class FreshTables
{
    // What may stand before an opening parenthesis: key words, types with a length, and functions of the server that change nothing.
    private static readonly HashSet<string> Harmless = new(StringComparer.Ordinal)
    {
        "KEY",
        "UNIQUE",
        "CHECK",
        "DEFAULT",
        "IN",
        "AND",
        "OR",
        "NOT",
        "VARCHAR",
        "VARYING",
        "CHAR",
        "CHARACTER",
        "BPCHAR",
        "NUMERIC",
        "DECIMAL",
        "DEC",
        "BIT",
        "TIME",
        "TIMESTAMP",
        "TIMESTAMPTZ",
        "TIMETZ",
        "INTERVAL",
        "FLOAT",
        "NOW",
        "CLOCK_TIMESTAMP",
        "GEN_RANDOM_UUID",
        "LENGTH",
        "CHAR_LENGTH",
        "LOWER",
        "UPPER",
        "BTRIM",
        "COALESCE",
    };

    private static readonly HashSet<string> HarmlessValues = new(StringComparer.Ordinal)
    {
        "NULL",
        "TRUE",
        "FALSE",
        "DEFAULT",
        "CURRENT_TIMESTAMP",
        "CURRENT_DATE",
        "LOCALTIMESTAMP",
        ",",
        "-",
        "+",
    };

    private readonly HashSet<string> _names = new(StringComparer.Ordinal);
    private bool _mayRunCode;

    /// <summary>Takes note of a definition of the script.</summary>
    public void Observe(string definition)
    {
        var words = new StatementWords(definition);
        if (words.StartWith("CREATE TABLE") && words[2] is not "IF")
            ObserveTable(words);
        else if (
            words[0] is not ("COMMENT" or "GRANT" or "REVOKE")
            && !words.StartWith("CREATE INDEX")
            && !words.StartWith("CREATE UNIQUE INDEX")
        )
            _mayRunCode = true; // Triggers, policies, and functions that take the name of another.
    }

    /// <summary>How many rows a statement puts into one of the tables; null when it is not one that only does that.</summary>
    public long? RowsOf(string statement)
    {
        var words = new StatementWords(statement);
        if (_mayRunCode || !words.StartWith("INSERT INTO"))
            return null;
        var (name, at) = NameAt(words, 2);
        if (!_names.Contains(name))
            return null;
        if (words[at] is "(")
        {
            while (words[at] is not (")" or ""))
                at++;
            at++;
        }

        return words[at] is "VALUES" ? CountRows(words, at + 1) : null;
    }

    private void ObserveTable(StatementWords words)
    {
        var (name, at) = NameAt(words, 2);
        if (words[at] is not "(")
            return;
        for (var i = at + 1; words[i].Length > 0; i++)
        {
            // What is taken from other tables may be anything.
            if (words[i] is "LIKE" or "INHERITS" or "PARTITION" or "EXCLUDE" || (words[i] is "(" && !MayOpen(words, i)))
                return;
        }

        _names.Add(name);
    }

    private static long? CountRows(StatementWords words, int at)
    {
        var (rows, depth) = (0L, 0);
        for (; words[at].Length > 0; at++)
        {
            if (words[at] is "(")
            {
                if (depth > 0 && !MayOpen(words, at))
                    return null;
                rows += depth++ == 0 ? 1 : 0;
            }
            else if (words[at] is ")")
            {
                depth--;
            }
            else if (depth == 0 ? words[at] is not "," : !IsValue(words, at))
            {
                return null;
            }
        }

        return depth == 0 ? rows : null;
    }

    private static bool IsValue(StatementWords words, int at)
    {
        var word = words[at];
        return char.IsAsciiDigit(word[0])
            || word[0] is '\'' or '$'
            || HarmlessValues.Contains(word)
            || (words[at + 1] is "(" && Harmless.Contains(word));
    }

    // Behind an operator it is a part of an expression; behind a name it is a call, or a table that is referred to.
    private static bool MayOpen(StatementWords words, int at)
    {
        var before = words[at - 1];
        return words[at - 2] is not "."
            && (Harmless.Contains(before) || words[at - 2] is "REFERENCES" || !(char.IsLetter(before[0]) || before[0] is '_' or '"'));
    }

    private static (string Name, int Next) NameAt(StatementWords words, int at) =>
        words[at + 1] is "." ? ($"{words[at]}.{words[at + 2]}", at + 3) : (words[at], at + 1);
}
