namespace Migrations.PostgreSql;

/// <summary>Reads what statements take away, but for those that find rows by a condition.</summary>
internal static class LossReader
{
    private static readonly string[] WithTables = ["TABLE", "SCHEMA", "TYPE", "DOMAIN", "EXTENSION", "VIEW", "MATERIALIZED", "OWNED"];

    /// <summary>Whether a statement that begins with a word may take anything away.</summary>
    public static bool MayLose(string word) =>
        word is "DROP" or "ALTER" or "TRUNCATE" or "DELETE" or "WITH" or "EXPLAIN" or "MERGE" or "CALL" or "DO" or "PREPARE";

    /// <summary>
    /// Whether a statement may overwrite rows, or call what does: as an undo it is looked at. An INSERT of values may do so by a rule.
    /// </summary>
    public static bool MayOverwrite(string word, string text) =>
        word is "INSERT" or "UPDATE" or "SELECT" or "VALUES" or "COPY" or "EXECUTE" or "FETCH"
        || (word is "CREATE" && text.Contains("SELECT", StringComparison.OrdinalIgnoreCase));

    /// <summary>Whether a statement only defines what calls later.</summary>
    public static bool Defines(StatementWords words)
    {
        var at = words[1] is "OR" ? 3 : 1;
        return words[0] is "CREATE"
            && words[at] is not ("TABLE" or "TEMP" or "TEMPORARY" or "UNLOGGED" or "MATERIALIZED" or "LOCAL" or "GLOBAL");
    }

    /// <summary>Whether a statement may be a DELETE or an UPDATE, by its first word.</summary>
    public static bool MayChangeRows(string text) => new StatementWords(text)[0] is "DELETE" or "UPDATE" or "WITH";

    /// <summary>Reads one statement.</summary>
    public static IEnumerable<LossEvent> Read(string text)
    {
        var words = new StatementWords(text);
        return words[0] switch
        {
            "DROP" when WithTables.Contains(words[1], StringComparer.Ordinal) => Drop(words),
            "DROP" when words[1] is "DATABASE" => [new LossEvent(LossAct.DropDatabase, "DATABASE", words[words[2] is "IF" ? 4 : 2])],
            "ALTER" when words[1] is "TABLE" or "VIEW" => AlterTable(words, 2),
            "ALTER" when words[1] is "MATERIALIZED" => AlterTable(words, 3),
            "ALTER" when words[1] is "SCHEMA" && words.Contain("RENAME", "TO") =>
            [
                new LossEvent(LossAct.RenameSchema, "SCHEMA", words[2], words[5]),
            ],
            "ALTER" when words[1] is "TYPE" && words.Contain("DROP", "ATTRIBUTE") =>
            [
                Unknown($"takes an attribute from the type {Shown(words[2])}"),
            ],
            "ALTER" when words[1] is "TYPE" or "DOMAIN" => AlterType(words),
            "ALTER" when words[1] is "EXTENSION" => AlterExtension(words),
            "CREATE" => Create(words),
            "TRUNCATE" => Truncate(words),
            "DELETE" => Delete(words),
            "WITH" or "EXPLAIN" when words.Contain("DELETE", "FROM") || words.Contain("THEN", "DELETE") => [Unknown("deletes rows")],
            "MERGE" when words.Contain("THEN", "DELETE") => [Unknown("deletes rows")],
            "CALL" => [Unknown($"runs the procedure {Shown(words[1])}")],
            "DO" when IsDestructive(text) => [Unknown("runs a block that drops or deletes")],
            "PREPARE" when IsDestructive(text) => [Unknown("prepares a statement that drops or deletes")],
            _ => [],
        };
    }

    /// <summary>A name as the server would write it: what is not quoted is in small letters.</summary>
    public static string Shown(string name) =>
        string.Join('"', name.Split('"').Select((part, i) => i % 2 == 0 ? part.ToLowerInvariant() : part));

    private static LossEvent Unknown(string what) => new(LossAct.Unknown, "", what);

    private static bool IsDestructive(string body) =>
        body.Contains("DROP", StringComparison.OrdinalIgnoreCase)
        || body.Contains("DELETE", StringComparison.OrdinalIgnoreCase)
        || body.Contains("TRUNCATE", StringComparison.OrdinalIgnoreCase);

    private static IEnumerable<LossEvent> Drop(StatementWords words)
    {
        if (words[1] is "OWNED")
            return [Unknown($"drops what {Shown(words[3])} owns")];
        var (kind, at) = words[1] is "MATERIALIZED" ? ("VIEW", 3) : (words[1], 2);
        var mayBeMissing = SkipIfExists(words, ref at);
        var cascades = words.Contain("CASCADE");
        return Names(words, at).Select(name => new LossEvent(LossAct.Drop, kind, name, null, cascades, mayBeMissing));
    }

    private static IEnumerable<LossEvent> Create(StatementWords words)
    {
        var (at, isTemporary) = (1, false);
        for (; words[at] is "UNLOGGED" or "TEMP" or "TEMPORARY" or "GLOBAL" or "LOCAL"; at++)
            isTemporary |= words[at] is "TEMP" or "TEMPORARY";
        if (words[at++] is not "TABLE")
            return CreateView(words);
        SkipIfExists(words, ref at);
        return [new LossEvent(LossAct.Create, isTemporary ? "TEMPORARY" : "TABLE", SqlNames.Qualified(words, ref at))];
    }

    private static IEnumerable<LossEvent> CreateView(StatementWords words)
    {
        var at = words[1] is "OR" ? 3 : 1;
        while (words[at] is "TEMP" or "TEMPORARY" or "RECURSIVE")
            at++;
        return words[at++] is "VIEW" ? [new LossEvent(LossAct.CreateView, "VIEW", SqlNames.Qualified(words, ref at))] : [];
    }

    private static IEnumerable<LossEvent> Truncate(StatementWords words)
    {
        var at = words[1] is "TABLE" ? 2 : 1;
        return Names(words, at).Select(name => new LossEvent(LossAct.Empty, "TABLE", name, null, words.Contain("CASCADE")));
    }

    private static IEnumerable<LossEvent> Delete(StatementWords words)
    {
        var at = words[2] is "ONLY" ? 3 : 2;
        return [new LossEvent(LossAct.Empty, "TABLE", SqlNames.Qualified(words, ref at))];
    }

    private static IEnumerable<LossEvent> AlterType(StatementWords words)
    {
        var at = 2;
        var name = SqlNames.Qualified(words, ref at);
        return (words[at], words[at + 1]) switch
        {
            ("RENAME", "TO") => [new LossEvent(LossAct.RenameType, "TYPE", name, words[at + 2])],
            ("SET", "SCHEMA") => [new LossEvent(LossAct.RenameType, "SCHEMA", name, words[at + 2])],
            _ => [],
        };
    }

    private static IEnumerable<LossEvent> AlterExtension(StatementWords words)
    {
        if (words[3] is not ("ADD" or "DROP") || words[4] is not "TABLE")
            return [];
        var at = 5;
        var act = words[3] is "ADD" ? LossAct.Attach : LossAct.Detach;
        return [new LossEvent(act, "EXTENSION", words[2], SqlNames.Qualified(words, ref at))];
    }

    private static IEnumerable<LossEvent> AlterTable(StatementWords words, int at)
    {
        var altered = AlteredTable.Read(words, at);
        return altered.Actions.Select(a => Action(words, a.Start, altered.Name, altered.MayBeMissing)).OfType<LossEvent>();
    }

    private static LossEvent? Action(StatementWords words, int at, string table, bool mayBeMissing)
    {
        switch (words[at])
        {
            case "DROP" when words[at + 1] is not "CONSTRAINT":
                at += words[at + 1] is "COLUMN" ? 2 : 1;
                var isOptional = SkipIfExists(words, ref at);
                return new LossEvent(
                    LossAct.DropColumn,
                    "COLUMN",
                    table,
                    words[at],
                    words[at + 1] is "CASCADE",
                    mayBeMissing || isOptional
                );
            case "RENAME" when words[at + 1] is "TO":
                return new LossEvent(LossAct.Rename, "TABLE", table, words[at + 2]);
            case "RENAME" when words[at + 1] is not "CONSTRAINT":
                at += words[at + 1] is "COLUMN" ? 2 : 1;
                return new LossEvent(LossAct.RenameColumn, words[at], table, words[at + 2]);
            case "ATTACH" or "DETACH":
                var act = words[at] is "ATTACH" ? LossAct.Attach : LossAct.Detach;
                at += 2;
                return new LossEvent(act, "TABLE", table, SqlNames.Qualified(words, ref at));
            case "INHERIT":
                at++;
                return new LossEvent(LossAct.Attach, "TABLE", SqlNames.Qualified(words, ref at), table);
            case "NO" when words[at + 1] is "INHERIT":
                at += 2;
                return new LossEvent(LossAct.Detach, "TABLE", SqlNames.Qualified(words, ref at), table);
            case "SET" when words[at + 1] is "SCHEMA":
                return new LossEvent(LossAct.Rename, "SCHEMA", table, words[at + 2]);
            case "ALTER" when words[at + 1] is not "CONSTRAINT":
                at += words[at + 1] is "COLUMN" ? 2 : 1;
                var changesType = words[at + 1] is "TYPE" || (words[at + 1] is "SET" && words[at + 2] is "DATA");
                return changesType ? new LossEvent(LossAct.Convert, "COLUMN", table, words[at]) : null;
            default:
                return null;
        }
    }

    private static bool SkipIfExists(StatementWords words, ref int at)
    {
        if (words[at] is not "IF")
            return false;
        at += words[at + 1] is "NOT" ? 3 : 2;
        return true;
    }

    /// <summary>Reads a list of names.</summary>
    public static IEnumerable<string> Names(StatementWords words, int at)
    {
        while (words[at].Length > 0)
        {
            if (words[at] is "ONLY")
                at++;
            yield return SqlNames.Qualified(words, ref at);
            if (words[at] is "*")
                at++;
            if (words[at++] is not ",")
                yield break;
        }
    }
}
