using Migrations.Databases;

namespace Migrations.PostgreSql;

/// <summary>
/// Counts the rows that a DELETE or an UPDATE finds, by a SELECT with its condition. Only where that runs no code that could have an
/// effect: every function and operator of the query as the server plans it, views and policies resolved, must be known not to be <see
/// href="https://www.postgresql.org/docs/current/xfunc-volatility.html">volatile</see>, and no other server may be asked.
/// </summary>
internal sealed class RowCount(PostgreSqlConnection connection)
{
    private const string Check = """
        SELECT pg_catalog.count(*) FROM (
            SELECT p.oid FROM pg_catalog.pg_proc p WHERE p.proname OPERATOR(pg_catalog.=) ANY (pg_catalog.string_to_array($1,
                pg_catalog.chr(10)))
                AND p.provolatile OPERATOR(pg_catalog.=) 'v'::pg_catalog."char"
            UNION ALL SELECT o.oid FROM pg_catalog.pg_operator o JOIN pg_catalog.pg_proc p ON p.oid OPERATOR(pg_catalog.=) o.oprcode
                WHERE p.provolatile OPERATOR(pg_catalog.=) 'v'::pg_catalog."char"
                    AND pg_catalog.strpos($2, o.oprname) OPERATOR(pg_catalog.>) 0
            UNION ALL SELECT c.oid FROM pg_catalog.pg_cast c JOIN pg_catalog.pg_proc p ON p.oid OPERATOR(pg_catalog.=) c.castfunc
                WHERE p.provolatile OPERATOR(pg_catalog.=) 'v'::pg_catalog."char") volatile
        """;

    /// <summary>Counts; null when that could have an effect.</summary>
    /// <exception cref="Npgsql.PostgresException">The server refuses the query.</exception>
    public Task<long?> CountAsync(RowChange change, CancellationToken cancellationToken) =>
        CountAsync(change.CountQuery("pg_catalog.count(*)"), cancellationToken);

    /// <summary>Counts with a query that has the condition in it; null when that could have an effect.</summary>
    /// <exception cref="Npgsql.PostgresException">The server refuses the query.</exception>
    public async Task<long?> CountAsync(string query, CancellationToken cancellationToken)
    {
        var plan = new System.Text.StringBuilder();
        await connection
            .QueryTablesAsync("EXPLAIN (VERBOSE, COSTS OFF) " + query, row => plan.Append(row.GetString(0)).Append('\n'), cancellationToken)
            .ConfigureAwait(false);
        var text = plan.ToString();
        if (text.Contains("Foreign Scan", StringComparison.Ordinal))
            return null;
        long? found = null;
        await connection
            .QueryAsync(Check, row => found = row.GetInt64(0), cancellationToken, Calls(query + "\n" + text), query + text)
            .ConfigureAwait(false);
        if (found is not 0)
            return null;
        await connection.QueryTablesAsync(query, row => found = row.GetInt64(0), cancellationToken).ConfigureAwait(false);
        return found;
    }

    private static string Calls(string text)
    {
        var words = new StatementWords(text);
        var names = new HashSet<string>(StringComparer.Ordinal);
        for (var at = 1; words[at].Length > 0; at++)
        {
            if (words[at] is "(" && (char.IsLetter(words[at - 1][0]) || words[at - 1][0] is '_' or '"'))
                names.Add(SqlNames.Plain(words[at - 1]));
        }

        return string.Join('\n', names);
    }
}
