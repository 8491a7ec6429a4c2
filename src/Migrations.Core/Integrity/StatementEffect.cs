namespace Migrations.Integrity;

/// <summary>
/// Judges by its words what a statement can do to values that are there already. What is not known counts as a write: rather one
/// comparison too many than a proof
/// without one.
/// </summary>
internal static class StatementEffect
{
    private static readonly HashSet<string> Harmless = new(
        [
            "ABORT",
            "ANALYZE",
            "ANALYSE",
            "ATTACH",
            "BEGIN",
            "CHECKPOINT",
            "CLOSE",
            "CLUSTER",
            "COMMENT",
            "COMMIT",
            "DEALLOCATE",
            "DETACH",
            "DISCARD",
            "END",
            "EXECUTE",
            "GRANT",
            "LISTEN",
            "LOCK",
            "NOTIFY",
            "REASSIGN",
            "REINDEX",
            "RELEASE",
            "RESET",
            "REVOKE",
            "ROLLBACK",
            "SAVEPOINT",
            "SECURITY",
            "SET",
            "START",
            "UNLISTEN",
            "VACUUM",
        ],
        StringComparer.Ordinal
    );

    // Pragmas whose values are the user's own: https://sqlite.org/pragma.html#pragma_user_version
    private static readonly HashSet<string> OfFile = new(["USER_VERSION", "APPLICATION_ID"], StringComparer.Ordinal);

    private static readonly HashSet<string> Writing = new(
        ["INSERT", "REPLACE", "UPDATE", "DELETE", "TRUNCATE", "MERGE", "COPY"],
        StringComparer.Ordinal
    );
    private static readonly HashSet<string> AddedWithoutValues = new(
        ["CONSTRAINT", "PRIMARY", "UNIQUE", "CHECK", "FOREIGN", "EXCLUDE", "GENERATED", "NOT"],
        StringComparer.Ordinal
    );
    private static readonly HashSet<string> DroppedWithoutValues = new(
        ["CONSTRAINT", "NOT", "DEFAULT", "IDENTITY", "EXPRESSION"],
        StringComparer.Ordinal
    );

    /// <summary>Judges a statement by its words (<see cref="SqlNameReader.Words"/>).</summary>
    public static ValueEffect Of(List<string> words) =>
        words.FirstOrDefault() switch
        {
            null => ValueEffect.None,
            "SELECT" or "VALUES" or "TABLE" or "EXPLAIN" or "FETCH" or "DECLARE" or "(" => ValueEffect.Calls,
            "WITH" or "PREPARE" => words.Exists(Writing.Contains) ? ValueEffect.Writes : ValueEffect.Calls,
            "CREATE" when words.Take(6).Contains("TABLE", StringComparer.Ordinal) || words.Contains("MATERIALIZED") => ValueEffect.Calls,
            "CREATE" => ValueEffect.None,
            // What they fill is computed; whether it is filled is looked at.
            "REFRESH" => ValueEffect.Calls,
            "PRAGMA" when words.Contains("WRITABLE_SCHEMA") => ValueEffect.Hidden,
            "PRAGMA" => words.Exists(OfFile.Contains) ? ValueEffect.Calls : ValueEffect.None,
            "CALL" => ValueEffect.Writes,
            "DO" => OfBody(words),
            "ALTER" => OfAlter(words),
            "DROP" => OfDrop(words),
            var first => Harmless.Contains(first) ? ValueEffect.None : ValueEffect.Writes,
        };

    /// <summary>Whether a definition runs SQL that it puts together itself, or is in a language that cannot be read.</summary>
    public static bool IsHidden(List<string> words)
    {
        for (var i = 0; i + 1 < words.Count; i++)
        {
            if (words[i] is "EXECUTE" && words[i + 1] is not ("FUNCTION" or "PROCEDURE" or "ON"))
                return true;
            if (words[i] is "LANGUAGE" && words[i + 1].Trim('\'', '"').ToUpperInvariant() is not ("SQL" or "PLPGSQL"))
                return true;
        }

        return false;
    }

    // A body in simple quotes is not read.
    private static ValueEffect OfBody(List<string> words) =>
        IsHidden(words) || words.Count <= 4 ? ValueEffect.Hidden
        : words.Exists(w => Writing.Contains(w) || w is "ALTER" or "DROP" or "CALL") ? ValueEffect.Writes
        : ValueEffect.Calls;

    private static ValueEffect OfDrop(List<string> words) =>
        words.ElementAtOrDefault(1) switch
        {
            "TABLE" or "FOREIGN" => ValueEffect.Writes,
            "SCHEMA" => ValueEffect.TakesSchema,
            "OWNED" => ValueEffect.Hidden,
            "MATERIALIZED" when !words.Contains("CASCADE") => ValueEffect.Calls,
            _ => words.Contains("CASCADE") ? ValueEffect.Cascades : ValueEffect.None,
        };

    private static ValueEffect OfAlter(List<string> words) =>
        words.ElementAtOrDefault(1) switch
        {
            "TABLE" or "FOREIGN" => OfAlterTable(words),
            "TYPE" => words.Contains("ATTRIBUTE") ? ValueEffect.Cascades : ValueEffect.None,
            "EXTENSION" => ValueEffect.Hidden,
            _ => ValueEffect.None,
        };

    private static bool IsChangeOfType(List<string> words, int at) =>
        words[at] is "TYPE" && (words[at - 1] is "DATA" || words[at - 2] is "COLUMN" or "ALTER");

    private static ValueEffect OfAlterTable(List<string> words)
    {
        var (depth, renames) = (0, false);
        for (var i = 2; i < words.Count; i++)
        {
            depth +=
                words[i] is "(" ? 1
                : words[i] is ")" ? -1
                : 0;
            if (depth > 0)
                continue;
            var next = words.ElementAtOrDefault(i + 1) ?? "";
            var isColumn = words[i] is "ADD"
                ? !AddedWithoutValues.Contains(next)
                : words[i] is "DROP" && !DroppedWithoutValues.Contains(next);
            if (isColumn || IsChangeOfType(words, i))
                return ValueEffect.Writes;
            renames |= words[i] is "RENAME";
        }

        return renames ? ValueEffect.Renames : ValueEffect.None;
    }
}
