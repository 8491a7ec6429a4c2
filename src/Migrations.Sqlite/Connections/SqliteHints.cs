using System.Globalization;
using Migrations.Sqlite.Native;

namespace Migrations.Sqlite;

/// <summary>What else explains an error of SQLite's.</summary>
internal static class SqliteHints
{
    // The second is said where a schema is defined.
    private static readonly string[] NoSuchFunction = ["no such function: ", "unknown function: "];

    // The version that brought each function (https://sqlite.org/changes.html).
    private static readonly Dictionary<string, int> Functions = new(StringComparer.OrdinalIgnoreCase)
    {
        ["format"] = 3038000,
        ["unixepoch"] = 3038000,
        ["unhex"] = 3041000,
        ["octet_length"] = 3043000,
        ["timediff"] = 3043000,
        ["concat"] = 3044000,
        ["concat_ws"] = 3044000,
        ["string_agg"] = 3044000,
        ["jsonb"] = 3045000,
        ["jsonb_extract"] = 3045000,
        ["jsonb_group_array"] = 3045000,
        ["jsonb_group_object"] = 3045000,
        ["jsonb_array"] = 3045000,
        ["jsonb_object"] = 3045000,
        ["jsonb_set"] = 3045000,
        ["json_pretty"] = 3046000,
        ["median"] = 3047000,
        ["percentile"] = 3047000,
        ["if"] = 3048000,
        ["unistr"] = 3050000,
    };

    /// <summary>A hint, or null.</summary>
    public static string? For(SqliteFailure failure)
    {
        var message = failure.Message;
        foreach (var words in NoSuchFunction)
        {
            if (message.StartsWith(words, StringComparison.Ordinal))
                return ForFunction(message[words.Length..].TrimEnd('(', ')'));
        }

        if (
            message.StartsWith("no such table: dbstat", StringComparison.Ordinal)
            && !SqliteLibrary.Current.WasBuiltWith("ENABLE_DBSTAT_VTAB")
        )
            return NotBuiltIn("The table dbstat");
        if (message is "near \"LIMIT\": syntax error" or "near \"ORDER\": syntax error" && LacksUpdateLimit)
            return NotBuiltIn("LIMIT in UPDATE and DELETE") + " A subquery chooses rows too: WHERE rowid IN (SELECT rowid ... LIMIT 10).";
        if (message.StartsWith("unknown table option: STRICT", StringComparison.OrdinalIgnoreCase))
            return Needs("STRICT", 3037000);
        if (
            message.Contains("near \"RIGHT\"", StringComparison.OrdinalIgnoreCase)
            || message.Contains("RIGHT and FULL OUTER JOINs", StringComparison.Ordinal)
        )
            return Needs("RIGHT JOIN", 3039000);
        if (message.StartsWith("object name reserved for internal use: ", StringComparison.Ordinal))
            return "SQLite makes such tables itself, and the shell's '.schema' prints them. Remove the statement.";
        return message.StartsWith("FOREIGN KEY constraint failed", StringComparison.Ordinal)
            ? "Foreign keys are enforced. '-- Foreign-Keys: off' in the script's header checks them once, at the end of the script."
            : null;
    }

    private static bool LacksUpdateLimit => !SqliteLibrary.Current.WasBuiltWith("ENABLE_UPDATE_DELETE_LIMIT");

    private static string ForFunction(string name)
    {
        if (name.Equals("soundex", StringComparison.OrdinalIgnoreCase))
            return NotBuiltIn("soundex()");
        return Functions.TryGetValue(name, out var since) ? Needs($"{name}()", since) : $"SQLite {SqliteLibrary.Current} is in use.";
    }

    // What builds of SQLite have only when they were asked to, as Debian's were.
    private static string NotBuiltIn(string what) =>
        $"{what} is not part of SQLite {SqliteLibrary.Current}; the environment variable {SqliteLibrary.OverrideVariable} "
        + "can name a library that has it.";

    private static string Needs(string what, int since)
    {
        var number = SqliteLibrary.VersionText(since);
        return string.Create(
            CultureInfo.InvariantCulture,
            $"{what} needs SQLite {number[..number.LastIndexOf('.')]}; in use is {SqliteLibrary.Current}. "
                + $"{SqliteLibrary.OverrideVariable} can name a newer library."
        );
    }
}
