namespace Migrations.PostgreSql;

/// <summary>
/// Whether a default is computed once for all rows that are there, or for each: then adding the column writes every row
/// (<see href="https://www.postgresql.org/docs/current/sql-altertable.html#SQL-ALTERTABLE-NOTES"/>).
/// </summary>
internal static class DefaultValue
{
    // Functions of the server that are not volatile, and types that are written like functions.
    private static readonly HashSet<string> Steady = new(StringComparer.Ordinal)
    {
        "NOW",
        "TRANSACTION_TIMESTAMP",
        "STATEMENT_TIMESTAMP",
        "CURRENT_TIMESTAMP",
        "CURRENT_TIME",
        "LOCALTIME",
        "LOCALTIMESTAMP",
        "TIMEZONE",
        "DATE_TRUNC",
        "DATE_PART",
        "EXTRACT",
        "TO_TIMESTAMP",
        "TO_CHAR",
        "TO_DATE",
        "TO_NUMBER",
        "AGE",
        "MAKE_INTERVAL",
        "MAKE_DATE",
        "MAKE_TIMESTAMP",
        "MAKE_TIMESTAMPTZ",
        "COALESCE",
        "NULLIF",
        "GREATEST",
        "LEAST",
        "LOWER",
        "UPPER",
        "TRIM",
        "BTRIM",
        "MD5",
        "SHA256",
        "CONCAT",
        "CONCAT_WS",
        "FORMAT",
        "LENGTH",
        "REPLACE",
        "SUBSTRING",
        "LPAD",
        "RPAD",
        "REPEAT",
        "ENCODE",
        "DECODE",
        "JSON_BUILD_OBJECT",
        "JSON_BUILD_ARRAY",
        "JSONB_BUILD_OBJECT",
        "JSONB_BUILD_ARRAY",
        "TO_JSON",
        "TO_JSONB",
        "JSONB_SET",
        "ROUND",
        "FLOOR",
        "CEIL",
        "CEILING",
        "ABS",
        "POWER",
        "SQRT",
        "MOD",
        "CAST",
        "ROW",
        "ARRAY",
        "IN",
        "AND",
        "OR",
        "NOT",
        "CURRENT_SETTING",
        "CURRENT_SCHEMA",
        "CURRENT_DATABASE",
        "TO_TSVECTOR",
        "TSRANGE",
        "TSTZRANGE",
        "INT4RANGE",
        "INT8RANGE",
        "NUMRANGE",
        "DATERANGE",
        "VARCHAR",
        "CHAR",
        "CHARACTER",
        "VARYING",
        "NUMERIC",
        "DECIMAL",
        "BIT",
        "TIMESTAMP",
        "TIMESTAMPTZ",
        "TIME",
        "TIMETZ",
        "INTERVAL",
        "DATE",
        "FLOAT",
        "PRECISION",
        "TEXT",
        "INTEGER",
        "BIGINT",
        "POINT",
        "INET",
        "UUID_NIL",
        "CURRENT_DATE",
        "ENUM_FIRST",
        "ENUM_LAST",
        "ARRAY_FILL",
        "STRING_TO_ARRAY",
    };

    /// <summary>The function that makes it be computed for each row; null where none does.</summary>
    /// <param name="words">The statement.</param>
    /// <param name="start">Its first word.</param>
    /// <param name="end">The word behind its last.</param>
    public static string? Volatile(StatementWords words, int start, int end)
    {
        for (var at = start; at + 1 < end; at++)
        {
            var isCall = words[at + 1] is "(" && (char.IsLetter(words[at][0]) || words[at][0] is '_' or '"');
            // A type behind ::, as in 'x'::my_type(3).
            if (isCall && !Steady.Contains(words[at]) && !(at > start && words[at - 1] is "::" or ":"))
                return SqlNames.Plain(words[at]);
        }

        return null;
    }
}
