namespace Migrations.Sqlite;

/// <summary>SQLite's key words (<see href="https://sqlite.org/lang_keywords.html"/>).</summary>
internal static class SqliteKeywords
{
    private static readonly HashSet<string> Reserved = new(
        (
            "ADD ALL ALTER AND AS AUTOINCREMENT BETWEEN CASE CHECK COLLATE COMMIT CONSTRAINT CREATE CURRENT_DATE "
            + "CURRENT_TIME CURRENT_TIMESTAMP DEFAULT DEFERRABLE DELETE"
            + " DISTINCT DROP ELSE ESCAPE EXISTS FOREIGN FROM GROUP HAVING IN INDEX INSERT INTERSECT INTO IS ISNULL JOIN LIMIT "
            + "NOT NOTHING NOTNULL NULL ON OR ORDER PRIMARY"
            + " REFERENCES RETURNING SELECT SET TABLE THEN TO TRANSACTION UNION UNIQUE UPDATE USING VALUES WHEN WHERE"
        ).Split(' '),
        StringComparer.OrdinalIgnoreCase
    );

    // Where the grammar has no use for these as key words, they are names.
    private static readonly HashSet<string> Contextual = new(
        (
            "ABORT ACTION AFTER ALWAYS ANALYZE ASC ATTACH BEFORE BEGIN BY CASCADE CAST COLUMN CONFLICT CROSS CURRENT "
            + "DATABASE DEFERRED DESC DETACH DO EACH END EXCEPT EXCLUDE"
            + " EXCLUSIVE EXPLAIN FAIL FILTER FIRST FOLLOWING FOR FULL GENERATED GLOB GROUPS IF IGNORE IMMEDIATE INDEXED "
            + "INITIALLY INNER INSTEAD KEY LAST LEFT LIKE MATCH"
            + " MATERIALIZED NATURAL NO NULLS OF OFFSET OTHERS OUTER OVER PARTITION PLAN PRAGMA PRECEDING QUERY RAISE RANGE "
            + "RECURSIVE REGEXP REINDEX RELEASE RENAME REPLACE"
            + " RESTRICT RIGHT ROLLBACK ROW ROWS SAVEPOINT TEMP TEMPORARY TIES TRIGGER UNBOUNDED VACUUM VIEW VIRTUAL WINDOW WITH WITHOUT"
        ).Split(' '),
        StringComparer.OrdinalIgnoreCase
    );

    /// <summary>Whether a word is a key word wherever it stands without quotes.</summary>
    public static bool IsReserved(string word) => Reserved.Contains(word);

    /// <summary>Whether a word is a key word or a name, depending on where it stands.</summary>
    public static bool IsContextual(string word) => Contextual.Contains(word);
}
