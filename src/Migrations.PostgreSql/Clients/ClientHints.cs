using System.Text.RegularExpressions;

namespace Migrations.PostgreSql;

/// <summary>
/// What helps against errors that <c>pg_dump</c> and <c>pg_restore</c> only pass on: they run with an empty <c>search_path</c>
/// (<see href="https://www.postgresql.org/docs/current/app-pgrestore.html"/>), on a server that may lack roles, and must see every row.
/// </summary>
internal static partial class ClientHints
{
    private const int MatchMilliseconds = 1000;

    /// <summary>The way to restore what can be restored.</summary>
    public static readonly Advice Lenient =
        $"To restore a backup without what the server cannot make, which is then listed: "
        + $"{Call.Restore.On("<backup>").With(CallOption.AcceptFaults)}";

    /// <summary>What stands in a message before the function in which an error came up.</summary>
    private const string InFunction = "In the function ";

    /// <summary>
    /// The function in which an error came up, as a sentence; null when it came up in none. The rest of the server's context may show data.
    /// </summary>
    public static string? FunctionOf(string words) =>
        Context().Match(words) is { Success: true } match ? $"{InFunction}{match.Groups["name"].Value.Trim('"')}." : null;

    /// <summary>What to do, as sentences; null when nothing is known that helps.</summary>
    /// <param name="message">The message with the programs' words, and with <see cref="FunctionOf"/>.</param>
    public static Advice? Of(string message) =>
        OfFunction(message)
        ?? (
            Role().Match(message) is { Success: true } role
                ? $"Create the role on the server: CREATE ROLE {PostgreSqlText.Name(role.Groups["name"].Value)}; (the backup's file "
                    + "of globals, if it has one, creates them all). Then run the command again."
                : null
        )
        ?? (RowSecurity().Match(message) is { Success: true } table ? OfRowSecurity(PostgreSqlText.Name(table.Groups["name"].Value)) : null)
        ?? (
            Encoding().IsMatch(message)
                ? "The database that was backed up has another encoding, with bytes that this one cannot hold: create a database "
                    + "with that encoding (CREATE DATABASE ... ENCODING 'SQL_ASCII' LC_COLLATE 'C' LC_CTYPE 'C' TEMPLATE template0;) "
                    + "and restore into it."
                : null
        );

    private static Advice? OfFunction(string message)
    {
        var at = message.IndexOf(InFunction, StringComparison.Ordinal);
        if (at < 0 || !Missing().IsMatch(message))
            return null;
        var name = message[(at + InFunction.Length)..].TrimEnd('.');
        var schema = name.Split('(')[0].Split('.') is [var first, _] ? first : "public";
        return $"If what the function uses is there in the database that is backed up, the function finds it by the search_path of whoever "
            + $"calls it, and a dump is loaded without one: ALTER FUNCTION {name} SET search_path = {schema}; then make a new "
            + $"backup. If it is not there any more, correct the function or drop what calls it. {Lenient}";
    }

    /// <summary>What to do about a table of which a policy hides rows.</summary>
    /// <param name="table">The table, as it stands in statements.</param>
    public static string OfRowSecurity(string table) =>
        "A backup must see every row: run as a superuser or as a role that may (ALTER ROLE ... BYPASSRLS;). From a table "
        + $"with FORCE ROW LEVEL SECURITY its owner is kept too: ALTER TABLE {table} NO FORCE ROW "
        + "LEVEL SECURITY;";

    [GeneratedRegex(
        """^CONTEXT:\s+(?:PL/pgSQL|SQL|PL/\w+) function (?<name>"[^"]+"|[^\s(]+\([^)]*\))""",
        RegexOptions.Multiline,
        MatchMilliseconds
    )]
    private static partial Regex Context();

    [GeneratedRegex(
        """(?:function|relation|type|operator|schema|table) .{1,200}does not exist""",
        RegexOptions.Singleline,
        MatchMilliseconds
    )]
    private static partial Regex Missing();

    [GeneratedRegex("""role "(?<name>[^"]+)" does not exist""", RegexOptions.None, MatchMilliseconds)]
    private static partial Regex Role();

    [GeneratedRegex(
        """row-level security policy for (?:table|relation) "(?<name>[^"]+)"|row security policy for table "(?<name>[^"]+)" """,
        RegexOptions.None,
        MatchMilliseconds
    )]
    private static partial Regex RowSecurity();

    [GeneratedRegex("""invalid byte sequence for encoding|has no equivalent in encoding""", RegexOptions.None, MatchMilliseconds)]
    private static partial Regex Encoding();
}
